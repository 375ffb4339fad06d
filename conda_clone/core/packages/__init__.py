"""The package cache: what is there, and how more gets in."""
