import pytest

from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.errors import ChannelError

CONFIG = ChannelConfig()
ALIAS = "https://conda.anaconda.org"


@pytest.mark.parametrize(
    ("text", "canonical", "base_url", "subdirs"),
    [
        ("conda-forge", "conda-forge", f"{ALIAS}/conda-forge", ["linux-64", "noarch"]),
        ("conda-forge/osx-64", "conda-forge", f"{ALIAS}/conda-forge", ["osx-64", "noarch"]),
        (f"{ALIAS}/conda-forge/", "conda-forge", f"{ALIAS}/conda-forge", ["linux-64", "noarch"]),
        ("conda-forge/noarch", "conda-forge", f"{ALIAS}/conda-forge", ["noarch"]),
        (
            "pkgs/main",
            "defaults",
            "https://repo.anaconda.com/pkgs/main",
            ["linux-64", "noarch"],
        ),
        ("a/b/c", "a/b/c", f"{ALIAS}/a/b/c", ["linux-64", "noarch"]),
        ("pkgs/pro", "pkgs/pro", "https://repo.anaconda.com/pkgs/pro", ["linux-64", "noarch"]),
        ("https://u:p@h.org/c", "https://h.org/c", "https://h.org/c", ["linux-64", "noarch"]),
        (
            "https://x.org/t/tk-1/a/b/noarch",
            "https://x.org/a/b",
            "https://x.org/a/b",
            ["noarch"],
        ),
        (
            "file:///tmp/ch/linux-64/foo-1-0.conda",
            "file:///tmp/ch",
            "file:///tmp/ch",
            ["linux-64", "noarch"],
        ),
        ("/srv/my chan", "file:///srv/my%20chan", "file:///srv/my%20chan", ["linux-64", "noarch"]),
    ],
)
def test_what_texts_stand_for(text: str, canonical: str, base_url: str, subdirs: list[str]) -> None:
    channel = Channel.from_text(text, CONFIG)
    assert channel.canonical_name == canonical
    assert channel.base_url == base_url
    assert channel.urls() == [f"{base_url}/{subdir}" for subdir in subdirs]
    assert not channel.is_multichannel
    assert channel.members == (channel,)


@pytest.mark.parametrize(
    ("text", "location", "name"),
    [
        ("conda-forge", "conda.anaconda.org", "conda-forge"),
        ("https://repo.anaconda.com/pkgs/main", "repo.anaconda.com", "pkgs/main"),
        ("https://h.org:8080/a/b", "h.org:8080", "a/b"),
        ("http://localhost:80/conda/foo", "localhost:80/conda", "foo"),
        ("file:///srv/chan", "/srv", "chan"),
        ("file:///chan", "/", "chan"),
        ("https://h.org", "h.org", ""),
    ],
)
def test_names_are_below_a_location(text: str, location: str, name: str) -> None:
    channel = Channel.from_text(text, CONFIG)
    assert (channel.location, channel.name) == (location, name)


def test_defaults_are_several_channels() -> None:
    channel = Channel.from_text("defaults", CONFIG)
    assert channel.is_multichannel
    assert channel.base_url is None
    assert [member.base_url for member in channel.members] == list(CONFIG.default_channels)
    assert channel.urls(["noarch"]) == [f"{url}/noarch" for url in CONFIG.default_channels]
    with pytest.raises(ChannelError, match="no address of its own"):
        channel.subdir_url("noarch")


def test_secrets_appear_only_on_request() -> None:
    channel = Channel.from_text("https://u:p@h.org:80/t/tk-1/c/linux-64", CONFIG)
    assert channel.base_url == "https://h.org:80/c"
    assert channel.urls(["noarch"]) == ["https://h.org:80/c/noarch"]
    assert channel.urls(["noarch"], with_credentials=True) == [
        "https://u:p@h.org:80/t/tk-1/c/noarch"
    ]
    assert "tk-1" not in f"{channel} {channel!r} {channel.name} {channel.token}"
    plain = Channel.from_text("https://h.org:80/c", CONFIG)
    assert plain.subdir_url("noarch", with_credentials=True) == "https://h.org:80/c/noarch"


def test_secrets_of_the_alias_belong_to_the_channels_below_it() -> None:
    config = ChannelConfig(channel_alias="https://u:p@h.org/t/tk-1/conda/")
    channel = Channel.from_text("mine/noarch", config)
    assert channel.base_url == "https://h.org/conda/mine"
    assert channel.canonical_name == "mine"
    assert channel.urls(with_credentials=True) == ["https://u:p@h.org/t/tk-1/conda/mine/noarch"]


def test_custom_channels_have_the_longest_name_first() -> None:
    config = ChannelConfig(
        custom_channels={"a": "https://one.org/x", "a/b": "two.org", "c": "file:///srv"}
    )
    assert Channel.from_text("a/b/label/dev", config).base_url == "https://two.org/a/b/label/dev"
    assert Channel.from_text("a/c", config).base_url == "https://one.org/x/a/c"
    assert Channel.from_text("https://one.org/x/a/c", config).canonical_name == "a/c"
    assert Channel.from_text("file:///srv/c", config).canonical_name == "c"
    assert Channel.from_text("ab", config).base_url == f"{ALIAS}/ab"


