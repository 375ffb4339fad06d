"""A msgspec that Ctrl-C leaves half loaded would crash whoever loads it the next time."""

import sys

import pytest

from tests.support.python_programs import output_of

PROGRAM = """
import os, signal, sys

class Interrupting:
    is_near = False
    def find_spec(self, name, path, target=None):
        if self.is_near:  # its compiled half has begun, and looks for what it needs
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)
        self.is_near = name == "msgspec._core"

sys.meta_path.insert(0, Interrupting())
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    from conda_clone.gateways.whole_msgspec import msgspec
except KeyboardInterrupt:
    print("interrupted")
from conda_clone.gateways.whole_msgspec import msgspec
print(msgspec.json.decode(b'{"a": {"b": 1}}', type=dict[str, dict[str, object]]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Windows come another way")
def test_ctrl_c_waits_while_it_is_loaded() -> None:
    assert output_of(PROGRAM) == ["interrupted", "{'a': {'b': 1}}"]
