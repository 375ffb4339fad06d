"""Shows everything with an arrow before it."""

from conda.plugins import hookimpl
from conda.plugins.types import (
    CondaReporterBackend,
    ProgressBarBase,
    ReporterRendererBase,
    SpinnerBase,
)


class ArrowBar(ProgressBarBase):
    def update_to(self, fraction):
        print(f"-> {self.description}: {fraction:.0%}")


class ArrowSpinner(SpinnerBase):
    def __enter__(self):
        print(f"-> {self.message}")

    def __exit__(self, *error):
        print(f"<- {self.message}")


class ArrowRenderer(ReporterRendererBase):
    def render(self, data, **kwargs):
        return f"-> {data}"

    def detail_view(self, data, **kwargs):
        return "\n".join(f"-> {name}: {value}" for name, value in data.items())

    def envs_list(self, prefixes, output=True, **kwargs):
        return "\n".join(f"-> {prefix}" for prefix in prefixes)

    def progress_bar(self, description, **kwargs):
        return ArrowBar(description, **kwargs)

    def spinner(self, message, fail_message="failed"):
        return ArrowSpinner(message, fail_message)

    def prompt(self, message="Proceed", choices=("yes", "no"), default="yes"):
        print(f"-> {message}? {default}")
        return default


@hookimpl
def conda_reporter_backends():
    yield CondaReporterBackend(
        name="arrows", description="Arrows everywhere.", renderer=ArrowRenderer
    )
