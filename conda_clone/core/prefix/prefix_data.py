"""`PrefixData`: the installed packages of one environment, as `conda-meta` describes them.

Records are read when first asked for and then kept; a change goes to the disk first, one file at a
time and atomically, so that a reader never sees half a record.
"""

import os

from conda_clone.core.prefix.errors import CorruptedEnvironmentError, PackageNotInstalledError
from conda_clone.core.prefix.locate import is_environment
from conda_clone.errors import CondaError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from conda_clone.models.channel import ChannelConfig
    from conda_clone.models.match_spec.spec import MatchSpec
    from conda_clone.models.records import PrefixRecord

__all__ = ["PrefixData", "dist_names"]

_ENDING = ".json"


class PrefixData:
    """The packages installed at `prefix`.

    Args:
        prefix: Absolute path; need not exist, and then holds no packages.
        config: How the channel texts of records are understood.
        with_paths: Read what records say of each file. Who only lists packages saves half of the
            time without; the records then have no `paths`, and must not be written back.
    """

    __slots__ = ("_config", "_files", "_records", "_with_paths", "ignored", "prefix")

    def __init__(self, prefix: str, config: "ChannelConfig", *, with_paths: bool = True) -> None:
        self.prefix = prefix
        self._with_paths = with_paths
        self.ignored: list[str] = []
        self._config = config
        self._records: dict[str, PrefixRecord] | None = None
        self._files: dict[str, str] = {}

    @property
    def is_environment(self) -> bool:
        """Tell whether `conda-meta/history` exists."""
        return is_environment(self.prefix)

    def records(self) -> "dict[str, PrefixRecord]":
        """Return the installed records by name, sorted by name.

        `ignored` then names the JSON files that are no records (their names say so).

        Raises:
            CorruptedEnvironmentError: A record cannot be read.
        """
        if self._records is None:
            found = {record.name: (record, path) for path, record in self._load()}
            self._files = {name: path for name, (_, path) in found.items()}
            self._records = {name: found[name][0] for name in sorted(found)}
        return dict(self._records)

    def get(self, name: str) -> "PrefixRecord | None":
        """Return the installed record of that name, if there is one."""
        return self.records().get(name)

    def query(self, spec: "MatchSpec") -> "list[PrefixRecord]":
        """Return the installed records that match `spec`, sorted by name."""
        return [record for record in self.records().values() if spec.match(record)]

    def insert(self, record: "PrefixRecord") -> str:
        """Write `record`, replacing one of the same name; return the path of its file."""
        from conda_clone.gateways.disk.write import make_directories, write_atomically  # tempfile
        from conda_clone.models.record_json import record_to_json  # only changes write

        records = self.records()
        path = os.path.join(self.prefix, "conda-meta", f"{record.dist_name}.json")
        make_directories(os.path.dirname(path))
        write_atomically(path, _to_text(record_to_json(record)))
        former = self._files.get(record.name)
        if former is not None and former != path:
            self._delete(former)
        self._files[record.name] = path
        records[record.name] = record
        self._records = {name: records[name] for name in sorted(records)}
        return path

    def remove(self, name: str) -> None:
        """Delete the record of that name.

        Raises:
            PackageNotInstalledError: There is none.
        """
        records = self.records()
        if name not in records:
            raise PackageNotInstalledError(self.prefix, name)
        self._delete(self._files.pop(name))
        del records[name]
        self._records = records

    def _delete(self, path: str) -> None:
        from conda_clone.gateways.disk.delete import remove_file  # only changes delete

        remove_file(path)

    def _load(self) -> "Iterator[tuple[str, PrefixRecord]]":
        folder = os.path.join(self.prefix, "conda-meta")
        try:
            names = os.listdir(folder)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise CorruptedEnvironmentError(self.prefix, folder, str(error.strerror)) from error
        for name in sorted(names):
            if not name.endswith(_ENDING):
                continue
            path = os.path.join(folder, name)
            if not _is_of_record(name):
                self.ignored.append(path)
                continue
            yield path, self._read(path)

    def _read(self, path: str) -> "PrefixRecord":
        from conda_clone.gateways.disk.read import read_json  # activation reads no records
        from conda_clone.models.record_json import prefix_record_from_json  # likewise

        try:
            data = read_json(path)
            if isinstance(data, dict):
                return prefix_record_from_json(data, self._config, with_paths=self._with_paths)
        except (ValueError, KeyError, TypeError, OSError, CondaError) as error:
            raise CorruptedEnvironmentError(self.prefix, path, _reason(error)) from error
        raise CorruptedEnvironmentError(self.prefix, path, "not a JSON object")


def dist_names(prefix: str) -> list[str]:
    """Return `name-version-build` of what is installed, as the names of records say, by name."""
    try:
        names = os.listdir(os.path.join(prefix, "conda-meta"))
    except OSError:
        return []
    found = [name[: -len(_ENDING)] for name in names if name.endswith(_ENDING)]
    return sorted(filter(_is_of_record, found), key=lambda dist: dist.rsplit("-", 2))


def _is_of_record(name: str) -> bool:
    """Tell whether a file is a record; others are other programs' (spec/formats.md, section 7)."""
    return not name.startswith("._") and name.count("-") >= 2  # noqa: PLR2004 - name-version-build


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _to_text(value: object) -> str:
    import json  # 8 ms; indented like conda writes it, for people who look inside

    return json.dumps(value, indent=2, sort_keys=True) + "\n"
