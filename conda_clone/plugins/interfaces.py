"""What plugins derive their classes from, and the values that they share with us."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from conda_clone.plugins.errors import PluginError

if TYPE_CHECKING:
    from conda_clone.models.match_spec.spec import MatchSpec
    from conda_clone.models.records import PackageRecord

__all__ = [
    "NULL",
    "Action",
    "ChannelNameMixin",
    "CondaPlugin",
    "EnvironmentFormat",
    "EnvironmentSpecBase",
    "Null",
    "ProgressBarBase",
    "ReporterRendererBase",
    "SpinnerBase",
    "lowered",
]


class Null:
    """The value of a virtual package that does not exist, where None means version 0."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "NULL"


NULL = Null()


@dataclass(repr=False, eq=False)
class CondaPlugin:
    """An item that has a name.

    Representation and equality are here once: made by `dataclass` for each of the types, they cost
    every command with a plugin 3 ms.

    Attributes:
        name: What users call it; lower case.

    Raises:
        PluginError: The name is no text.
    """

    name: str

    def __post_init__(self) -> None:
        try:
            self.name = self.name.lower().strip()
        except AttributeError:
            raise PluginError(f"The name of a plugin's item is no text: {self.name!r}.") from None

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({fields})"

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment] # its fields can be assigned to


def lowered(names: Iterable[str]) -> tuple[str, ...]:
    """Return names in lower case, each once.

    Raises:
        PluginError: They are one text.
    """
    if isinstance(names, str):
        raise PluginError(f"A plugin gives the text {names!r} where a list of names is needed.")
    return tuple(dict.fromkeys(name.lower().strip() for name in names))


class EnvironmentFormat(StrEnum):
    """Whether a file says what is wanted, or what exactly is installed."""

    environment = "environment"
    lockfile = "lockfile"


class ChannelNameMixin:
    """Base of auth handlers: keeps the channel that they are for."""

    def __init__(self, channel_name: str, *args: Any, **kwargs: Any) -> None:
        self.channel_name = channel_name
        super().__init__(*args, **kwargs)


class Action:
    """Base of what is done before or after a transaction.

    `verify` returns an exception to stop the transaction; `reverse` undoes `execute`.
    """

    def __init__(
        self,
        context: Any,
        target_prefix: str,
        unlink_precs: "Iterable[PackageRecord]",
        link_precs: "Iterable[PackageRecord]",
        remove_specs: "Iterable[MatchSpec]",
        update_specs: "Iterable[MatchSpec]",
        neutered_specs: "Iterable[MatchSpec]",
    ) -> None:
        self.transaction_context = context
        self.target_prefix = target_prefix
        self.unlink_precs = unlink_precs
        self.link_precs = link_precs
        self.remove_specs = remove_specs
        self.update_specs = update_specs
        self.neutered_specs = neutered_specs
        self.verified = False

    def verify(self) -> Exception | None:
        """Return what is in the way, or None."""
        self.verified = True
        return None

    def execute(self) -> None:
        """Do it."""

    def reverse(self) -> None:
        """Undo it."""

    def cleanup(self) -> None:
        """Tidy up after success."""


class EnvironmentSpecBase:
    """Base of readers of environment files; made with the path of the file."""

    detection_supported = True

    def can_handle(self) -> bool:
        """Tell whether the file is one of this format."""
        return False

    @property
    def env(self) -> Any:
        """The environment that the file describes."""
        raise PluginError(f"`{type(self).__name__}` does not say how a file is read.")


class ProgressBarBase:
    """One bar of a reporter backend."""

    def __init__(self, description: str, **kwargs: Any) -> None:
        self.description = description
        self.options = kwargs

    def update_to(self, fraction: float) -> None:
        """Show how much is done, from 0 to 1."""

    def refresh(self) -> None:
        """Draw it again."""

    def close(self) -> None:
        """Take it away."""

    @classmethod
    def get_lock(cls) -> Any:
        """Return what keeps several bars from writing at the same time."""
        import threading

        return threading.RLock()


class SpinnerBase:
    """A stage that takes time, as a context manager."""

    def __init__(self, message: str, fail_message: str = "failed\n") -> None:
        self.message = message
        self.fail_message = fail_message

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        pass


class ReporterRendererBase(Protocol):
    """What a reporter backend can do."""

    def render(self, data: Any, **kwargs: Any) -> str:
        """Return a text as it is to be written."""

    def detail_view(self, data: Mapping[str, Any], **kwargs: Any) -> str:
        """Return names and values as a text."""

    def envs_list(self, prefixes: Iterable[str], *, output: bool = True, **kwargs: Any) -> str:
        """Return a list of environments as a text."""

    def progress_bar(self, description: str, **kwargs: Any) -> ProgressBarBase:
        """Return a new bar."""

    def spinner(self, message: str, fail_message: str = "failed\n") -> SpinnerBase:
        """Return a new stage."""

    def prompt(
        self, message: str = "Proceed", choices: Sequence[str] = (), default: str = ""
    ) -> str:
        """Ask, and return one of the choices."""
