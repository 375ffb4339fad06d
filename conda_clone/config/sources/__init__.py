"""Where raw setting values come from, one kind of source per module."""
