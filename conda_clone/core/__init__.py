"""Change an environment: plan, solve, fetch and carry out; holds packages only, no modules of its own."""
