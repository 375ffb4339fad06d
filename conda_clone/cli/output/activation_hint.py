"""What to type next when an environment has been created."""

__all__ = ["activation_hint"]


def activation_hint(name: str, *, terminal: bool) -> str:
    """Return how to activate the environment of that name or path, and how to leave it."""
    if terminal:
        return f"\nTo use it:\n    conda activate {name}\nTo leave it:\n    conda deactivate\n"
    return (
        "#\n# To activate this environment, use\n#\n"
        f"#     $ conda activate {name}\n"
        "#\n# To deactivate an active environment, use\n#\n#     $ conda deactivate\n"
    )
