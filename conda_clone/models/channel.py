"""Channels: what a name, URL or path stands for, given the configuration (spec/formats.md, 12).

A `Channel` is immutable. Its `base_url` never holds secrets; token and credentials are kept apart
and appear only in URLs that are asked for `with_credentials`. Two channels are equal when they have
the same base URL, whatever platform or secrets were written with them.
"""

from collections.abc import Iterator, Sequence

from conda_clone.models.channel_config import ChannelConfig
from conda_clone.models.channel_names import (
    configured_secrets,
    groups_of,
    is_path,
    location_and_name,
    multichannels,
    url_of,
    without_platform,
)
from conda_clone.models.errors import ChannelError
from conda_clone.models.later_pattern import pattern
from conda_clone.models.url import (
    Secret,
    SplitUrl,
    has_scheme,
    path_to_url,
    redact,
    split_secrets,
)

__all__ = ["UNKNOWN_CHANNEL", "Channel", "ChannelConfig"]

UNKNOWN_CHANNEL = "<unknown>"

_INVISIBLE = pattern(r"[\x00-\x1f\x7f]")
_BARE_CREDENTIALS = pattern(r"[^/\\:]*:[^/\\]*@")


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
        "_token_at",
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
        self._token_at = 0
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
        found = config.memo.channels.get(text)
        if found is None:
            found = config.memo.channels[text] = _resolve(text, config)
        return found

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
        place = split_secrets(self.base_url)
        address = SplitUrl(
            place.scheme,
            place.host,
            place.path,
            token=self.token,
            token_at=self._token_at,
            auth=self.auth,
        )
        return f"{address.reveal()}/{subdir}"

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
            for subdir in (subdirs or (self if self.platform else member).own_subdirs())
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
        secrets: Sequence[SplitUrl] = (),
    ) -> "Channel":
        """Return this channel with what else was written in its text."""
        if platform is None and package_filename is None and not secrets:
            return self
        other = object.__new__(Channel)
        for slot in Channel.__slots__:
            setattr(other, slot, getattr(self, slot))
        other.platform = platform
        other.package_filename = package_filename
        for place in secrets:
            if other.token is None:
                other.token, other._token_at = place.token, place.token_at
            other.auth = other.auth or place.auth
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


def _resolve(text: str | None, config: ChannelConfig) -> Channel:
    """Return the channel of a text.

    1. Paths become URLs; secrets, platform and file name are taken off what has them.
    2. What is left is the name of several channels, a URL, or a name that has an address.
    3. That address, again without secrets, is the identity of the channel; the rest goes with it.
    """
    if text is None or text == UNKNOWN_CHANNEL:
        return Channel(UNKNOWN_CHANNEL, canonical_name=UNKNOWN_CHANNEL, base_url=None)
    stripped = text.strip()
    if not stripped or _INVISIBLE.search(stripped):
        raise ChannelError(text, "it is not a name, URL or path")
    if is_path(stripped):
        stripped = path_to_url(stripped)
    written: SplitUrl | None = None
    places: tuple[SplitUrl | None, ...] = ()
    if has_scheme(stripped):
        written = split_secrets(stripped)
        if not written.host and written.scheme != "file":
            raise ChannelError(text, "it names no host")
        path, platform, filename = without_platform(written.path)
        stripped = f"{written.scheme}://{written.host}{path}"
    else:
        _check_name(stripped)
        stripped, platform, filename = without_platform(stripped.strip("/"))
    if stripped in multichannels(config):
        base = _multichannel(stripped, config)
    else:
        place = split_secrets(url_of(stripped, config))
        places = (written, place, configured_secrets(place.url, config))
        base = _base(place, config)
    return base._with(  # noqa: SLF001 - same module
        platform=platform,
        package_filename=filename,
        secrets=[place for place in places if place and (place.token or place.auth)],
    )


def _check_name(text: str) -> None:
    """Refuse what has no scheme and is no name: most of it are URLs that lost their beginning."""
    credentials = _BARE_CREDENTIALS.match(text)
    if credentials:
        raise ChannelError(
            text[credentials.end() :], "credentials need an address that starts like `https://`"
        )
    if "://" in text:
        raise ChannelError(text, "it is not a name, URL or path")


def _multichannel(name: str, config: ChannelConfig) -> Channel:
    members = tuple(_flat_members(name, config))
    return Channel(
        name,
        canonical_name=name,
        base_url=None,
        members=members,
        config_subdir=config.subdir,
    )


def _flat_members(
    name: str, config: ChannelConfig, above: tuple[str, ...] = ()
) -> Iterator[Channel]:
    """Yield the channels of a multichannel, those of multichannels in it included."""
    if name in above:
        raise ChannelError(name, "it is a multichannel that contains itself")
    table = multichannels(config)
    for text in table[name]:
        if text in table:
            yield from _flat_members(text, config, (*above, name))
        else:
            yield Channel.from_text(text, config)


def _base(place: SplitUrl, config: ChannelConfig) -> Channel:
    """Return the channel at an address, without what a text may have added."""
    base_url = place.url
    found = config.memo.bases.get(base_url)
    if found is not None:
        return found
    if place.scheme != "file" and redact(base_url) != base_url:
        raise ChannelError(base_url, "it has credentials in a place where none can be")
    location, name, short = location_and_name(base_url, config)
    if short is not None and not _leads_to(short, base_url, config):
        short = None  # such as `defaults` below the alias, which stands for other channels
    groups = groups_of(base_url, config)
    known_as = {base_url.partition("://")[2], short or base_url, *groups}
    if groups:
        known_as.add(name)
    found = config.memo.bases[base_url] = Channel(
        name,
        canonical_name=groups[0] if groups else short or base_url,
        base_url=base_url,
        location=location,
        scheme=place.scheme,
        known_as=frozenset(known_as),
        config_subdir=config.subdir,
    )
    return found


def _leads_to(name: str, base_url: str, config: ChannelConfig) -> bool:
    """Tell whether a name, given again, is resolved to that address."""
    if name in multichannels(config) or without_platform(name)[0] != name:
        return False
    return not name.endswith("/") and split_secrets(url_of(name, config)).url == base_url
