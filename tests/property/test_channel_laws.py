"""Laws of channels, each with the sentence of spec/formats.md (section 12) that it checks."""

from hypothesis import given
from hypothesis import strategies as st

from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.subdir import KNOWN_SUBDIRS
from conda_clone.models.url import path_to_url, redact, split_secrets, url_to_path

CONFIG = ChannelConfig(
    channel_alias="https://alias.org/conda",
    custom_channels={"corp": "https://corp.org/x", "corp/deep": "https://deep.org"},
    custom_multichannels={"mine": ("a/b", "https://h.org/c")},
    migrated_channel_aliases=("https://old.org",),
    migrated_custom_channels={"corp": "https://former.org"},
)

WORDS = st.from_regex(r"[a-z][a-z0-9_-]{0,6}", fullmatch=True)
# What follows a folder `t` is a token.
NAMES = st.lists(WORDS.filter(lambda word: word != "t"), min_size=1, max_size=3).map("/".join)
HOSTS = st.sampled_from(
    [
        "https://alias.org/conda",
        "https://corp.org/x",
        "https://h.org",
        "http://h.org:8080",
        "s3://b",
    ]
)
ADDRESSES = st.builds("{}/{}".format, HOSTS, NAMES)
TEXTS = st.one_of(NAMES, ADDRESSES)
SUBDIRS = st.sampled_from(sorted(KNOWN_SUBDIRS))
PATHS = st.text(min_size=1, max_size=12).map("/{}".format).filter(lambda path: "\0" not in path)


@given(TEXTS, SUBDIRS)
def test_a_platform_is_split_off(text: str, subdir: str) -> None:
    """Trailing `/<subdir>` and package filename split off."""
    plain = Channel.from_text(text, CONFIG)
    with_platform = Channel.from_text(f"{text}/{subdir}", CONFIG)
    with_file = Channel.from_text(f"{text}/{subdir}/foo-1-0.conda", CONFIG)
    assert plain == with_platform == with_file
    assert (with_platform.platform, with_file.platform) == (subdir, subdir)
    assert with_file.package_filename == "foo-1-0.conda"


@given(TEXTS, SUBDIRS)
def test_the_urls_of_a_channel_lead_back_to_it(text: str, subdir: str) -> None:
    """Name -> URL ... any other URL as is."""
    channel = Channel.from_text(text, CONFIG)
    for url in channel.urls([subdir]):
        again = Channel.from_text(url, CONFIG)
        assert again in channel.members
        assert again.urls([subdir]) == [url]


@given(TEXTS)
def test_the_shown_name_leads_back_to_the_channel(text: str) -> None:
    """Canonical name (shown): multichannel name if a member, ... else full URL."""
    channel = Channel.from_text(text, CONFIG)
    shown = Channel.from_text(channel.canonical_name, CONFIG)
    assert channel == shown or channel in shown.members


@given(NAMES)
def test_a_name_is_below_the_alias_unless_something_else_claims_it(name: str) -> None:
    """(3) custom_channels longest match ... (7) alias + name."""
    channel = Channel.from_text(name, CONFIG)
    if name == "corp/deep" or name.startswith("corp/deep/"):
        assert channel.base_url == f"https://deep.org/{name}"
    elif name == "corp" or name.startswith("corp/"):
        assert channel.base_url == f"https://corp.org/x/{name}"
    elif name not in {"mine", "defaults", "local", "c"} and not name.startswith("pkgs/"):
        assert channel.base_url == f"https://alias.org/conda/{name}"


@given(NAMES)
def test_what_moved_is_where_it_is_now(name: str) -> None:
    """(1) a migrated custom location, (2) a migrated alias."""
    by_old_alias = Channel.from_text(f"https://old.org/{name}", CONFIG)
    assert by_old_alias == Channel.from_text(f"https://alias.org/conda/{name}", CONFIG)
    by_old_place = Channel.from_text(f"https://former.org/corp/{name}", CONFIG)
    assert by_old_place == Channel.from_text(f"https://corp.org/x/corp/{name}", CONFIG)


@given(
    HOSTS,
    st.lists(WORDS.filter(lambda word: word != "t"), max_size=2),
    NAMES,
    st.from_regex(r"[a-z]{1,4}:[a-zA-Z0-9]{1,6}", fullmatch=True),
    st.from_regex(r"tk-[A-Za-z0-9-]{8,12}", fullmatch=True),
    SUBDIRS,
)
def test_secrets_are_kept_for_requests_and_never_shown(
    host: str, before: list[str], name: str, auth: str, token: str, subdir: str
) -> None:
    """Token `/t/<token>/` kept for requests, never stored or printed ... Credentials same."""
    scheme, _, place = host.partition("://")
    folder = "".join(f"/{word}" for word in before)
    url = f"{scheme}://{auth}@{place}{folder}/t/{token}/{name}"
    channel = Channel.from_text(f"{url}/{subdir}", CONFIG)
    assert channel == Channel.from_text(f"{host}{folder}/{name}", CONFIG)
    assert channel.subdir_url(subdir, with_credentials=True) == f"{url}/{subdir}"
    shown = f"{channel!r} {channel} {channel.name} {channel.location} {channel.urls()}"
    shown += f"{channel.token} {channel.token!r} {channel.auth} {channel.auth!r}"
    assert token not in shown
    assert f"{auth}@" not in shown
    assert redact(url) == split_secrets(url).url == f"{host}{folder}/{name}"
    assert split_secrets(url).reveal() == url


@given(PATHS)
def test_paths_survive_the_way_through_a_url(path: str) -> None:
    """(5) `file://` or a path."""
    address = path_to_url(path)
    assert path_to_url(url_to_path(address)) == address


@given(st.sampled_from(["C:\\", "d:/", "\\\\nas\\share\\"]), st.lists(WORDS, min_size=1))
def test_paths_of_windows_survive_it_too(root: str, folders: list[str]) -> None:
    """(5) `file://` or a path."""
    path = root + "\\".join(folders)
    address = path_to_url(path)
    assert url_to_path(address, windows=True) == path.replace("\\", "/")
    assert Channel.from_text(path, CONFIG) == Channel.from_text(address, CONFIG)
