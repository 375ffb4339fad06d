"""Channels: what a name, URL or path stands for, given the configuration (spec/formats.md, 12).

A `Channel` is immutable. Its `base_url` never holds secrets; token and credentials are kept apart
and appear only in URLs that are asked for `with_credentials`. Two channels are equal when they have
the same base URL, whatever platform or secrets were written with them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from conda_clone.models.errors import ChannelError
from conda_clone.models.subdir import is_subdir
from conda_clone.models.url import Secret, has_scheme, join, path_to_url, split_secrets

__all__ = ["UNKNOWN_CHANNEL", "Channel", "ChannelConfig"]

UNKNOWN_CHANNEL = "<unknown>"

_FILE_ENDINGS = (".conda", ".tar.bz2", ".json", ".json.zst", ".json.bz2", ".msgpack.zst")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelConfig:
    """What names of channels are resolved against.

    Attributes:
        channel_alias: URL that bare names are appended to.
        default_channels: What the name `defaults` stands for.
        custom_channels: Name to the URL that the name is appended to.
        custom_multichannels: Name to the channels that it stands for.
        migrated_channel_aliases: Former aliases; channels below them belong to `channel_alias`.
        migrated_custom_channels: Name to its former location.
        local_roots: Folders behind the name `local`.
        subdir: Platform when a channel names none.
    """

    channel_alias: str = "https://conda.anaconda.org"
    default_channels: tuple[str, ...] = (
        "https://repo.anaconda.com/pkgs/main",
        "https://repo.anaconda.com/pkgs/r",
    )
    custom_channels: Mapping[str, str] = field(
        default_factory=lambda: {"pkgs/pro": "https://repo.anaconda.com"}
    )
    custom_multichannels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    migrated_channel_aliases: tuple[str, ...] = ()
    migrated_custom_channels: Mapping[str, str] = field(default_factory=dict)
    local_roots: tuple[str, ...] = ()
    subdir: str = "linux-64"
    _directory: "_Directory" = field(
        default_factory=lambda: _Directory(),  # noqa: PLW0108 - the class is defined below
        init=False,
        repr=False,
        compare=False,
    )

    def __hash__(self) -> int:
        return hash((self.channel_alias, self.default_channels, self.local_roots, self.subdir))


class Channel:
    """One place that packages come from, or several under one name.

    >>> channel = Channel.from_text("conda-forge/linux-64", ChannelConfig())
    >>> channel.base_url, channel.platform
    ('https://conda.anaconda.org/conda-forge', 'linux-64')

    Attributes:
        name: Short name: below its location.
        canonical_name: The name to show: of the multichannel it belongs to, as configured, below
            the alias, or else its URL.
        base_url: Address without platform and secrets; None for a multichannel.
        location: Host (or folder) that the name is below; None for a multichannel.
        scheme: Such as `https`; None for a multichannel.
        token: Of `/t/TOKEN/`, or None.
        auth: `user:password`, or None.
        platform: Subdir that was written with it, or None.
        package_filename: File that was written with it, or None.
        known_as: All texts that a spec may call this channel by.
        config_subdir: Platform that `urls` uses when none was written with it.
    """

    __slots__ = (
        "_members",
        "auth",
        "base_url",
        "canonical_name",
        "config_subdir",
        "known_as",
        "location",
        "name",
        "package_filename",
        "platform",
        "scheme",
        "token",
    )

    def __init__(
        self,
        name: str,
        *,
        canonical_name: str,
        base_url: str | None,
        location: str | None = None,
        scheme: str | None = None,
        members: "tuple[Channel, ...]" = (),
        known_as: frozenset[str] = frozenset(),
        config_subdir: str = "noarch",
    ) -> None:
        self.name = name
        self.canonical_name = canonical_name
        self.base_url = base_url
        self.location = location
        self.scheme = scheme
        self.token: Secret | None = None
        self.auth: Secret | None = None
        self.platform: str | None = None
        self.package_filename: str | None = None
        self.known_as = known_as | {canonical_name} | ({base_url} if base_url else set())
        self.config_subdir = config_subdir
        self._members = members

    @classmethod
    def from_text(cls, text: str | None, config: ChannelConfig) -> "Channel":
        """Return the channel of a name, URL, path or package address; memoised per configuration.

        Raises:
            ChannelError: The text is empty or cannot be a channel.
        """
        return config._directory.channel(text, config)  # noqa: SLF001 - its memo, see ChannelConfig

    @property
    def is_multichannel(self) -> bool:
        """Whether the name stands for a list of channels."""
        return self.base_url is None and self.canonical_name != UNKNOWN_CHANNEL

    @property
    def members(self) -> "tuple[Channel, ...]":
        """The channels of a multichannel; any other channel alone."""
        return self._members if self.is_multichannel else (self,)

    def subdir_url(self, subdir: str, *, with_credentials: bool = False) -> str:
        """Return the address of one platform folder.

        Raises:
            ChannelError: A multichannel has no single address.
        """
        if self.base_url is None:
            raise ChannelError(self.name, "it has no address of its own")
        if not with_credentials or (self.token is None and self.auth is None):
            return f"{self.base_url}/{subdir}"
        parts = split_secrets(self.base_url)
        credentials = f"{self.auth.reveal()}@" if self.auth else ""
        token = f"/t/{self.token.reveal()}" if self.token else ""
        return f"{parts.scheme}://{credentials}{parts.host}{token}{parts.path}/{subdir}"

    def urls(
        self, subdirs: Sequence[str] | None = None, *, with_credentials: bool = False
    ) -> list[str]:
        """Return the addresses of the platform folders of all members.

        Without `subdirs`, of the platform that was written with the channel (or else of the
        configured one) and of `noarch`.
        """
        return [
            member.subdir_url(subdir, with_credentials=with_credentials)
            for member in self.members
            if member.base_url is not None
            for subdir in (member.own_subdirs() if subdirs is None else subdirs)
        ]

    def own_subdirs(self) -> Sequence[str]:
        """Return the platform written with it, or else the configured one, and `noarch`."""
        subdir = self.platform or self.config_subdir
        return (subdir,) if subdir == "noarch" else (subdir, "noarch")

    def _with(
        self,
        *,
        platform: str | None,
        package_filename: str | None,
        token: Secret | None = None,
        auth: Secret | None = None,
    ) -> "Channel":
        """Return this channel with what else was written in its text."""
        if platform == package_filename == token == auth:  # all None
            return self
        other = object.__new__(Channel)
        for slot in Channel.__slots__:
            setattr(other, slot, getattr(self, slot))
        other.platform = platform
        other.package_filename = package_filename
        other.token = token or self.token
        other.auth = auth or self.auth
        return other

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Channel)
            and self.base_url == other.base_url
            and (self.base_url is not None or self.canonical_name == other.canonical_name)
        )

    def __hash__(self) -> int:
        return hash(self.base_url or self.canonical_name)

    def __str__(self) -> str:
        return self.canonical_name

    def __repr__(self) -> str:
        return f"Channel({self.base_url or self.canonical_name!r})"


class _Directory:
    """The channels of one configuration: a memo, and the tables that give them their names."""

    __slots__ = ("_bases", "_channels", "_multichannels")

    def __init__(self) -> None:
        self._channels: dict[str | None, Channel] = {}
        self._bases: dict[str, Channel] = {}
        self._multichannels: dict[str, tuple[str, ...]] | None = None

    def channel(self, text: str | None, config: ChannelConfig) -> Channel:
        found = self._channels.get(text)
        if found is None:
            found = self._channels[text] = self._resolve(text, config)
        return found

    def _resolve(self, text: str | None, config: ChannelConfig) -> Channel:
        if text is None or text == UNKNOWN_CHANNEL:
            return Channel(UNKNOWN_CHANNEL, canonical_name=UNKNOWN_CHANNEL, base_url=None)
        stripped = text.strip()
        if not stripped or "\0" in stripped or "\n" in stripped:
            raise ChannelError(text, "it is not a name, URL or path")
        if _is_path(stripped):
            stripped = path_to_url(stripped)
        token = auth = None
        if has_scheme(stripped):
            parts = split_secrets(stripped)
            stripped, token, auth = parts.url, parts.token, parts.auth
        stripped, platform, filename = _without_platform(stripped.rstrip("/"))
        if stripped in self._members(config):
            members = tuple(self._flat_members(stripped, config))
            base = Channel(stripped, canonical_name=stripped, base_url=None, members=members)
            base.config_subdir = config.subdir
        else:
            base = self._base(_url_of(stripped, self._members(config), config), config)
        return base._with(  # noqa: SLF001 - same module
            platform=platform, package_filename=filename, token=token, auth=auth
        )

    def _members(self, config: ChannelConfig) -> dict[str, tuple[str, ...]]:
        """Return the multichannels: name to texts of members."""
        if self._multichannels is None:
            self._multichannels = {
                "defaults": tuple(config.default_channels),
                "local": tuple(map(path_to_url, config.local_roots)),
                **{name: tuple(urls) for name, urls in config.custom_multichannels.items()},
            }
        return self._multichannels

    def _flat_members(
        self, name: str, config: ChannelConfig, above: tuple[str, ...] = ()
    ) -> Iterator[Channel]:
        """Yield the channels of a multichannel, those of multichannels in it included."""
        if name in above:
            raise ChannelError(name, "it is a multichannel that contains itself")
        for text in self._members(config)[name]:
            if text in self._members(config):
                yield from self._flat_members(text, config, (*above, name))
            else:
                yield self.channel(text.rstrip("/"), config)

    def _base(self, url: str, config: ChannelConfig) -> Channel:
        """Return the channel at an address without platform."""
        parts = split_secrets(url)
        base_url = parts.url
        found = self._bases.get(base_url)
        if found is not None:
            return found
        location, name, short = _location_and_name(base_url, config)
        multichannels = self._members(config)
        groups = [
            multichannel
            for multichannel, members in multichannels.items()
            if any(
                split_secrets(_url_of(member, multichannels, config)).url == base_url
                for member in members
                if member not in multichannels
            )
        ]
        known_as = {base_url.partition("://")[2], short or base_url, *groups}
        if groups:
            known_as.add(name)
        found = self._bases[base_url] = Channel(
            name,
            canonical_name=groups[0] if groups else short or base_url,
            base_url=base_url,
            location=location,
            scheme=parts.scheme,
            known_as=frozenset(known_as),
            config_subdir=config.subdir,
        )
        if parts.token or parts.auth:
            # Secrets of a configured alias belong to every channel below it.
            found.token, found.auth = parts.token, parts.auth
        return found


def _is_path(text: str) -> bool:
    return (
        text.startswith(("/", "~", "./", "../", ".\\", "..\\"))
        or text in {".", ".."}
        or (text[1:2] == ":" and text[2:3] in {"\\", "/"})
    )


def _without_platform(text: str) -> tuple[str, str | None, str | None]:
    """Cut a trailing `/<subdir>`, perhaps with a file name behind it, off."""
    head, slash, last = text.rpartition("/")
    filename: str | None = None
    if slash and last.endswith(_FILE_ENDINGS):
        filename = last
        text = head
        head, slash, last = text.rpartition("/")
    if slash and is_subdir(last):
        return head, last, filename
    return text, None, filename


def _url_of(text: str, multichannels: Mapping[str, tuple[str, ...]], config: ChannelConfig) -> str:
    """Return the address that a text without platform stands for; secrets of the alias stay in."""
    if has_scheme(text):
        return _migrated(text.rstrip("/"), config)
    if _is_path(text):
        return path_to_url(text)
    for members in multichannels.values():
        for member in members:
            if has_scheme(member) and _name_of(member) == text:
                return member.rstrip("/")
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


def _location_and_name(base_url: str, config: ChannelConfig) -> tuple[str, str, str | None]:
    """Return location, name, and the configured short name if there is one."""
    for name, location in _longest_first(config.custom_channels):
        place = split_secrets(_with_scheme(location)).url
        url = join(place, name)
        if base_url == url or base_url.startswith(f"{url}/"):
            return place.partition("://")[2], base_url[len(place) + 1 :], base_url[len(place) + 1 :]
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


def _longest_first(table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return iter(sorted(table.items(), key=lambda item: (-len(item[0]), item[0])))


def _name_of(url: str) -> str:
    """Return the path of a URL without secrets: what is left when the host is taken for granted."""
    return split_secrets(url).path.strip("/")


def _with_scheme(location: str) -> str:
    return location.rstrip("/") if has_scheme(location) else f"https://{location.strip('/')}"
