"""Package specifications.

`spec` holds the value, `parse` and `format` know its text, `matchers` its fields, and `merge` finds
what several specs of one name ask for together.
"""
