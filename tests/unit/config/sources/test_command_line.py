from conda_clone.config.sources.command_line import read_arguments


def test_only_settings_that_were_given_count() -> None:
    source = read_arguments(
        {"channels": ["a", "b"], "quiet": None, "name": "env", "verbosity": 2, "json": False}
    )
    assert source.name == "cmd_line"
    assert {key: node.plain() for key, node in source.entries.items()} == {
        "channels": ("a", "b"),
        "verbosity": 2,
        "json": False,
    }
