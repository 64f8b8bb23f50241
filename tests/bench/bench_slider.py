"""From a slider's input to the painted frame, on the built site, beside swapping whole pictures.

And from a move of a hand in the figure, in three engines.

A pointer drags each slider through its stops.  The clock starts with the ``input`` event and stops
when the frame that shows the new stop has been painted: at the first task after its animation
frame.  Also with the processor slowed down four times, as Lighthouse does for a phone.  The
baseline on the same page replaces the whole SVG at each stop, which is what static embeds do that
move at all; a stock ipywidgets slider on a static page never answers.

``python tests/bench/bench_slider.py [--site PATH] [--moves 200] [page#name …]``
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page
from table import Column, show

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1] / "tools"), str(HERE.parent), str(HERE.parent / "site")]

from browser import launched  # noqa: E402
from engines import window  # noqa: E402
from hands import with_handles  # noqa: E402
from pages import DESKTOP, places_of  # noqa: E402
from static_server import serving  # noqa: E402

COLUMNS = (
    Column("median ms", ".1f"),
    Column("95 % ms", ".1f", most=17),
    Column("slowed median ms", ".1f"),
    Column("slowed 95 % ms", ".1f", most=40),
    Column("whole SVG 95 % ms", ".1f"),
    Column("whole SVG slowed 95 % ms", ".1f"),
)

HANDS = (
    Column("median ms", ".1f"),
    Column("95 % ms", ".1f", most=17),
    Column("slowed 95 % ms", ".1f", most=40),
    Column("Firefox 95 % ms", ".1f", most=17),
    Column("WebKit 95 % ms", ".1f", most=17),
)

#: ``painted(count)`` is kept once so many moves are: to ask again and again would cost frames.
CLOCK = """() => {
    window.times = []
    let kept = () => {}
    window.painted = count => new Promise(resolve => {
        kept = () => times.length >= count && resolve()
        kept()
    })
    addEventListener('input', event => {
        const {port1, port2} = new MessageChannel()
        port1.onmessage = () => { times.push(performance.now() - event.timeStamp); kept() }
        requestAnimationFrame(() => port2.postMessage(''))
    }, {capture: true})
}"""

#: Beside the explorable, the same pictures swapped whole by a slider of their own.
BASELINE = """async (figure, field) => {
    const pictures = []
    for (let stop = 0; stop <= field.max; stop++) {
        field.value = stop
        field.dispatchEvent(new Event('input', {bubbles: true}))
        await new Promise(requestAnimationFrame)
        pictures.push(figure.querySelector('svg').outerHTML)
    }
    const box = document.createElement('div')
    box.innerHTML = `<input type="range" id="baseline" max=${field.max}><div></div>`
    box.firstChild.style.width = '100%'
    figure.after(box)
    box.firstChild.addEventListener('input', () => {
        box.lastChild.innerHTML = pictures[box.firstChild.value]
    })
    box.lastChild.innerHTML = pictures[0]
}"""


#: A hand goes around where it took the figure's first handle, a step at the beginning of a frame.
HAND = """async (name, moves) => {
    const figure = document.getElementById(name)
    figure.scrollIntoView({block: 'center', behavior: 'instant'})
    const ring = figure.querySelector('.explorable-handle')
    const box = ring.getBoundingClientRect()
    const fire = (type, x, y) => ring.dispatchEvent(new PointerEvent(type, {
        isPrimary: true, pointerId: 1, clientX: box.x + 22 + x, clientY: box.y + 22 + y}))
    ring.setPointerCapture = () => {}  // of a pointer that there is not
    fire('pointerdown', 0, 0)
    const times = []
    for (let move = 0; move < moves + 20; move++) {
        const {port1, port2} = new MessageChannel()
        times.push(await new Promise(resolve => requestAnimationFrame(() => {
            const begun = performance.now()
            port1.onmessage = () => resolve(performance.now() - begun)
            fire('pointermove', 90 * Math.cos(move / 5), 90 * Math.sin(move / 5))
            port2.postMessage('')
        })))
    }
    return times.slice(20)
}"""


def drag(page: Page, field: Locator, moves: int) -> list[float]:
    """Drag a slider to and fro, a stop or more at a time; return the milliseconds of each move."""
    field.scroll_into_view_if_needed()
    box, last = field.bounding_box(), int(field.get_attribute("max"))
    stride = max(1, last // 50)
    road = [*range(0, last, stride), *range(last, 0, -stride)]

    def move(stop: int) -> None:
        share = 8 + (box["width"] - 16) * stop / last  # half a thumb at each end
        page.mouse.move(box["x"] + share, box["y"] + box["height"] / 2)

    move(0)
    page.mouse.down()
    move(last)
    page.wait_for_timeout(200)
    page.evaluate("times.length = 0")
    for count in range(moves):
        move(road[count % len(road)])
        page.evaluate("count => painted(count)", count + 1)
    page.mouse.up()
    return page.evaluate("times")


def percentile(times: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20)[-1]


@contextmanager
def slowed(page: Page, times: int) -> Iterator[None]:
    """Slow the page's processor down."""
    client = page.context.new_cdp_session(page)
    client.send("Emulation.setCPUThrottlingRate", {"rate": times})
    yield
    client.send("Emulation.setCPUThrottlingRate", {"rate": 1})


