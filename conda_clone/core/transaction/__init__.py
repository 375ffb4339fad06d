"""Carry out the change of one environment: plan, verify, stage, decide, apply, commit.

- Pure: `change`, `steps`, `plan`, `layout`, `paths`, `relocate`, `clobber`; `package_contents`
  reads what these need of packages.
- What an environment and its change are on the disk: `folders`, `stage`, `reconcile`, `sites` and
  `first_site`; `actions` fill the stage, some of it with what `compiling_ahead` has brought.
- What survives a crash, with the standard library alone: `area`, `journal`, `performer`,
  `recovery`; `deletion` of a whole environment; the `environment_lock`, which goes with its holder.
- `unlink_link` reads as the list of stages; `verify` and `executor` are two of them.
- Beside all that: `single_file` replaces a file that no package has, `damage` compares an
  environment with its records. `errors` is what can go wrong.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.core.transaction.unlink_link import UnlinkLinkTransaction

__all__ = ["UnlinkLinkTransaction"]


def __getattr__(name: str) -> object:
    if name == "UnlinkLinkTransaction":
        from conda_clone.core.transaction import unlink_link  # the actions and all they need

        return unlink_link.UnlinkLinkTransaction
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
