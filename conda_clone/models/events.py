"""Progress events, and the `Reporter` that domain code reports them to.

Domain code never prints. It reports what happens as values of this module; `cli.output` turns them
into bars, lines or JSON, and `SilentReporter` is what everything uses when nobody listens.
"""

__all__ = [
    "Caution",
    "Event",
    "Notice",
    "SilentReporter",
    "StageFinished",
    "StageStarted",
    "TransferAdvanced",
    "TransferFinished",
    "TransferStarted",
    "TransfersAnnounced",
    "stage",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    class Reporter(Protocol):
        """Somebody who wants to know how far a command is."""

        def report(self, event: "Event") -> None:
            """Take note of one event; must not raise."""


class StageStarted:
    """A stage that takes time begins, such as "Solving environment"."""

    __slots__ = ("stage",)

    def __init__(self, stage: str) -> None:
        self.stage = stage


class StageFinished:
    """The stage of that name has ended, well or not."""

    __slots__ = ("ok", "stage")

    def __init__(self, stage: str, *, ok: bool = True) -> None:
        self.stage = stage
        self.ok = ok


class TransfersAnnounced:
    """Transfers will come, so that somebody can tell how far all of them are.

    Attributes:
        sizes: The bytes of each by its label, None where nobody knows.
    """

    __slots__ = ("sizes",)

    def __init__(self, sizes: "Mapping[str, int | None]") -> None:
        self.sizes = sizes


class TransferStarted:
    """One item of work that can be measured begins.

    Attributes:
        label: What a person calls the item, such as a package's distribution name.
        total: Its size in `unit`s, or None when nobody knows yet.
        unit: "B" for bytes, or the name of what is counted, such as "package".
    """

    __slots__ = ("label", "total", "unit")

    def __init__(self, label: str, total: int | None, unit: str = "B") -> None:
        self.label = label
        self.total = total
        self.unit = unit


class TransferAdvanced:
    """`amount` more units of the item are done."""

    __slots__ = ("amount", "label")

    def __init__(self, label: str, amount: int) -> None:
        self.label = label
        self.amount = amount


class TransferFinished:
    """The item is done, or given up when `ok` is false."""

    __slots__ = ("label", "ok")

    def __init__(self, label: str, *, ok: bool = True) -> None:
        self.label = label
        self.ok = ok


class Notice:
    """Something a person should read once, such as the message of a post-link script."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Caution:
    """Something went differently than the person may expect, without stopping the command."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


Event = (
    StageStarted
    | StageFinished
    | TransfersAnnounced
    | TransferStarted
    | TransferAdvanced
    | TransferFinished
    | Notice
    | Caution
)


class SilentReporter:
    """The reporter of programs that do not want to hear anything."""

    def report(self, event: Event) -> None:
        """Forget the event."""


class stage:  # noqa: N801 - reads as a statement: `with stage(reporter, "Solving environment"):`
    """Context manager that reports the start and the end of one stage."""

    __slots__ = ("_name", "_reporter")

    def __init__(self, reporter: "Reporter", name: str) -> None:
        self._reporter = reporter
        self._name = name

    def __enter__(self) -> None:
        self._reporter.report(StageStarted(self._name))

    def __exit__(self, error_type: type[BaseException] | None, *_: object) -> None:
        self._reporter.report(StageFinished(self._name, ok=error_type is None))
