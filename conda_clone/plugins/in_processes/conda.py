"""`conda` in processes that plugins start; `conda_clone.plugins.import_hook` tells why."""

import sys

from conda_clone.plugins.import_hook import serve

serve(sys.modules[__name__])
