"""Package specifications.

`spec` holds the value, `parse` and `format` know its text, `matchers` its fields, `conditions`
those of dependencies, and `merge` finds what several specs of one name ask for together.
"""
