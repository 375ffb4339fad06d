"""`conda init`: let shells know the `conda` function when they start.

`plan` says what ought to stand in which file, `rc_block` edits a profile's text, `apply` writes.
"""
