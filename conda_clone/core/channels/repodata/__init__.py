"""The index of one channel subdir: fetched, cached, parsed once."""
