"""Laws of environment files: what is written is read back, and any text is read or refused."""

from hypothesis import given
from hypothesis import strategies as st

from conda_clone.core.env_formats.writing import ExportedEnvironment
from conda_clone.errors import CondaError
from tests.support.env_formats import exporter_named
from tests.support.env_formats import read_text as read

NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)
VERSIONS = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}", fullmatch=True)
# Without `$`, which stands for variables of the reader's shell.
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20).map(
    lambda text: text.replace("$", "S")
)
SPECS = st.lists(st.builds("{}={}={}".format, NAMES, VERSIONS, NAMES), max_size=5, unique=True)
ENVIRONMENTS = st.builds(
    ExportedEnvironment,
    name=st.none() | NAMES,
    prefix=st.builds("/envs/{}".format, NAMES),
    platform=st.just("linux-64"),
    channels=st.lists(NAMES.filter(lambda name: name != "nodefaults"), max_size=3).map(tuple),
    specs=SPECS.map(lambda specs: ("pip=24.0=0", *specs)),
    pip=st.lists(st.builds("{}=={}".format, NAMES, VERSIONS), max_size=3).map(tuple),
    variables=st.dictionaries(
        st.from_regex(r"[A-Z][A-Z_]{1,8}", fullmatch=True).filter(lambda name: name != "PATH"),
        TEXTS,
        max_size=3,
    ),
)
LINES = st.sampled_from(
    [
        *(
            "name: a",
            "name: [a]",
            "channels:",
            "  - c",
            "dependencies:",
            "  - numpy=1",
            "  - {a: b}",
        ),
        *(
            "  - pip:",
            "    - x",
            "      - y",
            "variables:",
            "  A: 1",
            "  - A",
            "&x",
            "*x",
            "<<: *x",
        ),
        *("? [1]", ": 2", "---", "@EXPLICIT", "%YAML 1.1", "\t", "!!binary x", "{", "]", "'", "\0"),
    ]
)


@given(ENVIRONMENTS)
def test_what_is_written_is_read_back(environment: ExportedEnvironment) -> None:
    for name in ("environment-yaml", "environment-json"):
        text = exporter_named(name).text([environment])
        found = read(text)
        assert (found.name, found.prefix) == (environment.name, environment.prefix)
        assert found.channels == environment.channels
        assert found.specs == environment.specs
        assert found.pip == environment.pip
        assert found.variables == environment.variables
        assert found.cautions == ()


@given(st.lists(LINES, max_size=12).map("\n".join) | st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    refusals = []
    for source in ("e.yml", "e.json", "e.txt", "-"):
        try:
            read(text, source)
        except CondaError as error:
            refusals.append((source, error.message))
    assert all(source in message for source, message in refusals)
