"""Performers of the steps that a plan consists of, one kind per module."""
