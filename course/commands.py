"""What the commands of the course share: which week of which repository."""

from __future__ import annotations

import argparse
from pathlib import Path

from course.week import Week, read_week, term_of
from utils.checks import expect

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "course" / "sample"
SYLLABI = ROOT / "course" / "syllabi"
EXAMS = ROOT / "course" / "exams"

#: A date for all that is packed, so that the same week makes the same file.
DATE = (2026, 1, 1, 0, 0, 0)


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


def seed_of(keys: Path, seed: str) -> int:
    """Return the seed that was asked for, or that of the term."""
    if seed:
        expect(seed.isdecimal(), "a seed that is a whole number", repr(seed))
        return int(seed)
    return int(term_of(keys)["seed"])
