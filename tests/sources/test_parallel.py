"""Pages that are read side by side find what they share, and no processor waits for another."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from parallel import read_together
from sphinx import builders


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Return as much of a Sphinx application as reading asks for."""
    monkeypatch.setattr(builders, "make_chunks", builders.make_chunks)  # is put back
    settings = SimpleNamespace(execution_cache_path=str(tmp_path / "cache"))
    return SimpleNamespace(
        extensions={"sphinx_multitoc_numbering": SimpleNamespace()},
        env=SimpleNamespace(mystnb_config=settings),
        parallel=0,
    )


def test_the_cache_of_notebooks_is_there_before_the_first_page_is_read(
    app: SimpleNamespace, tmp_path: Path
):
    read_together(app, app.env, [])
    assert (tmp_path / "cache" / "global.db").is_file()
    assert app.parallel >= 1


def test_pages_are_handed_out_one_by_one(app: SimpleNamespace):
    read_together(app, app.env, [])
    assert builders.make_chunks(["errata", "optimizers"], 1) == [["errata"], ["optimizers"]]
    assert "make_chunks" in builders.Builder._read_parallel.__code__.co_names
