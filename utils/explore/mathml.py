r"""The MathML of a live line, on the page and in a notebook, where no renderer is at hand.

It is what Temml writes for the formulas of the page, for as much of LaTeX as a line needs: letters,
numbers, operators, brackets, scripts, fractions, roots, hats and words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from matplotlib._mathtext_data import tex2uni

from utils.figures import role_of

from .lines import Line, each_slot

_TOKEN = re.compile(
    r"#(?P<slot>\d+)(?P<kind>[a-z]+)"
    r"|(?P<hat>\\(?:hat|bar|tilde))\s*\{?(?P<under>\\[A-Za-z]+|[A-Za-z])\}?"
    r"|\\(?:text|operatorname)\{(?P<words>[^}]*)\}"
    r"|(?P<digits>\d+(?:\.\d+)?)|\\[A-Za-z]+|\S"
)
_NOTHING = {r"\left", r"\right", r"\,", r"\;", r"\!", r"\quad"}
_RELATIONS = {"=", "<", ">", r"\approx", r"\le", r"\ge", r"\ne", r"\to", r"\in"}
_OPERATORS = {"+", "-", "/", ",", r"\cdot", r"\times", r"\odot", r"\pm"}
_OPEN, _CLOSE = {"(", "[", r"\lvert", r"\lVert"}, {")", "]", r"\rvert", r"\rVert"}
_FUNCTIONS = {rf"\{name}" for name in ("exp", "ln", "log", "max", "min", "sin", "cos", "tanh")}
_HATS = {r"\hat": "ˆ", r"\bar": "‾", r"\tilde": "˜"}
_SIGNS = {
    "-": "−", r"\le": "≤", r"\ge": "≥", r"\cdot": "⋅",
    r"\lvert": "|", r"\rvert": "|", r"\lVert": "‖", r"\rVert": "‖",
}  # fmt: skip


def mathml(line: Line, words: Sequence[str] | None = None) -> str:
    """Return a line as MathML, with its own numbers or with other *words*.

    ``data-slot`` says which number an element shows, ``data-sign`` whose sign; so that a script can
    show others.  Raises ValueError at what a line cannot have.
    """
    text = each_slot(line.latex, lambda slot: f"{slot.before}#{slot.number}{slot.kind} ")
    return f"<math>{_Writer(text, line.names, words or line.words).members()}</math>"


class _Writer:
    """Takes tokens from the left; one method for each kind of thing."""

    def __init__(self, text: str, names: Sequence[str], words: Sequence[str]) -> None:
        self.tokens = [token for token in _TOKEN.finditer(text) if token[0] not in _NOTHING]
        self.names, self.words = names, words
        self.last = ""

    def next(self) -> str:
        """Return the token that comes next; none at the end."""
        return self.tokens[0][0] if self.tokens else ""

    def take(self) -> re.Match[str]:
        """Take the token that comes next."""
        if not self.tokens:
            raise ValueError("a live line ends too early")
        token = self.tokens.pop(0)
        self.last = token[0]
        return token

    def members(self) -> str:
        """Return the parts between which a line may break, each with the sign before it."""
        rows = [""]
        while self.tokens:
            binary = self.next() in {"+", "-"} and self.last not in {"", *_RELATIONS}
            if rows != [""] and (self.next() in _RELATIONS or binary):
                rows.append("")
            rows[-1] += self.scripted()
        return "".join(f"<mrow>{row}</mrow>" for row in rows)

    def until(self, ends: set[str]) -> list[str]:
        """Return the things that stand before an end, and take it away."""
        parts = []
        while self.next() not in ends:
            parts.append(self.scripted())
        self.take()
        return parts

    def scripted(self) -> str:
        """Return a thing with whatever is written small beside it."""
        base, scripts = self.atom(), {}
        while self.next() in {"^", "_", "'"}:
            mark = self.take()[0]
            if mark == "'":
                prime = '<mo lspace="0em" rspace="0em" form="postfix">′</mo>'
                base = f"<mrow>{base}{prime}</mrow>"
            else:
                scripts[mark] = self.argument()
        tag = {"_": "msub", "^": "msup", "^_": "msubsup"}.get("".join(sorted(scripts)))
        small = scripts.get("_", "") + scripts.get("^", "")
        return f"<{tag}>{base}{small}</{tag}>" if tag else base

    def argument(self) -> str:
        """Return what a command or a script applies to, as one thing."""
        if self.next() != "{":
            return self.atom()
        self.take()
        parts = self.until({"}"})
        return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"

    def atom(self) -> str:
        """Return the thing that comes next."""
        if self.next() == "{":
            return self.argument()
        before, token = self.last, self.take()
        text = token[0]
        if token["slot"]:
            return self.slot(int(token["slot"]), token["kind"])
        if token["digits"]:
            return f"<mn>{text}</mn>"
        if token["words"]:
            words = escape(token["words"]).replace(" ", "\u00a0")  # else it is dropped at the ends
            return f"<mtext>{words}</mtext>"
        if token["hat"]:
            hat = f'<mo stretchy="false" style="math-depth:0;">{_HATS[token["hat"]]}</mo>'
            under = _drawn(token["under"])
            look = _look(role_of(f"{token['hat']} {under}"))
            return f'<mover accent="true"{look}><mi>{under}</mi>{hat}</mover>'
        if text in _OPEN:
            inside = "".join(self.until(_CLOSE))
            return f"<mrow>{_fence(text, 'prefix')}{inside}{_fence(self.last, 'postfix')}</mrow>"
        if text in _OPERATORS | _RELATIONS:
            return self.operator(text, before)
        if text == r"\frac":
            return f"<mfrac>{self.argument()}{self.argument()}</mfrac>"
        if text == r"\sqrt":
            return f"<msqrt>{self.argument()}</msqrt>"
        if text in _FUNCTIONS:
            return f"<mrow><mi>{text[1:]}</mi><mo>\u2061</mo></mrow>"
        return _letter(text)

    def slot(self, number: int, kind: str) -> str:
        """Return the element of a number; in brackets where a minus needs them."""
        word = self.words[number]
        if kind == "signed":
            word = word.removeprefix("−")
        elif kind == "fenced" and re.search("[−×]", word):
            word = f"({word})"
        name = self.names[number]
        look = _look(role_of(_letter_of(name)))
        if name in tex2uni:  # of rho, ρ
            name = chr(tex2uni[name])
        return f'<mn data-slot="{number}" data-minus="{kind}" data-of="{name}"{look}>{word}</mn>'

    def operator(self, text: str, before: str) -> str:
        """Return a sign between two things, or before one."""
        after = self.tokens[0] if self.tokens else None
        if text == "+" and after and after["kind"] == "signed":
            number = int(after["slot"])
            sign = "−" if self.words[number].startswith("−") else "+"
            return f'<mo form="infix" data-sign="{number}">{sign}</mo>'
        if text == "-" and before in {"", "{", *_OPEN, *_OPERATORS, *_RELATIONS}:
            return '<mo form="prefix" stretchy="false">−</mo>'
        return f'<mo form="infix">{_drawn(text)}</mo>'


def _fence(sign: str, form: str) -> str:
    return f'<mo fence="true" form="{form}" stretchy="false">{_drawn(sign)}</mo>'


def _letter(command: str) -> str:
    letter = _drawn(command)
    look = _look(role_of(letter))
    return f'<mo form="prefix"{look}>∇</mo>' if letter == "∇" else f"<mi{look}>{letter}</mi>"


def _look(role: str | None) -> str:
    return f' class="{role}"' if role else ""


def _letter_of(name: str) -> str:
    """Return the letter that a slot stands for: w of ``w1``, ŷ of ``y_hat``, ∂ of ``dJ``."""
    letter = "∂" if re.fullmatch(r"d[A-Za-z]\d*", name) else re.split(r"[\d_]", name)[0]
    return rf"\hat {letter}" if "_hat" in name else letter


def _drawn(command: str) -> str:
    if command in _SIGNS or not command.startswith("\\"):
        return _SIGNS.get(command, escape(command))
    if command[1:] not in tex2uni:
        raise ValueError(f"a live line has no {command}")
    return chr(tex2uni[command[1:]])
