"""The captions of the chapter on transformer block."""

from __future__ import annotations

from tests.explore.said import SAID, foresees, says


@says("try-transformer-block")
def _(knob):
    true = knob  # ⟪the number that the caption computes, in another way than the figure does⟫
    return knob, true


@foresees("try-transformer-block")
def _():
    _, number = SAID["try-transformer-block"](knob=2)
    return {
        "⟪an answer⟫": number == 0,  # ⟪whether it is so⟫
        "⟪another⟫": number > 0,  # ⟪and this⟫
    }
