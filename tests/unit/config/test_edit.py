import pytest

from conda_clone.config.edit import Change, edit, merge
from conda_clone.config.errors import (
    CondaKeyError,
    ConfigurationLoadError,
    CustomValidationError,
    MultipleKeysError,
)
from conda_clone.errors import CondaError, CondaValueError


def edited(text: str, *changes: tuple[str, ...]) -> str:
    return edit(text, [Change(*change) for change in changes], "c.yml").text  # type: ignore[arg-type]  # verbs come from tables


ITEMS = "  - a  # the first\n\n  # b is new\n  - b\n"
COMMENTED = """\
# settings of mine
channels:  # in this order
  - a  # the first

  # b is new
  - b
yes: true  # never ask

# the end
proxy_servers:
    # at work
    http: http://p:1
"""


@pytest.mark.parametrize(
    ("changes", "before", "after"),
    [
        ([("set", "always_yes", "no")], "yes: true  # never", "always_yes: false  # never"),
        ([("append", "channels", "c")], "  - b\n", "  - b\n  - c\n"),
        ([("prepend", "channels", "c")], "  - a  #", "  - c\n  - a  #"),
        ([("remove", "channels", "a")], "  - a  # the first\n", ""),
        ([("remove", "channels", "b")], "  - b\n", ""),
        ([("remove_key", "channels")], f"channels:  # in this order\n{ITEMS}", ""),
        ([("remove_key", "always_yes")], "yes: true  # never ask\n", ""),
        ([("set", "proxy_servers.http", "x")], "http: http://p:1", "http: x"),
        ([("set", "proxy_servers.https", "x")], "http://p:1\n", "http://p:1\n    https: x\n"),
        (
            [("remove_key", "proxy_servers.http")],
            ":\n    # at work\n    http: http://p:1\n",
            ": {}\n",
        ),
        ([("set", "quiet", "yes")], "http://p:1\n", "http://p:1\nquiet: true\n"),
        ([("append", "channels", "a")], ITEMS, "\n  # b is new\n  - b\n  - a\n"),
    ],
)
def test_only_what_was_asked_for_changes(
    changes: list[tuple[str, ...]], before: str, after: str
) -> None:
    assert COMMENTED.count(before) == 1
    assert edited(COMMENTED, *changes) == COMMENTED.replace(before, after)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ([("set", "always_yes", "yes")], "always_yes: true\n"),
        ([("set", "always_yes", "None")], "always_yes: null\n"),
        ([("set", "remote_max_retries", "5")], "remote_max_retries: 5\n"),
        ([("set", "remote_read_timeout_secs", "1.5")], "remote_read_timeout_secs: 1.5\n"),
        ([("set", "solver", "null")], "solver: 'null'\n"),
        ([("set", "ssl_verify", "false")], "ssl_verify: false\n"),
        ([("set", "ssl_verify", "/x/ca.pem")], "ssl_verify: /x/ca.pem\n"),
        ([("set", "verify_ssl", "/x/ca.pem")], "ssl_verify: /x/ca.pem\n"),
        ([("set", "channel_priority", "true")], "channel_priority: flexible\n"),
        ([("set", "proxy_servers.http", "http://u:p@h:1")],
         "proxy_servers:\n  http: http://u:p@h:1\n"),
        ([("set", "proxy_servers.http://host", "x")], "proxy_servers:\n  http://host: x\n"),
        ([("set", "conda_build.jobs", "3"), ("set", "conda_build.x", "true")],
         "conda_build:\n  jobs: 3\n  x: true\n"),
        ([("set", "env_prompt", "'({name})' ")], "env_prompt: '''({name})'' '\n"),
        ([("set", "env_prompt", "a\nb")], 'env_prompt: "a\\nb"\n'),
        ([("append", "channels", "a"), ("append", "channels", "b"), ("prepend", "channels", "c")],
         "channels:\n  - c\n  - a\n  - b\n"),
        ([("append", "channels", "a"), ("prepend", "channels", "a")], "channels:\n  - a\n"),
        ([("append", "custom_multichannels.m", "a")], "custom_multichannels:\n  m:\n    - a\n"),
        ([("append", "pinned_packages", "numpy >=1,<2")],
         "pinned_packages:\n  - numpy >=1,<2\n"),
        ([("append", "channels", "a"), ("remove", "channels", "a")], "channels: []\n"),
        ([("set", "quiet", "1"), ("remove_key", "quiet")], ""),
    ],
)  # fmt: skip
def test_a_new_file_is_made(changes: list[tuple[str, ...]], text: str) -> None:
    assert edited("", *changes) == text


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        ("channels: [a, b]  # c\n", [("append", "channels", "x")], "channels: [a, b, x]  # c\n"),
        ("channels: [a, b,]\n", [("append", "channels", "x")], "channels: [a, b, x,]\n"),
        ("channels: [a, b]\n", [("prepend", "channels", "x,y")], "channels: ['x,y', a, b]\n"),
        ("channels: [a, b, c]\n", [("remove", "channels", "a")], "channels: [b, c]\n"),
        ("channels: [a, b, c]\n", [("remove", "channels", "c")], "channels: [a, b]\n"),
        ("channels: [a, b, a]\n", [("remove", "channels", "a")], "channels: [b]\n"),
        ("channels: [a]\n", [("remove", "channels", "a")], "channels: []\n"),
        ("channels: []\n", [("append", "channels", "a")], "channels: [a]\n"),
        ("channels:\n- a\n", [("append", "channels", "b")], "channels:\n- a\n- b\n"),
        ("channels:\n  - a", [("append", "channels", "b")], "channels:\n  - a\n  - b\n"),
        ("channels: #!final\n", [("append", "channels", "b")], "channels: #!final\n  - b\n"),
        ("channels:\r\n  - a\r\n", [("append", "channels", "b"), ("set", "quiet", "no")],
         "channels:\r\n  - a\r\n  - b\r\nquiet: false\r\n"),
        ("# only this\n", [("set", "quiet", "no")], "# only this\nquiet: false\n"),
        ("---\nquiet: yes\n", [("set", "quiet", "no")], "---\nquiet: false\n"),
        ("quiet: #c\n", [("set", "quiet", "no")], "quiet: false #c\n"),
        ("quiet: null  # c\n", [("set", "quiet", "no")], "quiet: false  # c\n"),
        ("channels: ~  # c\n", [("append", "channels", "a")], "channels:   # c\n  - a\n"),
        ("proxy_servers: null\n", [("set", "proxy_servers.http", "a")],
         "proxy_servers: \n  http: a\n"),
        ("custom_multichannels: ~\n", [("append", "custom_multichannels.m", "a")],
         "custom_multichannels: \n  m:\n    - a\n"),
        ("{quiet: 1}\n", [("remove_key", "quiet")], "{}\n"),
        ("quiet: 'yes'\n", [("set", "quiet", "no")], "quiet: false\n"),
        ("solver: >\n  old\n# c\nquiet: 1\n", [("set", "solver", "x")],
         "solver: x\n# c\nquiet: 1\n"),
        ("solver: |\n  old\n\n", [("remove_key", "solver")], "\n"),
        ("proxy_servers: {}\n", [("set", "proxy_servers.http", "a, b")],
         "proxy_servers: {http: 'a, b'}\n"),
        ("proxy_servers: {http: a, ftp: b}\n", [("remove_key", "proxy_servers.http")],
         "proxy_servers: {ftp: b}\n"),
        ("proxy_servers: {http: a, ftp: b}\n", [("remove_key", "proxy_servers.ftp")],
         "proxy_servers: {http: a}\n"),
        ("proxy_servers: {http: a}\n", [("set", "proxy_servers.http", "b"),
                                        ("set", "proxy_servers.ftp", "c")],
         "proxy_servers: {http: b, ftp: c}\n"),
        ("proxy_servers: # mine\n", [("set", "proxy_servers.http", "a")],
         "proxy_servers: # mine\n  http: a\n"),
        ("{channels: [a]}\n", [("append", "channels", "b"), ("append", "pinned_packages", "x")],
         "{channels: [a, b], pinned_packages: [x]}\n"),
        ("custom_channels:\n  foo: # c\n    - x\n    - y\n  bar: z\n",
         [("set", "custom_channels.foo", "http://x")],
         "custom_channels:\n  foo: http://x # c\n  bar: z\n"),
        ("unknown.key: 1\nother: 2\n", [("remove_key", "unknown.key"), ("remove_key", "other")],
         ""),
        ("unknown:\n  - a\n  - b\n", [("remove", "unknown", "a")], "unknown:\n  - b\n"),
        ("auto_activate_base: true\n", [("remove_key", "auto_activate")], ""),
        ("envs_path:\n  - a\n", [("append", "envs_dirs", "b")], "envs_dirs:\n  - a\n  - b\n"),
        ("last: |\n  text\n", [("set", "quiet", "no")], "last: |\n  text\nquiet: false\n"),
        ("a:\n  b:\n    - c\n", [("set", "quiet", "no")], "a:\n  b:\n    - c\nquiet: false\n"),
    ],
)  # fmt: skip
def test_all_styles_of_yaml_are_kept(
    text: str, changes: list[tuple[str, ...]], expected: str
) -> None:
    assert edited(text, *changes) == expected


