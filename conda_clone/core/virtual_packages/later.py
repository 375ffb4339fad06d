"""`DetectedLater`: a fact that takes long to find out, found out when somebody asks for it."""

from conda_clone.models.records import PackageRecord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

    from conda_clone.models.package_record import PackageFields

__all__ = ["DetectedLater"]


class DetectedLater(PackageRecord):
    """A virtual package whose build string is not known before it is asked for."""

    __slots__ = ("_detect", "_detected")

    def __init__(self, detect: "Callable[[], str]", **fields: "Unpack[PackageFields]") -> None:
        """Take the fields of the record, but for the build, and what returns the build."""
        self._detect = detect
        self._detected = ""
        super().__init__(**fields)

    @property
    def build(self) -> str:
        """The build string."""
        if not self._detected:
            self._detected = self._detect()
        return self._detected

    @build.setter
    def build(self, text: str) -> None:
        self._detected = text
