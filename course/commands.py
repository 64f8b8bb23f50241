"""What the commands of the course share: which week of which repository."""

from __future__ import annotations

import argparse
from pathlib import Path

from course.week import Week, read_week

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "course" / "sample"


def add_week(parser: argparse.ArgumentParser) -> None:
    """Let a command ask for a week, and the repository with its key."""
    parser.add_argument("--keys", type=lambda text: Path(text or SAMPLE), default=SAMPLE)
    parser.add_argument("--week", required=True, help="the name of the week")


def week_of(options: argparse.Namespace) -> Week:
    """Read the week that was asked for, or end with what is wrong."""
    try:
        return read_week(options.keys, options.week)
    except (ValueError, KeyError, OSError) as error:
        raise SystemExit(f"{type(error).__name__}: {error}") from None
