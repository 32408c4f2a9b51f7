"""The lab, its forms and the paste box need nothing that a browser's Python lacks."""

import subprocess
import sys
from pathlib import Path

LACKED = ("cryptography", "cheroot", "pandas", "numpy", "zxingcpp", "PIL")
PROGRAM = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!a})
import fanlic.here
fanlic.here.IN_BROWSER = True
sys.modules.update(dict.fromkeys({LACKED!r}))
import fanlic.lab.drill, fanlic.lab.exercises, fanlic.notebook, fanlic.troubleshoot.paste_page
with fanlic.notebook.new_lab() as lab:
    print(len(lab.timeline()) > 0)
"""


def test_one_import_of_what_a_browser_lacks_would_stop_every_lesson_there() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert ("True\n", "") == (done.stdout, done.stderr[-600:])
