"""Settings: condarc files, CONDA_* variables and the command line become frozen slices."""