def test_custom_multichannels() -> None:
    config = ChannelConfig(
        custom_multichannels={"mine": ("conda-forge", "https://h.org/c"), "all": ("mine", "x")}
    )
    mine = Channel.from_text("mine", config)
    assert [member.base_url for member in mine.members] == [
        f"{ALIAS}/conda-forge",
        "https://h.org/c",
    ]
    assert Channel.from_text("https://h.org/c", config).canonical_name == "mine"
    assert mine.urls(["noarch"]) == [f"{ALIAS}/conda-forge/noarch", "https://h.org/c/noarch"]


def test_a_multichannel_may_hold_others_but_not_itself() -> None:
    config = ChannelConfig(
        custom_multichannels={
            "all": ("mine", "x"),
            "mine": ("c",),
            "odd": ("even",),
            "even": ("odd",),
        }
    )
    names = [member.base_url for member in Channel.from_text("all", config).members]
    assert names == [f"{ALIAS}/c", f"{ALIAS}/x"]
    with pytest.raises(ChannelError, match="contains itself"):
        Channel.from_text("odd", config)


def test_a_channel_knows_every_multichannel_that_holds_it() -> None:
    config = ChannelConfig(custom_multichannels={"one": ("c",), "two": ("c",)})
    channel = Channel.from_text("c", config)
    assert channel.canonical_name == "one"
    assert {"one", "two", "c", f"{ALIAS}/c", "conda.anaconda.org/c"} == channel.known_as


def test_a_multichannel_may_hold_folders() -> None:
    config = ChannelConfig(custom_multichannels={"mine": ("/srv/chan",)})
    assert Channel.from_text("mine", config).urls(["noarch"]) == ["file:///srv/chan/noarch"]
    assert Channel.from_text("file:///srv/chan", config).canonical_name == "mine"


def test_local_channels() -> None:
    config = ChannelConfig(local_roots=("/home/me/conda-bld",))
    assert Channel.from_text("local", config).urls() == [
        "file:///home/me/conda-bld/linux-64",
        "file:///home/me/conda-bld/noarch",
    ]
    assert Channel.from_text("local", CONFIG).urls() == []


def test_channels_that_moved() -> None:
    config = ChannelConfig(
        channel_alias="https://new.org",
        custom_channels={"corp": "https://corp.org"},
        migrated_channel_aliases=("https://old.org/conda",),
        migrated_custom_channels={"corp": "https://former.org", "gone": "https://gone.org"},
    )
    assert Channel.from_text("https://old.org/conda/a/b", config).base_url == "https://new.org/a/b"
    assert Channel.from_text("https://former.org/corp/x", config).base_url == (
        "https://corp.org/corp/x"
    )
    assert Channel.from_text("https://gone.org/gone", config).base_url == "https://gone.org/gone"
    assert Channel.from_text("https://other.org/a", config).base_url == "https://other.org/a"


def test_the_unknown_channel() -> None:
    unknown = Channel.from_text(None, CONFIG)
    assert unknown == Channel.from_text("<unknown>", CONFIG)
    assert str(unknown) == "<unknown>"
    assert unknown.urls() == []
    assert not unknown.is_multichannel


@pytest.mark.parametrize("text", ["", "  ", "a\nb", "a\0b"])
def test_what_is_no_channel_is_refused(text: str) -> None:
    with pytest.raises(ChannelError) as caught:
        Channel.from_text(text, CONFIG)
    assert caught.value.hint is not None


def test_equality_goes_by_address() -> None:
    one = Channel.from_text("conda-forge", CONFIG)
    other = Channel.from_text(f"{ALIAS}/t/tk-1/conda-forge/noarch", ChannelConfig())
    assert one == other
    assert one == Channel.from_text("conda-forge", CONFIG)
    assert hash(one) == hash(other)
    assert one != Channel.from_text("bioconda", CONFIG)
    assert one != "conda-forge"
    assert Channel.from_text("defaults", CONFIG) != Channel.from_text("local", CONFIG)
    assert Channel.from_text("defaults", CONFIG) == Channel.from_text("defaults", ChannelConfig())
    assert repr(one) == f"Channel('{ALIAS}/conda-forge')"


def test_channels_are_remembered_per_configuration() -> None:
    config = ChannelConfig(channel_alias="https://h.org")
    assert Channel.from_text("c", config) is Channel.from_text("c", config)
    assert Channel.from_text("c", config) != Channel.from_text("c", CONFIG)
    assert hash(ChannelConfig()) == hash(CONFIG)
    assert ChannelConfig() == CONFIG


