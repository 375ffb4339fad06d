"""What stands behind the `conda.*` names that published plugins import: pure names, thin classes.

`names` is the table; the other modules hold what has no counterpart elsewhere in this program.
"""
