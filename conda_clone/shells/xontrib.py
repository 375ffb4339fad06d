"""`xontrib load conda`: the `conda` command for xonsh, without `conda init`."""

import os
import shutil
import sys

from conda_clone.config.search_path import home_folder, working_folder
from conda_clone.shells.main import ShellCall, answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__: list[str] = []


def _load_xontrib_(xsh: "Any", **_: object) -> dict[str, object]:
    """Define the command in a running xonsh.

    xonsh loads the extensions of the environment that it is installed in without being asked;
    what a person has not asked for must not change what is active.
    """
    beside = os.path.join(os.path.dirname(sys.executable), "conda")
    executable = beside if os.path.exists(beside) else shutil.which("conda") or "conda"
    told = answer(
        ShellCall(
            "xonsh",
            ["hook"],
            environ={**xsh.env.detype(), "CONDA_AUTO_ACTIVATE": "false"},
            home=home_folder(),
            cwd=working_folder(os.environ),
            executable=executable,
        )
    )
    xsh.execer.exec(told.text, glbs=xsh.ctx, filename="conda")
    return {}
