"""What the tests take from no machine: its proxy, and a home that may be closed.

The Makefile gives its commands the same folders, for what they run besides tests.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path

HERE = ("127.0.0.1", "localhost", "::1")

#: What tools keep at home, and where in FOLDER it goes if home cannot be written.
KEPT = {
    "IPYTHONDIR": "ipython",
    "JUPYTER_CONFIG_DIR": "jupyter",
    "JUPYTER_DATA_DIR": "jupyter-data",
    "MPLCONFIGDIR": "matplotlib",
    "XDG_CACHE_HOME": "cache",
    "npm_config_cache": "npm",
}
FOLDER = Path(__file__).resolve().parents[1] / ".venv" / "home"


def settle(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let this process, and those that it starts, reach local servers and keep what they must.

    No proxy stands before an address of this machine.  Nothing else changes where home is a folder
    that can be written, and nothing that is set already.
    """
    for name in ("no_proxy", "NO_PROXY"):
        others = [host for host in environment.get(name, "").split(",") if host not in ("", *HERE)]
        environment[name] = ",".join([*others, *HERE])
    home = environment.get("HOME") or os.path.expanduser("~")
    if not (os.path.isdir(home) and os.access(home, os.W_OK)):
        for name, folder in KEPT.items():
            environment.setdefault(name, str(FOLDER / folder))
