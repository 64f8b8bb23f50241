"""What is wrong with the captions of an explorable, read over all its states at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

#: A state: what each control shows, and what the caption says.
State = tuple[Mapping[str, str], str]

NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-−+]?\d+)?")

SLIPS = {
    "begins in lower case": r"^[^\W\d_A-Z](?<=[a-zα-ω])|[.!?] [a-z]",
    "has no full stop": r"[^.!?]$",
    "has an exponent": r"\d[eE][-−+]?\d",
    "has a hyphen for a minus": r"(?<!\w)-[\d.]",
    "has a negative zero": r"[-−]0(?:\.0+)?(?![\d.]*\d)",
    "has no number": r"\b(?:nan|inf|None)\b",
    "has loose space or stops": r"\s\s|^\s|\s$|\s[.,;:]|[.,;:]{2}",
}

#: What may follow a number and ends as a plural does.
VERBS = {"is", "was", "has", "comes", "sees"}


def slips(captions: Iterable[str]) -> Iterator[str]:
    """Name the captions that are not sentences for people."""
    captions = set(captions)
    text = " ".join(captions)
    counted = set(re.findall(r"(?<![\w.,−-])(?:[2-9]|\d{2,}) ((?:[a-z]+ )?[a-z]+s)\b", text))
    counted -= {noun for noun in counted if noun.split()[-1] in VERBS}
    nouns = "|".join(map(re.escape, sorted(counted))) or "(?!)"
    for kind, pattern in {**SLIPS, "counts one as many": rf"(?<![\w.,−-])1 (?:{nouns})\b"}.items():
        for caption in sorted(captions):
            if re.search(pattern, caption):
                yield f"{kind}: {caption}"
                break


def misnamed(states: Iterable[State]) -> Iterator[str]:
    """Name the captions in which a number that the reader has set is not the one that is shown.

    A place in a caption is known by the words before it.  The number there is a control's where it
    follows that control, at least to rounding, through every state: by chance it does in a few.
    """
    states = list(states)
    places: dict[str, list[tuple[str, Mapping[str, str], str]]] = defaultdict(list)
    shown: dict[str, set[str]] = defaultdict(set)
    for said, caption in states:
        for name, word in said.items():
            shown[name].add(word)
        for match in NUMBER.finditer(caption):
            before = NUMBER.sub("#", caption[: match.start()])
            places[before].append((match[0], said, caption))
    for found in places.values():
        for name, words in shown.items():
            if not all(map(NUMBER.fullmatch, words)):
                continue
            seen = {said[name] for _, said, _ in found}
            if len(seen) < min(5, len(words)) or len({token for token, *_ in found}) == 1:
                continue
            if all(_rounds_to(said[name], token) for token, said, _ in found):
                for token, said, caption in found:
                    if _value(token) != _value(said[name]):
                        yield f"{name} is {said[name]}, not {token}: {caption}"
                        break


def _value(number: str) -> float:
    return float(number.replace("−", "-").replace(",", ""))


def _rounds_to(word: str, token: str) -> bool:
    digits, _, exponent = token.replace("−", "-").partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
    return abs(_value(word) - _value(token)) <= 0.5000001 * unit


def _limit(rule: str, momentum: float) -> float:
    """Return the rate from which on a direction of curvature 1 does not converge."""
    return 2 * (1 + momentum) / (1 if rule == "momentum" else 1 + 2 * momentum)


#: What a caption has to say, by the formulas of its chapter, close to where its words turn as well.
TURNS: dict[str, Callable[..., str]] = {
    "memory": lambda momentum, learning_rate: (
        {_limit("momentum", momentum): "forever"}.get(learning_rate)
        or ["distance is left", "diverges"][learning_rate > _limit("momentum", momentum)]
    ),
    "stability": lambda rule, condition, learning_rate, momentum: (
        {_limit(rule, momentum): "on the limit"}.get(learning_rate)
        or ["which promises", "diverges"][learning_rate > _limit(rule, momentum)]
    ),
}
