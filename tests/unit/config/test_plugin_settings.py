"""Settings that plugins declare behave as ours do, below `plugins`."""

import json
from pathlib import Path

import pytest

from conda_clone.config.configuration import Configuration
from conda_clone.config.describe import effective_values, shown_names, values_by_source
from conda_clone.config.edit import Change, edit
from conda_clone.config.errors import ConfigurationLoadError, CustomValidationError
from conda_clone.config.parameters import PARAMETERS, Parameter
from conda_clone.config.schema import ListOf, Scalar
from conda_clone.config.template import template
from conda_clone.config.validate import errors_of_sources, unknown_keys
from conda_clone.errors import CondaError, CondaMultiError, CondaValueError

DECLARED = (
    Parameter("accept_terms", Scalar("bool"), False, "Agree to terms.", aliases=("terms",)),
    Parameter("mirrors", ListOf(Scalar("str")), (), "Where else to look."),
    Parameter("level", Scalar("str", choices=("low", "high")), "low", "How much to do."),
)


def load(home: Path, text: str = "", **environ: str) -> Configuration:
    (home / ".condarc").write_text(text, "utf-8")
    configuration = Configuration.load(environ=environ, home=str(home))
    return configuration.with_plugin_settings(DECLARED)


def test_without_any_source_the_defaults_of_plugins_hold(tmp_path: Path) -> None:
    configuration = load(tmp_path)
    assert dict(configuration.plugin_settings()) == {
        "accept_terms": False,
        "mirrors": (),
        "level": "low",
    }
    assert "plugins" in shown_names(configuration)


def test_the_table_itself_stays_as_it_is(tmp_path: Path) -> None:
    load(tmp_path)
    plain = Configuration.load(environ={}, home=str(tmp_path))
    assert plain.parameters is PARAMETERS
    assert plain.plugin_rows == {}
    assert dict(plain.plugin_settings()) == {}


def test_files_and_variables_set_them_and_merge(tmp_path: Path) -> None:
    text = "plugins:\n  terms: yes\n  mirrors: [a, b]\n  level: high  #!final\n  other: [1]\n"
    configuration = load(
        tmp_path, text, CONDA_PLUGINS_MIRRORS="c,a", CONDA_PLUGINS_LEVEL="low", CONDA_QUIET="1"
    )
    assert dict(configuration.plugin_settings()) == {
        "accept_terms": True,
        "mirrors": ("c", "a", "b"),
        "level": "high",
    }
    assert configuration.value("plugins")["other"] == (1,)
    assert configuration.value("quiet") is True
    assert effective_values(configuration, ["plugins.level", "quiet"]) == {
        "plugins.level": "high",
        "quiet": True,
    }
    assert values_by_source(configuration) == {
        str(tmp_path / ".condarc"): {
            "plugins": {
                "accept_terms": True,
                "mirrors": ("a", "b"),
                "level": "high",
                "other": (1,),
            }
        },
        "envvars": {"quiet": True, "plugins": {"mirrors": ("c", "a"), "level": "low"}},
    }


def test_a_final_map_keeps_out_what_is_above(tmp_path: Path) -> None:
    text = "plugins:  #!final\n  level: high\n"
    configuration = load(tmp_path, text, CONDA_PLUGINS_ACCEPT_TERMS="1")
    assert configuration.plugin_settings()["accept_terms"] is False


def test_all_that_is_wrong_is_told_with_the_whole_name(tmp_path: Path) -> None:
    text = "plugins:\n  mirrors: x\n  accept_terms: maybe\n  terms: 1\n  lewel: high\n"
    configuration = load(tmp_path, text, CONDA_PLUGINS_LEVEL="middle")
    here = tmp_path / ".condarc"
    with pytest.raises(CondaMultiError) as caught:
        raise CondaMultiError(errors_of_sources(configuration.sources, configuration.parameters))
    assert str(caught.value).splitlines() == [
        (
            f"Setting `plugins.mirrors` in {here}, line 2 is 'x', which is a text; expected is "
            "a list."
        ),
        (
            "`plugins.accept_terms` (line 3) and `plugins.terms` (line 4) are names of one "
            f"setting, and both are given in {here}."
        ),
        "hint: Keep one of them, preferably `plugins.accept_terms`.",
        (
            "Setting `plugins.level` in the environment variable `CONDA_PLUGINS_LEVEL` is "
            "'middle'; expected is one of low, high."
        ),
    ]
    assert [
        str(each) for each in unknown_keys(configuration.sources, configuration.plugin_rows)
    ] == [f"`plugins.lewel` in {here}, line 5 is not a setting; did you mean `plugins.level`?"]
    assert unknown_keys(configuration.sources) == []
    with pytest.raises(ConfigurationLoadError):
        load(tmp_path, "plugins: 1\n").plugin_settings()


def test_they_are_changed_by_what_they_are(tmp_path: Path) -> None:
    known = load(tmp_path).parameters

    def changed(text: str, verb: str, key: str, value: str) -> str:
        return edit(text, [Change(verb, key, value)], "f", known).text  # type: ignore[arg-type]  # verbs come from the table

    text = changed("quiet: true\n", "set", "plugins.accept_terms", "yes")
    text = changed(text, "append", "plugins.mirrors", "m")
    assert text == "quiet: true\nplugins:\n  accept_terms: true\n  mirrors:\n    - m\n"
    with pytest.raises(CustomValidationError):
        changed(text, "set", "plugins.level", "middle")
    with pytest.raises(CondaValueError):
        changed(text, "set", "plugins.accept_terms", "maybe")
    assert "other: 1" in changed(text, "set", "plugins.other", "1")


def test_the_template_has_them_last(tmp_path: Path) -> None:
    text = template(load(tmp_path).plugin_rows.values())
    assert text.endswith(
        "# -------\n# Plugins\n# -------\n\n"
        "# Agree to terms. Also called plugins.terms.\n# Expected is a boolean.\n"
        "# plugins:\n#   accept_terms: false\n\n"
        "# Where else to look.\n# Expected is a list.\n# plugins:\n#   mirrors: []\n\n"
        "# How much to do.\n# Expected is one of low, high.\n# plugins:\n#   level: low\n"
    )


@pytest.mark.parametrize("name", ["accept_terms", "terms", "two words", ""])
def test_names_must_be_free_and_fit_for_a_key(tmp_path: Path, name: str) -> None:
    more = Parameter(name, Scalar("bool"), None, "Something.")
    configuration = Configuration.load(environ={}, home=str(tmp_path))
    with pytest.raises(CondaError, match="which is taken or no name"):
        configuration.with_plugin_settings([*DECLARED, more])


def test_they_reach_programs_as_plain_data(tmp_path: Path) -> None:
    shown = effective_values(load(tmp_path), ["plugins"])
    assert json.loads(json.dumps(shown)) == {
        "plugins": {"accept_terms": False, "mirrors": [], "level": "low"}
    }
