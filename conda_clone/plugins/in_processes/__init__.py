"""A folder for the import path, with nothing in it but the module `conda`."""
