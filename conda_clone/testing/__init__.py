"""Builders that the project's own tests, plugin authors and the demo share.

- `packages`: one archive from a description in keywords, in either format.
- `archives`: the two formats, byte for byte.
- `channels`, `shards`: a channel folder with its indexes from such archives.
- `server`: that folder over HTTP on this machine, with faults on request.
- `machine`: a channel out of the Python that runs and the distributions installed in it, by
  `interpreter`, `distributions` and `elf`.
- `program`: command lines, run in this process or in one of their own.
- `plugins`: plugins, installed for such command lines.
- `solver_suite`: what every solver of a plugin has to get right.
- `pytest_plugin`: fixtures out of all that; a plugin of pytest that the distribution brings.
- `demo`: the tool at work on that channel, step by step.

Nothing else in the project imports from here.
"""