def measure(page: Page, name: str, moves: int) -> list[float] | None:
    """Return one explorable's row; None where it has lists to choose from and no slider."""
    figure = page.locator(f"figure#{name}")
    figure.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")  # the recording is here
    if not (fields := figure.locator("input[type=range]").all()):
        return None
    field = max(fields, key=lambda field: int(field.get_attribute("max")))
    page.evaluate(CLOCK)
    plain = drag(page, field, moves)
    with slowed(page, 4):
        slow = drag(page, field, moves)
    figure.evaluate(BASELINE, field.element_handle())
    swap = drag(page, page.locator("#baseline"), moves // 4)  # to compare with, not to pass a gate
    with slowed(page, 4):
        slow_swap = drag(page, page.locator("#baseline"), moves // 4)
    return [
        statistics.median(plain),
        percentile(plain),
        statistics.median(slow),
        percentile(slow),
        percentile(swap),
        percentile(slow_swap),
    ]


def measure_hand(browser: Browser, address: str, name: str, moves: int) -> list[float]:
    """Return the row of an explorable that can be taken in hand, on the page with this address."""
    page = browser.new_page(viewport=DESKTOP)
    page.goto(address)
    page.locator(f"figure#{name}").scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    plain = page.evaluate(f"given => ({HAND})(...given)", [name, moves])
    with slowed(page, 4):
        slow = page.evaluate(f"given => ({HAND})(...given)", [name, moves])
    page.close()
    row = [statistics.median(plain), percentile(plain), percentile(slow)]
    for engine in ("firefox", "webkit"):
        with window(engine, browser) as opened:
            opened.open(f"{address}#{name}", DESKTOP["width"])
            opened.run(HAND, name, 50)  # meanwhile its recording arrives
            row.append(percentile(opened.run(HAND, name, moves)))
    return row


def main() -> bool:
    """Measure, print, and say whether every explorable passes the gates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=HERE.parents[1] / "_build/html")
    parser.add_argument("--moves", type=int, default=200)
    parser.add_argument("places", nargs="*", help="page#name; all, when none is given")
    options = parser.parse_args()
    rows, hands = {}, {}
    with serving(options.site) as address:
        for browser in launched():
            for place in options.places or map(str, places_of(options.site)):
                page = browser.new_page(viewport=DESKTOP)
                page.goto(f"{address}/{place.partition('#')[0]}")
                row = measure(page, place.partition("#")[2], options.moves)
                page.close()
                if row:
                    rows[place] = row
                print(place, *(f"{value:.1f}" for value in row or ()), flush=True)
            for place in map(str, with_handles(options.site)):
                if not options.places or place in options.places:
                    page, _, name = place.partition("#")
                    hands[place] = measure_hand(browser, f"{address}/{page}", name, options.moves)
    return show("slider to frame", COLUMNS, rows) & show("hand to frame", HANDS, hands)


if __name__ == "__main__":
    sys.exit(not main())
