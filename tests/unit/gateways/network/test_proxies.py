import pytest

from conda_clone.gateways.network.proxies import ProxyChooser

URL = "https://host.test:8443/x"


@pytest.mark.parametrize(
    ("configured", "expected"),
    [
        ({}, {}),
        ({"https": "http://p:1"}, {"https": "http://p:1"}),
        ({"https": "p:1"}, {"https": "http://p:1"}),
        ({"http": "http://p:1"}, {}),
        ({"all": "socks5h://p:1", "http": "http://q:1"}, {"https": "socks5h://p:1"}),
        ({"https": "http://p:1", "https://host.test": "http://q:1"}, {"https": "http://q:1"}),
        ({"https": "http://p:1", "https://host.tes": "http://q:1"}, {"https": "http://p:1"}),
        ({"all": "http://p:1", "all://host.test": "http://q:1"}, {"https": "http://q:1"}),
    ],
)
def test_the_narrowest_setting_counts(configured: dict[str, str], expected: dict[str, str]) -> None:
    assert ProxyChooser(configured).for_url(URL) == expected


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"HTTPS_PROXY": "http://e:1"}, {"https": "http://e:1"}),
        ({"https_proxy": "e:1"}, {"https": "http://e:1"}),
        ({"ALL_PROXY": "socks5://e:1"}, {"https": "socks5://e:1"}),
        ({"HTTP_PROXY": "http://e:1"}, {}),
        ({"HTTPS_PROXY": "http://e:1", "NO_PROXY": "host.test"}, {}),
        ({"HTTPS_PROXY": "http://e:1", "NO_PROXY": ".test"}, {}),
        ({"HTTPS_PROXY": "http://e:1", "NO_PROXY": "other"}, {"https": "http://e:1"}),
    ],
)
def test_variables_count_where_settings_say_nothing(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ProxyChooser({}).for_url(URL) == expected
    assert ProxyChooser({"https": "http://p:1"}).for_url(URL) == {"https": "http://p:1"}
