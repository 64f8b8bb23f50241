"""The questions of all chapters: each an exercise of the book, asked on other numbers."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from course.items import Item

#: The items, by the name of their chapter.
ITEMS: dict[str, list[Item]] = {
    module.name.replace("_", "-"): import_module(f"{__name__}.{module.name}").ITEMS
    for module in pkgutil.iter_modules(__path__)
}
