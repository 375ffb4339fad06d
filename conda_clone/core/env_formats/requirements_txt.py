"""Lists of specs, one per line, as `conda list --export` writes them."""

__all__ = ["parse_spec_list"]


def parse_spec_list(text: str) -> tuple[str, ...]:
    """Return the specs of a list in their order; blank lines and comments are left out."""
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))
