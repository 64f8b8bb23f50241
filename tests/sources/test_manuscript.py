"""How the book is read: what is an equation, and that nobody reads it in another way."""

from __future__ import annotations

import re

from lint import report, sample
from manuscript import ROOT, book_pages, equations, tokens


def test_equations_are_read_with_their_labels():
    """From dollars and directives, in a quotation and in a note; what stands in code is none."""
    page = r"""
```
$$ a = b $$ (not-this)
```

<!-- $$ a = b $$ (nor-this) -->

$$
a = \frac{b}{c}
$$ (this)

$$ x = 1 $$

```{math}
:label: that
x = y
```

> $$ y = z $$ (quoted)

::::{note}
$$ z = 0 $$ (noted)
::::
"""
    assert list(equations(sample(page))) == [
        ("this", r"a = \frac{b}{c}"),
        ("that", "x = y"),
        ("quoted", "y = z"),
        ("noted", "z = 0"),
    ]


def test_equations_are_numbered_on_each_page():
    """From 1, as the site numbers them."""
    for page in book_pages():
        numbers = [equation.number for equation in page.equations]
        assert numbers == list(range(1, len(numbers) + 1))


def test_a_cell_is_parsed_once():
    """Whoever asks: the tests of a worker share what they read."""
    cell = sample("# Title")
    assert tokens(cell) is tokens(cell)


#: These read notebooks because they write, run or sign them, and not to know what they say.
WRITERS = {
    "tools/addresses.py",
    "tools/chapter.py",
    "tools/store.py",
    "tests/bench/bench_notebooks.py",
    "tests/notebooks/test_strictness.py",
    "tests/sources/test_addresses.py",
    "tests/sources/test_binder.py",
    "tests/site/test_live.py",
    "tests/sources/test_new_chapter.py",
    "tests/sources/test_notebooks.py",
}


def test_one_module_reads_the_book():
    """A second reader of cells or equations would see another book."""
    second = re.compile(r"""nbformat\.reads?\(|\["cells"\]|\\\$\\\$\(""")
    own = {"tools/manuscript.py", "tests/sources/test_manuscript.py", *WRITERS}
    report(
        (
            f"{name}:{number}: {line.strip()}"
            for folder in ("tools", "tests", "utils")
            for path in sorted((ROOT / folder).rglob("*.py"))
            if (name := path.relative_to(ROOT).as_posix()) not in own
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
            if second.search(line)
        ),
        "Ask tools/manuscript.py:",
    )
