"""Change a shell: activation, hooks and `conda init`.

Activation runs with every new terminal and every job script, so everything that `main` reaches is
imported within the budget of tests/architecture/test_startup.py: no typing, no argparse, no YAML
unless a file asks for it.
"""
