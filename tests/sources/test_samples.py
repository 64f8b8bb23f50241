"""A test is tried when its chapter is, wherever it says of which chapter it is."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import contract.chapters  # noqa: F401 (which declares the ties)
import pytest
from contract.sample import chapter_of, chapters_of_exercises
from contract.tie import TIES
from manuscript import chapters

TIE = next(tie for tie in TIES if tie.label == "gd-slope")
PAGE = next(page for page in chapters() if page.path.stem == "loss-functions")


@pytest.mark.parametrize(
    ("module", "params", "chapter"),
    [
        ("prose/test_many_classes.py", None, "many-classes"),
        ("math/test_functions_of_pooling.py", None, "pooling"),
        ("site/test_phone.py", {"path": "momentum.html", "screen": "phone"}, "momentum"),
        ("site/test_dragging.py", {"place": "attention.html#lookup"}, "attention"),
        ("sources/test_links.py", {"page": PAGE}, "loss-functions"),
        ("contract/test_contract.py", {"tie": TIE}, "gradient-descent"),
        ("math/test_exercises.py", {"name": "vg-clip"}, "vanishing-gradients"),
        ("explore/test_x.py", {"question": SimpleNamespace(page="errata")}, "errata"),
    ],
)
def test_it_is_known_of_which_chapter_a_test_is(module: str, params: dict | None, chapter: str):
    item = SimpleNamespace(path=Path("tests", module))
    if params:
        item.callspec = SimpleNamespace(params=params)
    assert chapter_of(item) == chapter


def test_each_exercise_is_of_a_chapter():
    assert {name.replace("_", "-") for name in chapters_of_exercises().values()} <= {
        page.path.stem for page in chapters()
    }
