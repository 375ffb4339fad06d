"""Run the command line in this process; `conda_clone.testing.program` has it for everybody."""

from conda_clone.testing.program import Outcome, Program

__all__ = ["Outcome", "Program"]
