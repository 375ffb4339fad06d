"""The stable API costs nothing until a name is asked for, and then only that name."""

import json
import subprocess
import sys

PROBE = """
import json, sys
import conda_clone.api as api
at_first = sorted(name for name in sys.modules if name.startswith("conda_clone"))
api.VersionOrder("1.2")
then = sorted(name for name in sys.modules if name.startswith("conda_clone"))
print(json.dumps([at_first, then]))
"""


def test_names_are_loaded_when_they_are_asked_for() -> None:
    process = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=True
    )
    at_first, then = json.loads(process.stdout)
    assert at_first == ["conda_clone", "conda_clone.api"]
    assert {name for name in then if "." in name.removeprefix("conda_clone.")} <= {
        "conda_clone.models.errors",
        "conda_clone.models.subdir",
        "conda_clone.models.url",
        "conda_clone.models.version",
        "conda_clone.models.version_key",
    }
