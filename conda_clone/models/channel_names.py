"""Names of channels -> addresses and back, by a configuration (spec/formats.md, section 12).

Pure text work. Secrets of configured places stay in the addresses that are returned here, for the
caller to split off; what is compared never has any.
"""

from collections.abc import Iterator, Mapping

from conda_clone.models.channel_config import ChannelConfig
from conda_clone.models.subdir import is_subdir
from conda_clone.models.url import (
    SplitUrl,
    has_scheme,
    is_absolute_path,
    join,
    path_to_url,
    split_secrets,
)

__all__ = [
    "configured_secrets",
    "groups_of",
    "is_path",
    "location_and_name",
    "multichannels",
    "url_of",
    "without_platform",
]

_FILE_ENDINGS = (".conda", ".tar.bz2", ".json", ".json.zst", ".json.bz2", ".msgpack.zst")


def is_path(text: str) -> bool:
    """Tell whether a text means a folder, on this system or on another one."""
    return (
        text.startswith(("~", "./", "../", ".\\", "..\\"))
        or text in {".", ".."}
        or is_absolute_path(text)
    )


def without_platform(path: str) -> tuple[str, str | None, str | None]:
    """Cut a trailing `/<subdir>`, perhaps with a file name behind it, off.

    >>> without_platform("conda-forge/noarch/repodata.json")
    ('conda-forge', 'noarch', 'repodata.json')
    """
    head, slash, last = path.rpartition("/")
    filename: str | None = None
    if slash and last.endswith(_FILE_ENDINGS):
        filename = last
        path = head.rstrip("/")
        head, slash, last = path.rpartition("/")
    if slash and is_subdir(last):
        return head.rstrip("/"), last, filename
    return path, None, filename


def multichannels(config: ChannelConfig) -> Mapping[str, tuple[str, ...]]:
    """Return the names that stand for several channels, and the texts of their members."""
    found = config.memo.multichannels
    if found is None:
        found = config.memo.multichannels = {
            "defaults": tuple(config.default_channels),
            "local": tuple(map(path_to_url, config.local_roots)),
            **{name: tuple(texts) for name, texts in config.custom_multichannels.items()},
        }
    return found


def groups_of(base_url: str, config: ChannelConfig) -> list[str]:
    """Return the multichannels that have the channel at an address as a member of their own."""
    table = multichannels(config)
    return [
        name
        for name, members in table.items()
        if any(
            split_secrets(url_of(member, config)).url == base_url
            for member in members
            if member not in table
        )
    ]


def url_of(text: str, config: ChannelConfig) -> str:
    """Return the address that a text without platform stands for."""
    if has_scheme(text):
        return _migrated(text, config)
    if is_path(text):
        return path_to_url(text)
    for members in multichannels(config).values():
        for member in members:
            # The path of a member's address is its name: the host is taken for granted.
            if has_scheme(member) and split_secrets(member).path.strip("/") == text:
                return member
    for name, location in _longest_first(config.custom_channels):
        if text == name or text.startswith(f"{name}/"):
            return join(_with_scheme(location), text)
    return join(_with_scheme(config.channel_alias), text)


def _migrated(url: str, config: ChannelConfig) -> str:
    """Return the present address of a channel that moved."""
    bare = split_secrets(url).url
    for name, location in _longest_first(config.migrated_custom_channels):
        old = join(split_secrets(_with_scheme(location)).url, name)
        if name in config.custom_channels and (bare == old or bare.startswith(f"{old}/")):
            return join(_with_scheme(config.custom_channels[name]), name, bare[len(old) :])
    for alias in config.migrated_channel_aliases:
        old = split_secrets(_with_scheme(alias)).url
        if bare.startswith(f"{old}/"):
            return join(_with_scheme(config.channel_alias), bare[len(old) :])
    return url


def location_and_name(base_url: str, config: ChannelConfig) -> tuple[str, str, str | None]:
    """Return location, name, and the configured short name if there is one."""
    for name, location in _longest_first(config.custom_channels):
        place = split_secrets(_with_scheme(location)).url
        url = join(place, name)
        if base_url == url or base_url.startswith(f"{url}/"):
            short = base_url[len(place) + 1 :]
            return place.partition("://")[2], short, short
    alias = split_secrets(_with_scheme(config.channel_alias)).url
    if base_url.startswith(f"{alias}/"):
        name = base_url[len(alias) + 1 :]
        return alias.partition("://")[2], name, name
    scheme, _, rest = base_url.partition("://")
    if scheme == "file":
        location, _, name = rest.rpartition("/")
        return location or "/", name or "/", None
    location, _, name = rest.partition("/")
    if ":" in location and name.startswith("conda/"):
        # A server of its own port usually has its channels below /conda.
        return f"{location}/conda", name.removeprefix("conda/"), None
    return location, name, None


def configured_secrets(base_url: str, config: ChannelConfig) -> SplitUrl | None:
    """Return the configured place with secrets that an address is at or below, or None."""
    places = config.memo.secrets
    if places is None:
        found = [split_secrets(url) for url in _configured_urls(config)]
        found = [place for place in found if place.token or place.auth]
        found.sort(key=lambda place: -len(place.url))
        places = config.memo.secrets = tuple(found)
    for place in places:
        if base_url == place.url or base_url.startswith(f"{place.url}/"):
            return place
    return None


def _configured_urls(config: ChannelConfig) -> Iterator[str]:
    yield _with_scheme(config.channel_alias)
    yield from (_with_scheme(location) for location in config.custom_channels.values())
    for members in multichannels(config).values():
        yield from filter(has_scheme, members)


def _longest_first(table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return iter(sorted(table.items(), key=lambda item: (-len(item[0]), item[0])))


def _with_scheme(location: str) -> str:
    return location.rstrip("/") if has_scheme(location) else f"https://{location.strip('/')}"
