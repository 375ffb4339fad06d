"""All hooks in one plugin: the class that the entry point names has those of the other examples."""

import example_auth_handlers
import example_environment_exporters
import example_environment_specifiers
import example_error_hints
import example_exception_observers
import example_health_checks
import example_package_extractors
import example_post_commands
import example_post_solves
import example_post_transaction_actions
import example_pre_commands
import example_pre_solves
import example_pre_transaction_actions
import example_prefix_data_loaders
import example_reporter_backends
import example_request_headers
import example_session_headers
import example_settings
import example_solvers
import example_subcommands
import example_virtual_packages


class Everything:
    """Registered as it is; nothing is instantiated."""

    conda_auth_handlers = staticmethod(example_auth_handlers.conda_auth_handlers)
    conda_environment_exporters = staticmethod(
        example_environment_exporters.conda_environment_exporters
    )
    conda_environment_specifiers = staticmethod(
        example_environment_specifiers.conda_environment_specifiers
    )
    conda_error_hints = staticmethod(example_error_hints.conda_error_hints)
    conda_exception_observers = staticmethod(example_exception_observers.conda_exception_observers)
    conda_health_checks = staticmethod(example_health_checks.conda_health_checks)
    conda_package_extractors = staticmethod(example_package_extractors.conda_package_extractors)
    conda_post_commands = staticmethod(example_post_commands.conda_post_commands)
    conda_post_solves = staticmethod(example_post_solves.conda_post_solves)
    conda_post_transaction_actions = staticmethod(
        example_post_transaction_actions.conda_post_transaction_actions
    )
    conda_pre_commands = staticmethod(example_pre_commands.conda_pre_commands)
    conda_pre_solves = staticmethod(example_pre_solves.conda_pre_solves)
    conda_pre_transaction_actions = staticmethod(
        example_pre_transaction_actions.conda_pre_transaction_actions
    )
    conda_prefix_data_loaders = staticmethod(example_prefix_data_loaders.conda_prefix_data_loaders)
    conda_reporter_backends = staticmethod(example_reporter_backends.conda_reporter_backends)
    conda_request_headers = staticmethod(example_request_headers.conda_request_headers)
    conda_session_headers = staticmethod(example_session_headers.conda_session_headers)
    conda_settings = staticmethod(example_settings.conda_settings)
    conda_solvers = staticmethod(example_solvers.conda_solvers)
    conda_subcommands = staticmethod(example_subcommands.conda_subcommands)
    conda_virtual_packages = staticmethod(example_virtual_packages.conda_virtual_packages)
