"""Wrong input is refused in one way: what was expected, and what came."""

from __future__ import annotations


def expect(condition: bool, expected: str, got: object) -> None:
    """Raise ``ValueError("expected …, got …")`` unless the condition holds."""
    if not condition:
        raise ValueError(f"expected {expected}, got {got}")
