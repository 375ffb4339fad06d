"""Files and folders: read, write, link, delete, permissions."""
