"""One module per command: `configure(parser)` and `execute(args, session)`."""
