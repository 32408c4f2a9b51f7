"""Where this Python runs: on a machine, or in a browser (Pyodide), which has no processes, sockets or threads.

`fanlic/adapters/chosen.py` says what stands in for the libraries that a browser cannot have.
"""

from __future__ import annotations

import sys

IN_BROWSER = sys.platform == "emscripten"
