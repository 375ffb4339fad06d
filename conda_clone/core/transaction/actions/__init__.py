"""Performers of the steps that a plan consists of, one kind per module.

`action` states the contract; `placement` makes room in the prefix for what others write.
"""
