"""Everything that is known about one environment: its records, history, name and state files.

- `prefix_data`: the installed packages of one prefix;
- `python_packages`: those that pip and its relatives have put there;
- `contents`: files that no package owns, and what all of them take on disk;
- `history`: what happened to it, and what its user asked for;
- `locate`: environment name <-> path;
- `registry`: which environments a user has;
- `builds`: hidden folders beside environments, which are none yet or no longer;
- `state_file`: pins, the frozen marker and stored variables;
- `errors`: what can be wrong with an environment.
"""
