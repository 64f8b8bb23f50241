"""How a caption writes numbers: what the reader has set as a slider shows it, the rest rounded.

Both have a true minus sign and no ``e`` of an exponent: captions are sentences, and are read out.
"""

from __future__ import annotations

import numpy as np

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def as_shown(value: float) -> str:
    """Return a number as its slider shows it, with all its digits.

    A caption that names what the reader has set writes it so: rounded, it could be another number.

    >>> as_shown(-0.001), as_shown(3.0)
    ('−0.001', '3')
    """
    if isinstance(value, int):
        return str(value).replace("-", "\N{MINUS SIGN}")
    return np.format_float_positional(value + 0.0, trim="-").replace("-", "\N{MINUS SIGN}")


def to_digits(value: float, digits: int) -> str:
    """Return a computed number, rounded to so many digits, far from 1 with a power of ten.

    A number that is none raises ValueError: the caption has to say in words what happened.

    >>> to_digits(0.66667, 2), to_digits(-5e-8, 2), to_digits(1e-9, 2)
    ('0.67', '−5 × 10⁻⁸', '10⁻⁹')
    """
    if not np.isfinite(value):
        raise ValueError(f"to_digits: expected a finite number, got {value!r}")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if value == 0 or -4 <= int(exponent) < max(digits, 6):
        return as_shown(float(f"{mantissa}e{exponent}"))
    power = f"10{str(int(exponent)).translate(_RAISED)}"
    mantissa = as_shown(float(mantissa))
    return power if mantissa == "1" else f"{mantissa} × {power}"
