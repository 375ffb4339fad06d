"""Names that may have been meant by a name that does not exist; pure.

Near is what differs by one letter added, left out, changed or swapped with its neighbour (by two in
longer names), what differs only in case or in `-`, `_` and `.`, what has a prefix that packages
of some languages have, and what is imported or published under another name than it is packaged.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["meant_words", "near_names"]

_MOST = 3
_LONG = 6  # letters from which on two differences count as near
_PREFIXES = ("python-", "py-", "py", "lib", "r-", "perl-")
# What people call packages after `import` and `pip install`, and their names in channels.
_KNOWN_AS = {
    "crypto": "pycryptodome",
    "cv2": "opencv",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "git": "gitpython",
    "jwt": "pyjwt",
    "opencv-python": "opencv",
    "opencv-python-headless": "opencv",
    "pil": "pillow",
    "psycopg2-binary": "psycopg2",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "tables": "pytables",
}
_VERSION_AFTER = "0123456789.-"  # as in `python3.9`, which is `python=3.9`
_SHORTEST = 3  # letters that a beginning has at least
_ONE_FORM = str.maketrans("_.", "--")


def near_names(name: str, names: "Iterable[str]") -> tuple[str, ...]:
    """Return the few names that are nearest to one, the nearest first.

    >>> near_names("nunpy", ["numba", "numpy", "scipy"])
    ('numpy',)
    """
    wanted = _form(name)
    limit = 2 if len(wanted) >= _LONG else 1
    letters = frozenset(wanted)
    variants = {prefix + wanted for prefix in _PREFIXES}
    variants |= {wanted.removeprefix(prefix) for prefix in _PREFIXES if wanted != prefix}
    variants |= {_KNOWN_AS.get(wanted, wanted), wanted.rstrip(_VERSION_AFTER)}
    found = []
    for other in names:
        form = _form(other)
        if form in variants:
            found.append((1 if form != wanted else 0, other))
        elif abs(len(form) - len(wanted)) <= limit and len(letters ^ set(form)) <= 2 * limit:
            distance = _distance(wanted, form, limit)
            if distance <= limit:
                found.append((distance, other))
    return tuple([other for _, other in sorted(found)[:_MOST]])


def meant_words(word: str, words: "Iterable[str]") -> tuple[str, ...]:
    """Return the few words that begin with one, or are near to it.

    >>> meant_words("inst", ["init", "install", "list"])
    ('install', 'init')
    """
    known, wanted = tuple(words), _form(word)
    same = [other for other in known if _form(other) == wanted]
    if same:
        return tuple(same[:_MOST])
    longer = [other for other in known if _form(other).startswith(wanted)]
    if len(wanted) < _SHORTEST or len(longer) > _MOST:
        longer = []
    return tuple(dict.fromkeys((*longer, *near_names(word, known))))[:_MOST]


def _form(name: str) -> str:
    return name.lower().translate(_ONE_FORM)


def _distance(first: str, second: str, limit: int) -> int:
    """Return how many letters to add, leave out, change or swap; more than the limit is one more.

    Rows of the usual table; the row before the last one is for neighbours that are swapped.
    """
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, start=1):
        older, before, row = before, row, [i]
        for j, other in enumerate(second, start=1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and other == first[i - 2]:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(*row, *before) > limit:
            return limit + 1
    return row[-1]
