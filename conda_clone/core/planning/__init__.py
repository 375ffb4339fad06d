"""Policy: what the user asked and what is there become a problem; a solution becomes a change.

- `request`: what the user asked; `state`: what is there.
- `rules`, `relax`: both become a sequence of problems, firmest first.
- `solver`: the pluggable `Solver` that drives them and the solver core.
- `removal`: removing needs no solving; `explicit`: package URLs need none either.
- `revision`: back to what the history says of an earlier state.
- `recency`: packages as a past day knew them.
- `missing`, `errors`: what is known about packages that were not found; what can go wrong.
- `snapshot`: a solve as a document, to be solved again.
- `diff`: final records against installed ones.
"""
