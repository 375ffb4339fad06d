"""Files and folders.

- `mutations`: every system call that changes a disk, under one name each; `native`: those of them
  that Python has no function for.
- `write`, `link`, `delete`, `permissions`: what is made of them.
- `read`, `random_access`: whole files, and pieces of large ones.
- `mounts`: what else shows below a folder.
- `barrier`: what has reached the disk.
- `lock`, `held_file`: one process at a time, where the file system has locks and where it has none.
- `errors`: what can go wrong, and the one translation from `OSError` to it.
"""
