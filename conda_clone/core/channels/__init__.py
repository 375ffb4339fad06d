"""Channels as seen by the solver and by search: cached indexes, read by package name."""
