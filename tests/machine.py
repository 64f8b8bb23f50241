"""What the tests take from no machine: its proxy, a home that may be closed, all its processors.

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

#: On how many processors a product of matrices is computed.
THREADS = "OPENBLAS_NUM_THREADS"


def settle(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let this process, and those that it starts, reach local servers and keep what they must.

    No proxy stands before an address of this machine.  A product of matrices takes one processor:
    where each worker's asks for all, they wait for one another, ten times as long.  Nothing else
    changes where home is a folder that can be written, and nothing that is set already.
    """
    environment.setdefault(THREADS, "1")
    for name in ("no_proxy", "NO_PROXY"):
        others = [host for host in environment.get(name, "").split(",") if host not in ("", *HERE)]
        environment[name] = ",".join([*others, *HERE])
    home = environment.get("HOME") or os.path.expanduser("~")
    if not (os.path.isdir(home) and os.access(home, os.W_OK)):
        for name, folder in KEPT.items():
            environment.setdefault(name, str(FOLDER / folder))
