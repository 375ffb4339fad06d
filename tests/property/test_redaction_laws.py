"""No secret survives, wherever a text quotes a URL (spec/reliability.md, Z11)."""

from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from conda_clone.models.url import redact, redact_urls

SCHEMES = st.sampled_from(["http", "https", "ftp", "oci", "s3", "socks5h", "HTTPS"])
HOSTS = st.sampled_from(["host", "host.test:8443", "[::1]:80", "t", "127.0.0.1"])
# What a URL has of a secret: quoted, as it must be, or what people write nevertheless.
LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Z"]), min_size=1)
QUOTED = LETTERS.map(lambda text: quote(f"canary{text}canary", safe=""))
PLAIN = st.text("canary-._~!$&()*+,;=:@%0123456789", min_size=1).map(lambda text: f"canary{text}")
SECRETS = QUOTED | PLAIN
TOKENS = st.text("canary-._~0123456789", min_size=1).map(lambda text: f"canary{text}")
BEFORE = st.sampled_from(["", "see ", "('", '"', "`", "url=", "[", "<", "GET\t", "1 "])
AFTER = st.sampled_from(["", " failed", "')", '"', "`", "\n", ">", " and /home/t/me"])
PATHS = st.sampled_from(["", "/", "/chan", "/chan/linux-64/a-1-0.conda", "/a/t/b", "/chan?x=1#f"])


@given(SCHEMES, SECRETS, HOSTS, PATHS, BEFORE, AFTER)
def test_no_password_survives(
    scheme: str, secret: str, host: str, path: str, before: str, after: str
) -> None:
    text = f"{before}{scheme}://user:{secret}@{host}{path}{after}"
    for hide in (redact, redact_urls):
        assert "canary" not in hide(text)
        assert host in hide(text)


@given(SCHEMES, TOKENS, HOSTS, st.sampled_from(["", "/mirror"]), BEFORE, AFTER)
def test_no_token_survives(
    scheme: str, token: str, host: str, above: str, before: str, after: str
) -> None:
    text = f"{before}{scheme}://{host}{above}/t/{token}/chan{after}"
    for hide in (redact, redact_urls):
        assert "canary" not in hide(text)
        assert f"{host}{above}/chan" in hide(text)


@given(st.text())
def test_hiding_twice_is_hiding_once(text: str) -> None:
    for hide in (redact, redact_urls):
        assert hide(hide(text)) == hide(text)


@given(st.lists(st.sampled_from(["/home", "/t/me", "/t", " ", "file:///t/x", "é"])).map(" ".join))
def test_folders_may_be_called_t(text: str) -> None:
    assert redact_urls(text) == text
