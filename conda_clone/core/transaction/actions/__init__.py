"""Performers of the steps that a plan consists of, one kind per module.

They lay new things into the stage and note down what goes; `action` holds what they share. Only
scripts (`link_scripts`) change the environment itself, before and after everything else does.
"""
