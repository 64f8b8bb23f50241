"""The questions on transformer block."""

from __future__ import annotations

from course.draws import positive
from course.items import Item

ITEMS = [
    Item(
        "tb-gradient",
        "⟪What is given, by its letters, and what is asked, in two or three sentences.⟫",
        {"x": positive(4)},  # ⟪what the task admits, few and small⟫
        "slope",
    ),
]
