"""Fuzzing: inputs that are nearly right, by the million, of everything that comes from outside."""
