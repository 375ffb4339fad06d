"""Run a command line from inside another one, as plugins do (`conda.cli.main.main_subshell`)."""

from conda_clone.cli.main import main

__all__ = ["main_subshell"]


def main_subshell(*words: str) -> int:
    """Run `conda WORDS` and return the exit status."""
    return main(words)
