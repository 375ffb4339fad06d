"""Says whom to ask when an environment is not there."""

from conda.exceptions import EnvironmentLocationNotFound
from conda.plugins import hookimpl
from conda.plugins.types import CondaErrorHint


@hookimpl
def conda_error_hints(error):
    if isinstance(error, EnvironmentLocationNotFound):
        yield CondaErrorHint(text="Ask Ada where it went.", hint_code="ask-ada")
