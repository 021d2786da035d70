"""A program that starts the server `raw.py` on its own streams, and is gone before that has said anything."""

import subprocess
import sys
from pathlib import Path

subprocess.Popen([sys.executable, str(Path(__file__).with_name("raw.py"))])
