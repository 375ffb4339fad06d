"""`Workplace`: what all actions of a transaction share, and what they find out.

An action performs one step of a plan by a function: new things are laid into the stage, and what
goes is noted down. Nothing in the environment changes before all actions have succeeded.
"""

from collections.abc import Mapping

from conda_clone.core.transaction.actions.late_digests import LateDigests
from conda_clone.core.transaction.folders import Folders
from conda_clone.core.transaction.stage import Stage
from conda_clone.models.values import field, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.core.transaction.compiling_ahead import CompilingAhead
    from conda_clone.core.transaction.steps import PackageModules
    from conda_clone.models.events import Reporter

__all__ = ["Findings", "Workplace"]


@value(frozen=False)
class Findings:
    """What staging one package found out, for its record.

    Attributes:
        digests: Target to the sha256 of what was written there, where that differs from the
            package.
        sizes: Path of a generated file to its size in bytes.
        compiled: Compiled modules that really came into being.
    """

    digests: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    compiled: list[str] = field(default_factory=list)


class Workplace:
    """One environment while it is changed.

    Attributes:
        prefix: Absolute path of the environment.
        root_prefix: Absolute path of the base environment; scripts are told.
        environ: Environment variables that programs inherit.
        reporter: Who is told about messages of scripts and files of users.
        folders: The folders that the environment has.
        freed: Files that go, as real paths relative to the prefix.
        vacated: Folders that go unless something remains in them; likewise.
        owned: Targets that another package owns, and that may be replaced.
        left_alone: What the user has been told about links that lead out of the environment.
        is_new: Whether what lies at the prefix now does not matter.
        newly_compiled: Packages whose modules have all been compiled, or cannot be.
        ahead: Who has begun to compile before the transaction, if somebody has.
        made_ahead: Folders that this brought, and the names that they are to have.
        late_digests: Makes the digests of files that are written.
        stage: Where new files are laid.
    """

    def __init__(
        self,
        prefix: str,
        stage_root: str,
        *,
        root_prefix: str,
        environ: Mapping[str, str],
        reporter: "Reporter",
        is_new: bool = False,
        ahead: "CompilingAhead | None" = None,
    ) -> None:
        self.prefix = prefix
        self.root_prefix = root_prefix
        self.environ = environ
        self.reporter = reporter
        self.folders = Folders(prefix)
        self.freed: set[str] = set()
        self.vacated: set[str] = set()
        self.owned: set[str] = set()
        self.left_alone: set[str] = set()
        self.is_new = is_new
        self.newly_compiled: list[PackageModules] = []
        self.ahead = ahead
        self.made_ahead: list[tuple[str, str]] = []
        self.late_digests = LateDigests()
        self.stage = Stage(
            stage_root,
            prefix=prefix,
            folders=None if is_new else self.folders,
            freed=self.freed,
        )
        self._findings: dict[str, Findings] = {}

    def path(self, relative: str) -> str:
        """Return the absolute path of something in the environment."""
        return f"{self.prefix}/{relative}"

    def findings(self, dist: str) -> Findings:
        """Return what is known about staging a package."""
        return self._findings.setdefault(dist, Findings())
