"""Files that describe environments: one reader per format, each from text to values."""
