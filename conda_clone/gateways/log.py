"""What gateways tell somebody who looks for a fault: requests, waits, programs that are started.

Only who wants to hear it loads `logging` (5 ms) and gets a handler; for everybody else, `log` costs
a look-up. Nothing that is told holds a secret: our texts are redacted before anybody hears them,
those of libraries when they are written.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from logging import LogRecord
    from typing import TextIO

__all__ = ["log", "logged"]

_ROOT = "conda_clone"
_INFO = 20
_DEBUG = 10
_STEPS = {2: _INFO, 3: _DEBUG}  # of the verbosity; from 4 on, libraries too
_LIBRARIES = 4
# These show headers, with keys in them.
_SILENT = ("boto", "botocore", "s3transfer")


def log(room: str, text: str, *values: object, is_detail: bool = True) -> None:
    """Tell what happens.

    Args:
        room: Where, such as "network".
        text: What, with `%s` for values.
        values: Texts, numbers, URLs.
        is_detail: Whether it is for the verbosity 3, rather than 2.
    """
    logging = sys.modules.get("logging")
    if logging is not None:
        level = _DEBUG if is_detail else _INFO
        logger = logging.getLogger(f"{_ROOT}.{room}")
        if logger.isEnabledFor(level):
            from conda_clone.models.url import redact  # loaded with whatever has something to tell

            logger.log(level, redact(text % values))


def logged(stream: "TextIO", verbosity: int) -> "AbstractContextManager[None]":
    """Return a context manager in which everything up to that verbosity is written.

    Args:
        stream: Where to.
        verbosity: From 2 on, steps; from 3 on, every request; from 4 on, what libraries say.
    """
    import logging
    from contextlib import contextmanager

    from conda_clone.models.url import redact

    class Redacting(logging.Formatter):
        def format(self, record: "LogRecord") -> str:
            return redact(super().format(record))

    class Chosen(logging.Handler):
        def filter(self, record: "LogRecord") -> bool:
            is_ours = record.name.startswith(_ROOT)
            return is_ours or not record.name.startswith(_SILENT)

        def emit(self, record: "LogRecord") -> None:
            stream.write(f"{self.format(record)}\n")

    level = _STEPS.get(verbosity, _DEBUG)
    name = None if verbosity >= _LIBRARIES else _ROOT

    @contextmanager
    def listening() -> "Iterator[None]":
        logger = logging.getLogger(name)
        handler = Chosen()
        handler.setFormatter(Redacting("%(levelname)s %(name)s: %(message)s"))
        before = logger.level
        logger.setLevel(level)
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)
            logger.setLevel(before)

    return listening()
