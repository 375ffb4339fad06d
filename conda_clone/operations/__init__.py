"""One module per thing a user can do; callable without a command line."""
