r"""The notation of the book as a program: what is printed can be read, evaluated and compared.

``grammar.lark`` says what may be written and ``meaning`` what it means.  A formula is LaTeX, as it
stands on the page; a meaning is a dictionary from names, spelled as on the page, to values:

>>> evaluate(r"\frac{1}{2} \lambda (w - w^*)^2", {r"\lambda": 4.0, "w": 3.0, "w^*": 1.0})
8.0
>>> evaluate(r"\lvert 1 - \alpha \lambda \rvert < 1", {r"\alpha": 0.1, r"\lambda": 4.0})
True

Any part of a formula can be given a value in this way, not letters alone: ``w_{t+1}``,
``\frac{\partial J}{\partial w}``, ``\nabla J(w)``.  Where nothing is said of the whole, its parts
decide: ``w_2`` is the second entry of ``w`` (counted from 1), or ``w(2)`` if ``w`` is a function;
``f(x)`` applies ``f`` if it is a function and multiplies if it is a number.

Shapes are those of the page.  A one-dimensional array is a column, a 1×1 matrix a number; things
side by side are multiplied as matrices; a number may be added to every entry, a column (a bias) to
every column.  Nothing else is stretched to fit: shapes that do not match raise.
"""

from utils.notation.derived import agrees, printed
from utils.notation.meaning import Outcomes, evaluate, members
from utils.notation.reading import NotationError, latex, parse, syntax
from utils.notation.shapes import ShapeError, close

__all__ = [
    "NotationError",
    "Outcomes",
    "ShapeError",
    "agrees",
    "close",
    "evaluate",
    "latex",
    "members",
    "parse",
    "printed",
    "syntax",
]
