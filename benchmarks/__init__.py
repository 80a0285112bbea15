"""What SayWhen costs in time and memory, each figure beside what the machine itself needs for the bare work."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

# The tests know how to start a server and where Chromium is.
sys.path.insert(0, str(ROOT / "tests"))
