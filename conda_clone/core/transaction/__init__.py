"""Carry out the change of one environment: plan, verify, execute, roll back.

`unlink_link` reads as the list of stages; `change`, `steps`, `plan`, `paths`, `relocate` and
`clobber` are pure; `verify`, `executor` and `actions` touch the disk through the gateways.
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
