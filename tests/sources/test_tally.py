"""What tests count is told at the end of a run, also where workers run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from manuscript import ROOT

pytestmark = pytest.mark.slow

SAMPLE = """
import pytest

@pytest.mark.parametrize("number", [1, 2, 3])
def test_count(tally, number):
    tally("errors made in a sample", caught=number, missed=1)
    assert number < 3, "what a test counted before it failed is told too"
"""


def test_counts_of_all_workers_are_told(tmp_path: Path):
    """By the plugin that the first conftest names, which is read where no test is collected."""
    (tmp_path / "conftest.py").write_text("pytest_plugins = ['tally']\n")
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    told = run(tmp_path, "-p", "no:nbval")
    assert "9 errors made in a sample: 6 caught, 3 missed" in told


def test_make_test_tells_how_many_equations_are_tied():
    """With workers, which alone read what is beside the tests of the contract."""
    told = run(ROOT, "tests/contract/test_contract.py", "-k", "every_equation_is_tied")
    assert any(" numbered equations: " in line and " tied, 0 loose" in line for line in told)


def run(folder: Path, *arguments: str) -> list[str]:
    """Return the lines that pytest writes in a folder, with two workers."""
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2"]
    run = subprocess.run(
        [*pytest, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout.splitlines()
