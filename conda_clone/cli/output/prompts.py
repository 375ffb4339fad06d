"""Questions to the person in front of the terminal."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["ask_yes_or_no"]

_ANSWERS = {"y": True, "yes": True, "n": False, "no": False}


def ask_yes_or_no(question: str, *, default: bool, answers: "TextIO", output: "TextIO") -> bool:
    """Ask until the answer is yes or no; an empty one, and the end of input, is the default.

    Args:
        question: Without question mark, such as "Proceed".
        default: What Enter means.
        answers: Where answers are read from, a line each.
        output: Where the question is written to.
    """
    choices = "[y]/n" if default else "y/[n]"
    while True:
        output.write(f"{question} ({choices})? ")
        output.flush()
        line = answers.readline()
        answer = line.strip().lower()
        if not line.endswith("\n"):
            output.write("\n")  # nobody pressed Enter
        if not answer:
            return default
        if answer in _ANSWERS:
            return _ANSWERS[answer]
        output.write(f"Invalid choice: {answer}\n")
        if not line.endswith("\n"):
            return default  # nothing more can follow
