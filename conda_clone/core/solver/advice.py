"""What to do about a `Conflict`: one sentence for each remedy, and for what nothing can mend here.

A piece of advice has a code, which programs may rely on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from conda_clone.core.solver.conflict import Conflict, Need, Remedy, RemedyKind
from conda_clone.core.solver.explain import listed
from conda_clone.core.solver.problem import Origin
from conda_clone.core.solver.reasons import ReasonKind

__all__ = ["SEARCH", "Advice", "advice", "advice_text", "with_general"]


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do.

    Attributes:
        code: What kind of thing; the same for every conflict.
        text: The thing itself, without a full stop.
    """

    code: str
    text: str


# What a shell would take for something else.
_SIGNS = "<>|*!~[]'"
SEARCH = Advice("search", "check names and versions with `conda search`, or add a channel with -c")


def advice_text(found: Sequence[Advice]) -> str:
    """Return advice as text: a sentence, or a list."""
    if len(found) == 1:
        return f"{found[0].text[:1].upper()}{found[0].text[1:]}."
    return "\n".join(["Any of these may help:", *(f"  - {each.text}" for each in found)])


def with_general(known: Sequence[Advice], general: Sequence[Advice]) -> tuple[Advice, ...]:
    """Return advice from those who know more, and what it does not make superfluous."""
    settled = {"add_channel"} if any(each.code == "other_channel" for each in known) else set()
    return (*known, *(each for each in general if each.code not in settled))


def advice(conflict: Conflict) -> tuple[Advice, ...]:
    """Return what to do, what was tried first; never empty."""
    found = [_remedy_advice(each) for each in conflict.remedies or ()]
    absent = [need for need in conflict.needs if need.spec and not need.allowed]
    if machine := [need for need in absent if need.target.startswith("__")]:
        found.append(_about_machine(machine))
    if missing := [need.target for need in absent if not need.available and need not in machine]:
        found.append(_about_channels(missing))
    if not found and (lacking := [need.spec for need in absent if need.source]):
        found.append(_about_channels(lacking))
    if not found and conflict.remedies is not None and conflict.exhausted:
        text = "change more than one thing: there are more conflicts behind this one"
        found.append(Advice("change_several", text))
    return tuple(found) or (_general(conflict),)


def _remedy_advice(remedy: Remedy) -> Advice:
    match remedy.kind:
        case RemedyKind.LOOSEN:
            return Advice("loosen_spec", _loosen(remedy))
        case RemedyKind.LEAVE_OUT:
            return Advice("leave_out", _leave_out(remedy))
        case RemedyKind.UNPIN:
            then = f": then `{remedy.name}` can be {remedy.newest}" if remedy.newest else ""
            text = f"change or remove the pin `{remedy.spec}`, or ignore pins with --no-pin{then}"
            return Advice("ignore_pins", text)
        case RemedyKind.ALLOW:
            text = f"take `{remedy.spec}` out of the setting `disallowed_packages`"
            return Advice("allow_package", text)
        case RemedyKind.FLEXIBLE_PRIORITY:
            text = "set `channel_priority: flexible`, so that lower channels provide what is needed"
            return Advice("flexible_channel_priority", text)
        case RemedyKind.APART:
            words = " ".join(map(_quoted, remedy.spec.split(" ")))
            text = f"create an environment of its own for it: `conda create -n NAME {words}`"
            return Advice("new_environment", text)


def _quoted(spec: str) -> str:
    """Return a spec as it is typed into a shell."""
    if not any(sign in spec for sign in _SIGNS):
        return spec
    return f'"{spec}"' if "'" in spec else f"'{spec}'"


def _loosen(remedy: Remedy) -> str:
    instead = f"`{remedy.name}={remedy.nearest}` instead of `{remedy.spec}`"
    newer = f" (up to {remedy.newest} can be had)" if remedy.newest != remedy.nearest else ""
    if remedy.origin is Origin.HISTORY:
        return f"ask for {instead}, which was requested earlier{newer}"
    if remedy.origin is Origin.CONFIGURATION:
        return f"write {instead} in the setting `create_default_packages`{newer}"
    return f"ask for {instead}{newer}"


def _leave_out(remedy: Remedy) -> str:
    if remedy.origin is Origin.HISTORY:
        return f"remove `{remedy.name}` first, which was requested earlier"
    if remedy.origin is Origin.CONFIGURATION:
        return f"take `{remedy.spec}` out of the configuration"
    return f"leave out `{remedy.spec}`: the rest can be had"


def _about_channels(lacking: Sequence[str]) -> Advice:
    names = listed([f"`{name}`" for name in dict.fromkeys(lacking)])
    return Advice("add_channel", f"add a channel that has {names} (-c CHANNEL)")


def _about_machine(needs: list[Need]) -> Advice:
    names = list(dict.fromkeys(need.target for need in needs))
    variables = listed([f"CONDA_OVERRIDE_{name.removeprefix('__').upper()}" for name in names])
    text = f"set {variables} if this is for a machine that has {listed(names)} as needed"
    return Advice("override_virtual_package", text)


def _general(conflict: Conflict) -> Advice:
    """Return advice from the looks of a conflict alone."""
    if any(need.origin is Origin.PIN for need in conflict.needs):
        text = "change or remove the pin that takes part, or ignore pins with --no-pin"
        return Advice("ignore_pins", text)
    if any(need.kind is ReasonKind.PRIORITY for need in conflict.needs):
        text = "set `channel_priority: flexible`: lower channels are left out by strict priority"
        return Advice("flexible_channel_priority", text)
    text = "ask for fewer packages or for wider versions, or add a channel that has other builds"
    return Advice("widen_request", text)
