"""The families of facts: each function yields those of its family that a platform can have.

Modules that look at the machine are loaded by the family that needs them, because most platforms
need few.
"""

from conda_clone.models.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    # Name, version, and the build string or what finds it out.
    Fact = tuple[str, str, str | Callable[[], str]]

__all__ = [
    "FAMILIES",
    "Question",
    "archspec",
    "conda",
    "cuda",
    "freebsd",
    "linux",
    "osx",
    "windows",
]


@value(kw_only=True)
class Question:
    """What is asked of each family.

    Attributes:
        overrides: Name in capitals, without underscores before -> the value that replaces a fact.
        subdir: The platform that packages are chosen for.
        tool_version: Version of this program.
    """

    overrides: "Mapping[str, str]"
    subdir: str
    tool_version: str

    @property
    def system(self) -> str:
        """The first half of the platform."""
        return self.subdir.partition("-")[0]


def conda(question: Question) -> "Iterator[Fact]":
    """Yield the version of this program."""
    yield "__conda", question.tool_version, "0"


def archspec(question: Question) -> "Iterator[Fact]":
    """Yield the processor, which is found out when somebody looks at it."""
    from conda_clone.core.virtual_packages import archspec as processors

    subdir = question.subdir
    if "ARCHSPEC" in question.overrides or processors.family_of(subdir) is None:
        yield from processors.detect(question.overrides, subdir)
    else:
        yield "__archspec", "1", lambda: processors.microarchitecture_here(subdir)


def cuda(question: Question) -> "Iterator[Fact]":
    """Yield what a driver for graphics cards offers."""
    from conda_clone.core.virtual_packages.cuda import detect

    yield from detect(question.overrides)


def linux(question: Question) -> "Iterator[Fact]":
    """Yield kernel and C library."""
    if question.system == "linux":
        from conda_clone.core.virtual_packages.linux import detect

        yield from detect(question.overrides)


def osx(question: Question) -> "Iterator[Fact]":
    """Yield the version of macOS."""
    if question.system == "osx":
        from conda_clone.core.virtual_packages.osx import detect

        yield from detect(question.overrides)


def windows(question: Question) -> "Iterator[Fact]":
    """Yield the version of Windows."""
    if question.system == "win":
        from conda_clone.core.virtual_packages.windows import detect

        yield from detect(question.overrides)


def freebsd(question: Question) -> "Iterator[Fact]":
    """Yield that the system is FreeBSD."""
    if question.system == "freebsd":
        yield "__freebsd", "0", "0"
        yield "__unix", "0", "0"


FAMILIES = (conda, archspec, cuda, linux, osx, windows, freebsd)
