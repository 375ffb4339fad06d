"""Performers of the steps that a plan consists of, one kind per module.

- `action`: what they share.
- `link_files`, `copy_files`, `entry_points`, `history`, `prefix_records`: lay new things into the
  stage; `late_digests`: says what is in them, a little later.
- `compile_pyc`, `compiled_forms`: likewise for compiled modules, which are kept for others.
- `unlink_files`: notes down what goes.
- `link_scripts`: the only ones that change the environment itself, before and after all others.
"""
