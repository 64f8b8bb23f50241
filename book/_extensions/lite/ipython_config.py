"""IPython's settings in the lab."""

import os
import sys

# Every import would look among the reader's files first, and each look takes ten milliseconds: it
# asks the page, through a service worker.
sys.path.remove("")
sys.path.append("")

# scikit-learn's helper would warn each reader that a browser has no processes to share the work.
os.environ["JOBLIB_MULTIPROCESSING"] = "0"
