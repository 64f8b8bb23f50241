"""Measure explorables side by side with what people use today.

Recording: milliseconds and kilobytes a stop, against saving the whole figure as SVG at each stop.
Live: milliseconds from a value to what is sent to the front end, against ``ipywidgets.interact``
with the inline backend, which draws the whole figure anew.  All in one run, in processor time, so
that a busy machine disturbs the ratios little.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import time
from collections.abc import Callable

os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"

import matplotlib.pyplot as plt
import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from ipywidgets import FloatLogSlider, interactive
from matplotlib_inline.backend_inline import configure_inline_support, set_matplotlib_formats
from table import Column, show

from utils.explore import log_slider, slider
from utils.explore.live import LiveExplorable
from utils.explore.painter import Painter
from utils.explore.recording import all_stops, record, start_of
from utils.figures import GRADIENT, LOSS, WEIGHT, use_style

CONTROLS = {
    "learning_rate": log_slider(1e-3, 1.2, stops=31, start=0.1),
    "start": slider(-3, 3, stops=13),
}


def figure():
    """Return a figure with three changing artists, and what changes them."""
    fig, ax = plt.subplots()
    x = np.linspace(-4, 4, 200)
    ax.plot(x, x**2, color=LOSS)
    (path,) = ax.plot([], [], "o-", color=WEIGHT)
    end = ax.scatter([0], [0], color=GRADIENT, zorder=5)
    note = ax.text(-3.8, 15, "")
    ax.set(xlim=(-4, 4), ylim=(-1, 16), xlabel="weight", ylabel="cost")

    def update(learning_rate, start):
        w = start * (1 - 2 * learning_rate) ** np.arange(31)
        path.set_data(w, w**2)
        end.set_offsets([[w[-1], w[-1] ** 2]])
        note.set_text(f"w = {w[-1]:.3g}")
        return f"After 30 steps at rate {learning_rate:g} the weight is {w[-1]:.3g}."

    return fig, update


def milliseconds(work: Callable[[], object], times: int = 1) -> float:
    """Return the processor time of one of *times* repetitions."""
    begun = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begun) / times * 1000


def recording() -> dict[str, tuple[float, float]]:
    """Return, by way, milliseconds and compressed kilobytes a stop."""
    stops = len(all_stops(CONTROLS))
    painter = Painter(*figure(), start_of(CONTROLS), "bench")
    texts = []
    ours = milliseconds(lambda: texts.append(record(painter, CONTROLS).to_json())) / stops

    fig, update = figure()
    saved = []

    def save(values):
        update(**values)
        file = io.StringIO()
        fig.savefig(file, format="svg")
        saved.append(file.getvalue())

    some = all_stops(CONTROLS)[::20]
    stock = np.mean([milliseconds(lambda v=values: save(v)) for values in some])
    plt.close(fig)
    return {
        "explore": (ours, kilobytes(texts[0]) / stops),
        "savefig, SVG": (stock, sum(map(kilobytes, saved)) / len(saved)),
    }


def live() -> dict[str, tuple[float, float]]:
    """Return, by way, milliseconds and kilobytes sent an update."""
    values = list(np.geomspace(1e-3, 1.2, 40))
    painter = Painter(*figure(), start_of(CONTROLS), "bench")
    fine = {name: control.fine() for name, control in CONTROLS.items()}
    first = painter.frame(start_of(fine))
    widget = LiveExplorable(painter, fine, first, "")
    sent = []
    widget.send = lambda message: sent.append(json.dumps(message))
    questions = iter(range(0, 200, 5))
    ask = lambda: widget._answer(  # noqa: E731
        None, {"view": "one", "ticket": 1, "stops": [next(questions), 0]}, []
    )
    ours = milliseconds(ask, len(values))

    def draw(learning_rate):
        _, update = figure()
        update(learning_rate, -3.0)
        plt.show()

    def stock(form: str) -> tuple[float, float]:
        shell = InteractiveShell.instance()
        configure_inline_support(shell, "module://matplotlib_inline.backend_inline")
        set_matplotlib_formats(form)
        rates = FloatLogSlider(value=0.1, min=-3, max=0.1)
        with capture_output():
            interactive(draw, learning_rate=rates)
        weights = []

        def turn(value):
            with capture_output() as captured:
                rates.value = value
            weights.append(sum(len(json.dumps(output.data)) for output in captured.outputs))

        each = np.mean([milliseconds(lambda v=v: turn(v)) for v in values[::4]])
        return each, float(np.mean(weights)) / 1000

    return {
        "explore": (ours, sum(map(len, sent)) / len(sent) / 1000),
        "interact, PNG": stock("png"),
        "interact, SVG": stock("svg"),
    }


def kilobytes(text: str) -> float:
    """Return the size of a text, compressed as a server would."""
    return len(gzip.compress(text.encode(), 6)) / 1000


def beside(rows: dict[str, tuple[float, float]]) -> dict[str, tuple[float, ...]]:
    """Add to each row how many times the first one's it is."""
    ours, weight = next(iter(rows.values()))
    return {name: (ms, ms / ours, kb, kb / weight) for name, (ms, kb) in rows.items()}


def main() -> None:
    """Measure, and print two tables.  The gates are ours: what is beside us may miss them."""
    InteractiveShell.instance()
    use_style()
    plt.rcParams["figure.max_open_warning"] = 0
    times = Column("× ours", ".1f")
    stop = [Column("ms a stop", ".1f", most=5), times, Column("kB gz", ".2f", most=1), times]
    show("recording", stop, beside(recording()))
    update = [Column("ms an update", ".1f"), times, Column("kB sent", ".1f"), times]
    show("live", update, beside(live()))


if __name__ == "__main__":
    main()
