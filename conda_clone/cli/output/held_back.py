"""What is not at its newest, and why: as people read it, and as programs do (`--explain`)."""

from collections.abc import Sequence

from conda_clone.core.solver.held_back import HeldBack, Hold, HoldKind
from conda_clone.core.solver.problem import Origin

__all__ = ["held_back_document", "held_back_text"]

_ASKED = {
    Origin.REQUESTED: "is requested",
    Origin.HISTORY: "was requested earlier",
    Origin.PIN: "is pinned",
    Origin.INSTALLED: "is installed and is to stay",
    Origin.CONFIGURATION: "is set in the configuration",
}
_SENTENCES = {
    HoldKind.WISH: "`{spec}` {asked}",
    HoldKind.PIN: "`{spec}` {asked}",
    HoldKind.INSTALLED: "it is installed, and nothing asks for a newer one",
    HoldKind.FORBIDDEN: "the setting `disallowed_packages` has `{spec}`",
    HoldKind.PRIORITY: "{newer} is only in the channel {by}, which comes later",
    HoldKind.STRATEGY: "the strategy is `{spec}`",
    HoldKind.FEATURES: "{newer} tracks the features `{spec}`, which makes it less wanted",
    HoldKind.NEEDED_BY: "{other} goes with `{spec}`{because}",
    HoldKind.NEEDS: "{newer} goes with `{spec}`, but {other} is chosen{because}",
    HoldKind.MACHINE: "{newer} needs `{spec}`, {machine}",
    HoldKind.MISSING: "{newer} needs `{spec}`, which no channel has",
    HoldKind.OLDER: "with {newer}, {by} would be {instead} instead of {version}",
    HoldKind.IMPOSSIBLE: "{newer} cannot be had{together}",
    HoldKind.OTHER: "the whole is better without {newer}",
}
_SHOWN = 3


def held_back_text(held_back: Sequence[HeldBack]) -> str:
    """Return the listing that follows the plan."""
    if not held_back:
        return "\nEvery package is at its newest.\n"
    lines = ["", "These packages are not at their newest:", ""]
    for each in held_back:
        lines.append(f"  {each.record.name} {each.record.version} (newest: {each.newest})")
        lines += [f"    {_sentence(hold, each)}" for hold in each.holds[:_SHOWN]]
        if len(each.holds) > _SHOWN:
            lines.append(f"    and {len(each.holds) - _SHOWN} more")
    return "\n".join([*lines, ""])


def held_back_document(held_back: Sequence[HeldBack]) -> list[dict[str, object]]:
    """Return the value of `held_back` in the JSON document."""
    return [
        {
            "name": each.record.name,
            "version": each.record.version,
            "newest": each.newest,
            "reasons": [
                {
                    "kind": hold.kind.value,
                    "spec": hold.spec or None,
                    "by": hold.by or None,
                    "text": _sentence(hold, each),
                }
                for hold in each.holds
            ],
        }
        for each in held_back
    ]


def _sentence(hold: Hold, held: HeldBack) -> str:
    has = f"but this machine has {hold.version}" if hold.version else "which this machine lacks"
    return _SENTENCES[hold.kind].format(
        newer=f"{held.record.name} {held.newest}",
        spec=hold.spec,
        by=hold.by,
        other=f"{hold.by} {hold.version}",
        version=hold.version,
        instead=hold.instead,
        asked=_ASKED[hold.origin or Origin.REQUESTED],
        because=f", and `{hold.because}` binds {hold.by}" if hold.because else "",
        machine=has,
        together=f" together with `{hold.spec}`" if hold.spec else " with the rest",
    )
