"""One environment on disk: its records, history, state and place."""
