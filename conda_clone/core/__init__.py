"""Change an environment: plan, solve, fetch and carry out; packages only, no modules."""
