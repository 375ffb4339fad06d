"""`EnvironmentFile`: what a file says about an environment, whatever its format."""

from collections.abc import Mapping

from conda_clone.models.values import field, value

__all__ = ["NO_DEFAULTS", "EnvironmentFile", "is_variable_name", "merged"]

NO_DEFAULTS = "nodefaults"


@value(kw_only=True)
class EnvironmentFile:
    """One description of an environment.

    Attributes:
        source: Path or URL of the file, for messages.
        folder: Absolute path of the folder that relative paths in it start at.
        name: Name of the environment, or None.
        prefix: Its path, or None.
        channels: Channels in their order, without `nodefaults`.
        use_defaults: Whether the configured channels follow; `nodefaults` says no.
        specs: Texts of MatchSpecs in their order.
        archives: Lines of an explicit list; then there are no specs.
        pip: Lines for pip, as in one of its requirements files.
        variables: Variables that activation sets.
        cautions: What is strange in the file, but no reason to refuse it.
    """

    source: str
    folder: str
    name: str | None = None
    prefix: str | None = None
    channels: tuple[str, ...] = ()
    use_defaults: bool = True
    specs: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    pip: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()


def is_variable_name(text: str) -> bool:
    """Tell whether every shell can have a variable of that name."""
    return text.isidentifier() and text.isascii()


def merged(files: tuple[EnvironmentFile, ...]) -> EnvironmentFile:
    """Return one description that says what all say; the first name, path and channel order win.

    pip's lines keep the folder of the first file that has some.
    """
    first, *others = files
    if not others:
        return first
    with_pip = next((each for each in files if each.pip), first)
    return EnvironmentFile(
        source=", ".join(each.source for each in files),
        folder=with_pip.folder,
        name=next((each.name for each in files if each.name), None),
        prefix=next((each.prefix for each in files if each.prefix), None),
        channels=tuple(dict.fromkeys(name for each in files for name in each.channels)),
        use_defaults=all(each.use_defaults for each in files),
        specs=tuple(dict.fromkeys(text for each in files for text in each.specs)),
        archives=tuple(dict.fromkeys(line for each in files for line in each.archives)),
        pip=tuple(line for each in files for line in each.pip),
        variables={name: value for each in files for name, value in each.variables.items()},
        cautions=tuple(text for each in files for text in each.cautions),
    )
