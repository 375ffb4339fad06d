"""Run the command line as `python -m conda_clone`."""

import sys

from conda_clone.cli.main import main

sys.exit(main())
