"""A table of measurements, each against its gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """What is measured, how it is written, and the gate it has to pass, if any."""

    name: str
    form: str = ".0f"
    least: float | None = None
    most: float | None = None

    def passes(self, value: float) -> bool:
        """Say whether a value is within the gate."""
        return not (
            (self.least is not None and value < self.least)
            or (self.most is not None and value > self.most)
        )

    @property
    def gate(self) -> str:
        """Return the gate in a few letters, for the table's last line."""
        if self.least is not None:
            return f"≥ {self.least:g}"
        return f"≤ {self.most:g}" if self.most is not None else ""


def show(title: str, columns: Sequence[Column], rows: Mapping[str, Sequence[float]]) -> bool:
    """Print a Markdown table, with a ✗ beside each value that misses its gate; say if all pass."""

    def cell(column: Column, value: float) -> str:
        return format(value, column.form) + ("" if column.passes(value) else " ✗")

    lines = [
        [title, *(column.name for column in columns)],
        *([name, *map(cell, columns, values)] for name, values in rows.items()),
        ["gate", *(column.gate for column in columns)],
    ]
    widths = [max(map(len, texts)) for texts in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    for first, *rest in lines:
        cells = (text.rjust(width) for text, width in zip(rest, widths[1:], strict=True))
        print("| " + " | ".join([first.ljust(widths[0]), *cells]) + " |")
    print(flush=True)
    return all(
        c.passes(v) for values in rows.values() for c, v in zip(columns, values, strict=True)
    )
