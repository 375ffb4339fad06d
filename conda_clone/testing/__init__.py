"""Builders of packages, channels and servers for tests, plugin authors and the demo."""
