"""A conda-compatible package and environment manager.

The stable Python API is `conda_clone.api`; plugin authors use `conda_clone.plugins`.
This module imports nothing, because every command line starts here.
"""

__version__ = "0.1.0"
