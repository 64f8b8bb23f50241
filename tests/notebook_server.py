"""A JupyterLab of its own on a folder: for the tests in a browser, and to measure what it needs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 120  # seconds to start, on a busy machine


@dataclass(frozen=True)
class JupyterLab:
    """A server that runs: its address, without the last slash, and its process."""

    address: str
    process: subprocess.Popen


@contextmanager
def jupyterlab(home: Path, environment: Mapping[str, str] | None = None) -> Iterator[JupyterLab]:
    """Start JupyterLab in a folder, knowing nobody's settings; stop it at the end.

    Raises RuntimeError, with what the server said, if it does not answer in ``PATIENCE`` seconds.
    """
    settings = home / "config" / "labconfig"
    settings.mkdir(parents=True)
    # No news from the network, and no page that asks whether to fetch them.
    quiet = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (settings / "page_config.json").write_text(json.dumps(quiet))
    folders = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "i"}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "ServerApp.root_dir": home,
        "ServerApp.port": port,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "ServerApp.disable_check_xsrf": True,  # a test itself asks it to stop a kernel
        "IdentityProvider.token": "",
        "LabApp.expose_app_in_browser": True,
    }
    with open(home / "log", "w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *(f"--{k}={v}" for k, v in options.items())],
            env={k: v for k, v in os.environ.items() if k != "NND_EXPLORE"}
            | {name: str(home / folder) for name, folder in folders.items()}
            | dict(environment or {}),
            stdout=log,
            stderr=log,
        )
    try:
        lab = JupyterLab(f"http://127.0.0.1:{port}", process)
        if not _answers(lab):
            raise RuntimeError(f"JupyterLab did not start:\n{(home / 'log').read_text()}")
        yield lab
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:  # it still waits for a kernel; those end without it
            process.kill()
            process.wait()


def _answers(lab: JupyterLab) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and lab.process.poll() is None:
        try:
            urllib.request.urlopen(f"{lab.address}/api").close()
            return True
        except OSError:
            time.sleep(0.2)
    return False