@pytest.mark.parametrize(
    ("text", "change", "error", "message"),
    [
        ("", ("set", "nope", "1"), CondaKeyError, "'nope': unknown parameter"),
        ("", ("set", "chanels", "1"), CondaKeyError,
         "'chanels': unknown parameter\nhint: Did you mean `channels`"),
        ("", ("set", "channels", "a"), CondaKeyError, "'channels': invalid parameter\nhint: It is"),
        ("", ("set", "proxy_servers", "a"), CondaKeyError, "'proxy_servers': invalid parameter"),
        ("", ("set", "always_yes.x", "1"), CondaKeyError, "'always_yes.x': invalid parameter"),
        ("", ("set", "always_yes", "maybe"), CondaValueError, "Setting `always_yes` in --set"),
        ("", ("set", "remote_max_retries", "five"), CondaValueError, "Setting `remote_max"),
        ("", ("set", "channel_priority", "nope"), CustomValidationError, "Setting `channel_prio"),
        ("", ("append", "always_yes", "x"), CondaValueError, "Key 'always_yes' is not a list"),
        ("", ("append", "channel_settings", "x"), CondaValueError, "Key 'channel_settings' is"),
        ("", ("append", "custom_channels.foo", "x"), CondaValueError, "Key 'custom_channels.foo'"),
        ("", ("prepend", "nokey", "x"), CondaValueError,
         "Key 'nokey' is not a known sequence parameter."),
        ("", ("remove", "channels", "x"), CondaKeyError, "'channels': undefined in config"),
        ("channels: [a]\n", ("remove", "channels", "x"), CondaKeyError,
         "'channels': value 'x' not present in config"),
        ("quiet: 1\n", ("remove", "quiet", "1"), CondaValueError, "`quiet` is no list"),
        ("", ("remove_key", "channels"), CondaKeyError, "'channels': undefined in config"),
        ("proxy_servers: {a: b}\n", ("remove_key", "proxy_servers.c"), CondaKeyError,
         "'proxy_servers.c': undefined in config"),
        ("channels: 5\n", ("append", "channels", "a"), CondaValueError, "`channels` is no list"),
        ("proxy_servers: 5\n", ("set", "proxy_servers.http", "a"), CondaValueError,
         "`proxy_servers` is no map"),
        ("a: &x [1]\nchannels: *x\n", ("append", "channels", "b"), CondaValueError,
         "`channels` is an alias of another value"),
        ("a: [&x 1, 2]\nchannels: [*x]\n", ("remove_key", "a"), CondaValueError,
         "`c.yml` has `a` in a form"),
        ("channels: [a\n", ("append", "channels", "b"), ConfigurationLoadError,
         "The configuration file `c.yml`, line 2, column 1 cannot be changed: it is not YAML"),
        ("yes: 1\nalways_yes: 1\n", ("set", "yes", "0"), MultipleKeysError,
         "`yes` (line 1) and `always_yes` (line 2) are names of one setting"),
        ("", ("append", "channels", "\udcff"), CondaValueError, "is not valid Unicode"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(
    text: str, change: tuple[str, ...], error: type[CondaError], message: str
) -> None:
    with pytest.raises(error) as caught:
        edited(text, change)
    assert message in str(caught.value)


def test_moving_an_item_gives_a_warning() -> None:
    text = "channels:\n  - a\n  - b\n"
    result = edit(text, [Change("append", "channels", "a")], "c.yml")
    assert result.text == "channels:\n  - b\n  - a\n"
    assert result.warnings == ("'a' already in 'channels' list, moving to the bottom",)


def test_the_key_of_an_error_is_there_for_scripts() -> None:
    with pytest.raises(CondaKeyError) as caught:
        edited("", ("remove_key", "channels"))
    assert caught.value.details == {
        "key": "channels",
        "msg": "'channels': undefined in config",
    }


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("channels: &all [a]\npinned_packages: *all\n", ("append", "channels", "b")),
        ("? quiet\n: true\n", ("set", "quiet", "false")),
        ("channels:\n- a\n-\n  b\n", ("remove", "channels", "b")),
    ],
)
def test_what_cannot_be_changed_without_harm_is_left_alone(
    text: str, change: tuple[str, ...]
) -> None:
    with pytest.raises(CondaValueError, match="in a form that cannot be changed without harm"):
        edited(text, change)


def test_settings_that_come_in_together_do_no_harm_either() -> None:
    with pytest.raises(CondaValueError, match="in a form that cannot be changed without harm"):
        merge("quiet: true\n? solver\n: x\n", "solver: y\n", "c.yml")


@pytest.mark.parametrize(
    ("text", "change", "after"),
    [
        ("{quiet: true}\n", ("set", "proxy_servers.http", "h"),
         "{quiet: true, proxy_servers: {http: h}}\n"),
        ("quiet: true\n...\n", ("set", "proxy_servers.http", "h"),
         "quiet: true\nproxy_servers:\n  http: h\n...\n"),
        ("quiet: true\n...\n", ("remove_key", "quiet"), "{}\n...\n"),
    ],
)  # fmt: skip
def test_braces_and_ends_of_documents_stay(text: str, change: tuple[str, ...], after: str) -> None:
    assert edited(text, change) == after
