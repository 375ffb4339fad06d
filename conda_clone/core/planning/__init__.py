"""Policy: what the user asked and what is there become a problem; a solution becomes a change.

- `request`: what the user asked; `state`: what is there.
- `rules`, `relax`: both become a sequence of problems, firmest first.
- `solver`: the pluggable `Solver` that drives them and the solver core.
- `removal`: removing needs no solving; `explicit`: package URLs need none either.
- `diff`: final records against installed ones.
"""
