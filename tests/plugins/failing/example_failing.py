"""Every hook of this plugin fails on purpose."""

from conda.plugins import hookimpl


@hookimpl
def conda_auth_handlers():
    raise RuntimeError("auth_handlers fails on purpose")


@hookimpl
def conda_environment_exporters():
    raise RuntimeError("environment_exporters fails on purpose")


@hookimpl
def conda_environment_specifiers():
    raise RuntimeError("environment_specifiers fails on purpose")


@hookimpl
def conda_error_hints(error):
    raise RuntimeError("error_hints fails on purpose")


@hookimpl
def conda_exception_observers():
    raise RuntimeError("exception_observers fails on purpose")


@hookimpl
def conda_health_checks():
    raise RuntimeError("health_checks fails on purpose")


@hookimpl
def conda_package_extractors():
    raise RuntimeError("package_extractors fails on purpose")


@hookimpl
def conda_post_commands():
    raise RuntimeError("post_commands fails on purpose")


@hookimpl
def conda_post_solves():
    raise RuntimeError("post_solves fails on purpose")


@hookimpl
def conda_post_transaction_actions():
    raise RuntimeError("post_transaction_actions fails on purpose")


@hookimpl
def conda_pre_commands():
    raise RuntimeError("pre_commands fails on purpose")


@hookimpl
def conda_pre_solves():
    raise RuntimeError("pre_solves fails on purpose")


@hookimpl
def conda_pre_transaction_actions():
    raise RuntimeError("pre_transaction_actions fails on purpose")


@hookimpl
def conda_prefix_data_loaders():
    raise RuntimeError("prefix_data_loaders fails on purpose")


@hookimpl
def conda_reporter_backends():
    raise RuntimeError("reporter_backends fails on purpose")


@hookimpl
def conda_request_headers(host, path):
    raise RuntimeError("request_headers fails on purpose")


@hookimpl
def conda_session_headers(host):
    raise RuntimeError("session_headers fails on purpose")


@hookimpl
def conda_settings():
    raise RuntimeError("settings fails on purpose")


@hookimpl
def conda_solvers():
    raise RuntimeError("solvers fails on purpose")


@hookimpl
def conda_subcommands():
    raise RuntimeError("subcommands fails on purpose")


@hookimpl
def conda_virtual_packages():
    raise RuntimeError("virtual_packages fails on purpose")
