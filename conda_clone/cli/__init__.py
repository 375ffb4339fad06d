"""The command line: parsing, dispatch, text, JSON and exit status."""
