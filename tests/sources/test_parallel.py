"""Pages that are read side by side find what they share."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from parallel import read_together


def test_the_cache_of_notebooks_is_there_before_the_first_page_is_read(tmp_path: Path):
    settings = SimpleNamespace(execution_cache_path=str(tmp_path / "cache"))
    app = SimpleNamespace(
        extensions={"sphinx_multitoc_numbering": SimpleNamespace()},
        env=SimpleNamespace(mystnb_config=settings),
    )
    read_together(app)
    assert (tmp_path / "cache" / "global.db").is_file()
    assert app.parallel >= 1
