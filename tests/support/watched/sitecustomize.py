"""Loaded by programs in Python that tests start while effects are watched (`nox -s effects`)."""

import os
from pathlib import Path

from tests.support import audit

audit.install(Path(os.environ[audit.REPORT]))
