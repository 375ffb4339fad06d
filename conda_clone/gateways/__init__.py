"""The only code that changes disks, opens connections or starts processes.

- `disk`: files and folders.
- `network`: everything that opens a URL.
- `archives`: what packages come in.
- `processes`: other programs; `module_compiler`: one that runs in the Python of an environment.
- `forked_process`, `forked_workers`: copies of this process that work for it.
- `signals`: Ctrl-C, which waits for what must not be left in the middle.
- `whole_msgspec`: a library that must not be.
- `log`: what of all this somebody is told who looks for a fault.
"""
