"""What Temml writes, so that three engines draw it alike.

Engines follow MathML where it is plain, and differ where it leaves room.  Each function below takes
one such room away; what is left to style is in ``math.css_t``, and the font's own measures are set
where it is cut.  ``tests/site/test_formulas.py`` looks at what is drawn.
"""

from __future__ import annotations

from lxml import etree
from lxml.etree import _Element as Element

from utils.figures import role_of

APPLY = "\u2061"  # stands, unseen, between a function and its argument
THIN = "0.1667em"
ROWS = {"mrow", "mstyle", "math", "mtd"}
SCRIPTS = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}


def alike(mathml: str) -> str:
    """Return a formula that engines draw alike, from one as Temml writes it."""
    formula = etree.fromstring(mathml)
    accents(formula)
    primes(formula)
    functions(formula)
    products(formula)
    scripts(formula)
    return etree.tostring(formula, encoding="unicode", method="html")


def accents(formula: Element) -> None:
    """Say that a hat is an accent, which WebKit draws as small as a script where nobody does.

    Temml moves accents by classes instead; who knows that it is one places it by the font.
    """
    for over in formula.iter("mover"):
        if over[1].get("style") == "math-depth:0;":
            over.set("accent", "true")
            over[1].attrib.pop("class", None)
            if over[1].text == "‾":
                over[1].set("class", "bar")  # there, higher still


def primes(formula: Element) -> None:
    """Write a prime beside its letter: the font's is raised already, as a script it would float."""
    for script in list(formula.iter("msup")):
        base, raised = script
        marks = list(raised) if raised.tag == "mrow" else [raised]
        if all("tml-prime" in mark.get("class", "") for mark in marks):
            script.tag = "mrow"
            script[:] = [base, *marks]
            for mark in marks:
                del mark.attrib["class"]
                mark.set("form", "postfix")


def functions(formula: Element) -> None:
    """Set the name of a function off by a thin space, on the sides where TeX does.

    Temml leaves the space out after a parenthesis and before a fraction.  Firefox adds one of its
    own around names and after the unseen sign, but not around a row.
    """
    for apply in [mark for mark in formula.iter("mo") if mark.text == APPLY]:
        name = apply.getprevious()
        for space in (name.getprevious(), apply.getnext()):
            if space is not None and space.tag == "mspace" and space.get("width") == THIN:
                space.getparent().remove(space)
        before, after = _beside(name, -1), _beside(apply, 1)
        row = etree.Element("mrow")
        apply.getparent().replace(name, row)
        row.extend([name, apply])
        if _is_atom(before, closing=True):
            row.addprevious(etree.Element("mspace", width=THIN))
        if _is_atom(after):
            row.addnext(etree.Element("mspace", width=THIN))


def products(formula: Element) -> None:
    """Keep the sign of the element-wise product small: Firefox draws it large on a line of its own."""
    for sign in formula.iter("mo"):
        if sign.text == "⊙":
            sign.set("largeop", "false")


def scripts(formula: Element) -> None:
    """Set signs in scripts close to their numbers, as TeX does: engines space them as on the line."""
    for script in formula.iter(*SCRIPTS):
        for below_or_above in script[1:]:
            for sign in below_or_above.iter("mo"):
                if sign.get("form") is None:
                    sign.attrib.update({"lspace": "0", "rspace": "0"})


def in_color(mathml: str) -> str:
    """Return a formula whose letters are of the class of what they stand for, as figures color it."""
    formula = etree.fromstring(mathml)
    for letter in formula.iter("mi", "mo"):
        over = letter.getparent()
        hatted = over.tag == "mover" and over[0] is letter and over[1].text == "ˆ"
        if role := role_of(f"\\hat {letter.text}" if hatted else letter.text):
            (over if hatted else letter).set("class", role)
    return etree.tostring(formula, encoding="unicode", method="html")


def _beside(node: Element, step: int) -> Element | None:
    """Return what is drawn before (−1) or after (1) a node, whatever rows it is in."""
    beside = node.getnext() if step > 0 else node.getprevious()
    while beside is None:
        node = node.getparent()
        if node is None or node.tag not in ROWS - {"math", "mtd"}:
            return None
        beside = node.getnext() if step > 0 else node.getprevious()
    while len(beside) and (beside.tag in ROWS or (beside.tag in SCRIPTS and step > 0)):
        beside = beside[0 if step > 0 or beside.tag in SCRIPTS else -1]
    return beside


def _is_atom(node: Element | None, *, closing: bool = False) -> bool:
    """Say whether a thin space stands between this and a function: not at a sign or a bracket.

    A bracket that has closed is one, too.
    """
    if node is None or node.tag == "mspace":
        return False
    return node.tag != "mo" or (closing and node.get("form") == "postfix")
