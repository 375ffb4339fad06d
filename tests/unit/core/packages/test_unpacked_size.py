import json
from pathlib import Path

import pytest

from conda_clone.core.packages.unpacked_size import unpacked_size


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "info").mkdir()
    (tmp_path / "info" / "index.json").write_text("{}")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "a.txt").write_text("four")
    (tmp_path / "lib" / "link").symlink_to("a.txt")
    return tmp_path


def state(package: Path, *paths: dict[str, object]) -> None:
    (package / "info" / "paths.json").write_text(json.dumps({"paths": paths}))


def test_what_the_package_states_is_added_up(package: Path) -> None:
    state(
        package,
        {"_path": "lib/a.txt", "path_type": "hardlink", "size_in_bytes": 4000},
        {"_path": "lib/b.txt", "path_type": "hardlink", "size_in_bytes": 96},
        {"_path": "lib/link", "path_type": "softlink"},
    )
    assert unpacked_size(str(package)) == 4096


@pytest.mark.parametrize("content", [None, "nonsense", '{"paths": [{"path_type": "hardlink"}]}'])
def test_files_are_looked_at_where_a_package_states_no_sizes(
    package: Path, content: str | None
) -> None:
    if content is not None:
        (package / "info" / "paths.json").write_text(content)
    assert unpacked_size(str(package)) == len("four") + len("a.txt")