def test_files_of_a_channel() -> None:
    channel = Channel.from_text("http://host.example/c/noarch/repodata.json", CONFIG)
    assert (channel.platform, channel.package_filename) == ("noarch", "repodata.json")


@pytest.mark.parametrize(
    ("text", "base_url"),
    [
        ("/", "file://"),
        ("//srv/chan", "file:///srv/chan"),
        ("file:///", "file://"),
        ("C:\\Users\\me\\chan\\win-64", "file:///C:/Users/me/chan"),
        ("d:/chan/", "file:///d:/chan"),
        ("C:", "file:///C:"),
        ("\\\\nas\\share\\chan", "file://nas/share/chan"),
        ("file:///srv/t/chan", "file:///srv/t/chan"),
        ("HTTPS://h.org/C", "https://h.org/C"),
        ("https://noarch", "https://noarch"),
        ("s3://bucket/chan/noarch", "s3://bucket/chan"),
        ("https://[::1]:8080/chan", "https://[::1]:8080/chan"),
        (" conda-forge/ ", f"{ALIAS}/conda-forge"),
        ("t/linux-64", f"{ALIAS}/t"),
    ],
)
def test_unusual_texts(text: str, base_url: str) -> None:
    channel = Channel.from_text(text, CONFIG)
    assert channel.base_url == base_url
    assert Channel.from_text(channel.subdir_url("noarch"), CONFIG) == channel


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("user:pw@h.org/chan", "credentials need an address that starts like `https://`"),
        ("https:///chan", "it names no host"),
        ("a/b://c", "it is not a name, URL or path"),
        ("https://h.org/https://u:pw@x/c", "it has credentials in a place where none can be"),
    ],
)
def test_broken_addresses_are_refused_without_showing_secrets(text: str, reason: str) -> None:
    with pytest.raises(ChannelError) as caught:
        Channel.from_text(text, CONFIG)
    assert caught.value.details["reason"] == reason
    assert "pw" not in str(caught.value)


def test_a_token_may_be_anywhere_in_the_path() -> None:
    channel = Channel.from_text("https://h.org/mirror/t/tk-1/chan/noarch", CONFIG)
    assert channel.base_url == "https://h.org/mirror/chan"
    assert channel.urls(with_credentials=True) == ["https://h.org/mirror/t/tk-1/chan/noarch"]
    named = Channel.from_text("t/tk-1/chan", CONFIG)
    assert named.base_url == f"{ALIAS}/chan"
    assert named.subdir_url("noarch", with_credentials=True) == f"{ALIAS}/t/tk-1/chan/noarch"


def test_a_token_may_hold_any_character_but_a_slash() -> None:
    channel = Channel.from_text("https://h.org/t/'tk 1?/chan", CONFIG)
    assert channel.base_url == "https://h.org/chan"
    assert channel.token is not None
    assert channel.token.reveal() == "'tk 1?"


def test_a_secret_belongs_to_the_text_that_has_it() -> None:
    config = ChannelConfig()
    Channel.from_text("https://h.org/t/tk-1/chan", config)
    assert Channel.from_text("https://h.org/chan", config).token is None


def test_configured_secrets_do_not_depend_on_who_asks_first() -> None:
    config = ChannelConfig(
        channel_alias="https://alias.org/t/tk-1",
        custom_channels={"corp": "https://u:p@corp.org"},
        custom_multichannels={"mine": ("https://h.org/t/tk-2/c",)},
    )
    requests = {
        text: Channel.from_text(text, config).subdir_url("noarch", with_credentials=True)
        for text in ("https://alias.org/a", "a", "https://corp.org/corp", "c", "https://h.org/c")
    }
    assert requests == {
        "https://alias.org/a": "https://alias.org/t/tk-1/a/noarch",
        "a": "https://alias.org/t/tk-1/a/noarch",
        "https://corp.org/corp": "https://u:p@corp.org/corp/noarch",
        "c": "https://h.org/t/tk-2/c/noarch",
        "https://h.org/c": "https://h.org/t/tk-2/c/noarch",
    }


def test_own_secrets_win_over_configured_ones() -> None:
    config = ChannelConfig(channel_alias="https://u:p@alias.org/t/tk-1")
    channel = Channel.from_text("https://alias.org/t/tk-2/a", config)
    assert channel.subdir_url("noarch", with_credentials=True) == (
        "https://u:p@alias.org/t/tk-2/a/noarch"
    )


def test_a_platform_after_several_channels_holds_for_all() -> None:
    channel = Channel.from_text("defaults/osx-64", CONFIG)
    assert channel.urls() == [
        f"{url}/{subdir}" for url in CONFIG.default_channels for subdir in ("osx-64", "noarch")
    ]


def test_a_name_that_leads_elsewhere_is_not_shown() -> None:
    below_alias = Channel.from_text(f"{ALIAS}/defaults", CONFIG)
    assert below_alias.canonical_name == f"{ALIAS}/defaults"
    assert not below_alias.is_multichannel
