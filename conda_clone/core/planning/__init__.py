"""Policy: what the user asked and what is there become a problem; a solution becomes a change."""
