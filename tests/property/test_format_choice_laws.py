"""Laws of choosing the format of an environment file among ours and those of plugins."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from conda_clone.core.env_formats.environment import EnvironmentFile
from conda_clone.core.env_formats.errors import AmbiguousEnvironmentSpecPlugin
from conda_clone.core.env_formats.reading import FileToRead, Format, Reader, choose_reader

ENDINGS = ("yml", "txt", "lock", "none")


@dataclass(frozen=True)
class Described:
    """A format as a test describes it."""

    claims: frozenset[str]
    recognises: bool
    is_ours: bool

    def reader(self, number: int) -> Reader:
        return Reader(
            name=f"format-{number}",
            aliases=(f"alias-{number}",),
            filenames=tuple(sorted(f"*.{ending}" for ending in self.claims)),
            format=Format(recognises=lambda _: self.recognises, read=_nothing),
            is_ours=self.is_ours,
        )


def _nothing(file: FileToRead) -> EnvironmentFile:
    return EnvironmentFile(source=file.source, folder=file.folder)


FORMATS = st.lists(
    st.builds(Described, st.frozensets(st.sampled_from(ENDINGS[:3])), st.booleans(), st.booleans()),
    max_size=6,
)
FALLBACK = Described(frozenset(), recognises=False, is_ours=True)


def file_named(ending: str) -> FileToRead:
    return FileToRead(
        source=f"/w/NAME.{ending.upper()}",
        folder="/w",
        subdir="linux-64",
        environ={},
        text=lambda: "",
        path=lambda: "/w/name",
    )


def chosen(formats: list[Described], ending: str) -> Described | None:
    """Return the format that is chosen; None where several could be."""
    known = [*formats, FALLBACK]
    readers = [each.reader(number) for number, each in enumerate(known)]
    try:
        found = choose_reader(readers, file_named(ending))
    except AmbiguousEnvironmentSpecPlugin:
        return None
    return known[readers.index(found)]


@given(FORMATS, st.sampled_from(ENDINGS))
def test_the_only_other_that_claims_a_name_has_it(formats: list[Described], ending: str) -> None:
    claiming = [each for each in formats if ending in each.claims and not each.is_ours]
    found = chosen(formats, ending)
    if len(claiming) == 1:
        assert found == claiming[0]
    elif claiming and sum(each.recognises for each in claiming) == 1:
        assert found is not None
        assert found.recognises
        assert found in claiming
    elif sum(each.recognises for each in claiming) > 1:
        assert found is None


@given(FORMATS, st.sampled_from(ENDINGS))
def test_a_name_that_is_ours_is_not_offered_to_others(
    formats: list[Described], ending: str
) -> None:
    claiming = [each for each in formats if ending in each.claims]
    if claiming and all(each.is_ours for each in claiming):
        assert chosen(formats, ending) == claiming[0]


@given(FORMATS)
def test_what_nobody_claims_goes_by_its_content(formats: list[Described]) -> None:
    able = [each for each in formats if each.recognises]
    ours = [each for each in able if each.is_ours]
    found = chosen(formats, "none")
    if ours:
        assert found == ours[0]
    elif len(able) > 1:
        assert found is None
    else:
        assert found == (able[0] if able else FALLBACK)


@given(FORMATS, st.sampled_from(ENDINGS), st.data())
def test_a_format_that_is_named_is_taken_whatever_the_file_is(
    formats: list[Described], ending: str, data: st.DataObject
) -> None:
    readers = [each.reader(number) for number, each in enumerate([*formats, FALLBACK])]
    wanted = data.draw(st.sampled_from(readers))
    for name in (wanted.name, wanted.aliases[0].upper(), f" {wanted.name} "):
        assert choose_reader(readers, file_named(ending), name) is wanted
