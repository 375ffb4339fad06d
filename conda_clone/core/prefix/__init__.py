"""Everything that is known about one environment: its records, history, name and state files.

- `prefix_data`: the installed packages of one prefix;
- `history`: what happened to it, and what its user asked for;
- `locate`: environment name <-> path;
- `registry`: which environments a user has;
- `state_file`: pins, the frozen marker and stored variables;
- `errors`: what can be wrong with an environment.
"""
