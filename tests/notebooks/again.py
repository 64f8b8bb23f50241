"""Run a notebook's cells again in the kernel that has run them all, as a reader does.

Readers press "Run All" a second time, and go back to a cell further up.  What they see must be what
they saw, though later cells may have given names of earlier ones to something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from nbval.plugin import IPyNbCell

#: Cells that answer otherwise when they run on their own after all others, by their ids; and why.
#: `using.md` tells readers to run those above such a cell, too.
OTHERWISE = {
    ("training-a-network.ipynb", "naive"): "the cost is of X and Y, which later examples have",
    ("training-a-network.ipynb", "break-it-2"): "it draws new examples: the generator has gone on",
}


class Again(IPyNbCell):
    """A cell once more, after the one before it: a second pass from top to bottom."""

    TIME = "again"
    #: The site has its recordings from the first pass.
    BEFORE = "__import__('os').environ['NND_EXPLORE'] = 'picture'"

    @classmethod
    def of(cls, cell: IPyNbCell) -> Again:
        """Return the test of a cell that runs once more."""
        return cls.from_parent(
            cell.parent,
            name=f"{cell.name}, {cls.TIME}",
            cell_num=cell.cell_num,
            cell=cell.cell,
            options=cell.options,
        )

    def runtest(self) -> None:
        """Run the cell, and compare its output with the stored one."""
        kernel = self.parent.kernel
        silent = kernel.execute_cell_input(self.BEFORE, allow_stdin=False)
        kernel.await_reply(silent)
        kernel.await_idle(silent, self.output_timeout)
        super().runtest()


class OnItsOwn(Again):
    """A cell once more, out of order: all names are as the whole notebook left them."""

    TIME = "on its own"
    #: The first time, keeps the names out of reach of the notebook; then gives them back.
    BEFORE = """globals().update(
        vars(__import__("builtins")).setdefault("_names_at_the_end", {**globals()})
    )"""

    @classmethod
    def of(cls, cell: IPyNbCell) -> Again:
        """Return the test, which is to fail where the cell is known to answer otherwise."""
        test = super().of(cell)
        if why := OTHERWISE.get((cell.path.name, cell.cell.id)):
            test.add_marker(pytest.mark.xfail(reason=why, strict=True))
        return test


def again(cells: Iterable[IPyNbCell]) -> Iterator[Again]:
    """Return the tests that run all cells of a notebook once more, in both ways."""
    cells = list(cells)
    yield from map(Again.of, cells)
    yield from map(OnItsOwn.of, cells)
