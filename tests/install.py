"""Installs what the tests need besides Python packages: TypeScript, Prettier, axe-core and Chromium."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import tools

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Install; ends with a message that says what to do where that fails."""
    if not all((ROOT / "node_modules" / name).is_dir() for name in ("typescript", "prettier", "axe-core")):
        subprocess.run([*tools.npm(), "ci", "--no-audit", "--no-fund", "--silent"], cwd=ROOT, check=True)
    if tools.chromium():
        return
    print("Installing Chromium for the browser tests (once) …", flush=True)
    if os.geteuid() == 0 and Path("/usr/bin/apt-get").exists():
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-core", "fonts-noto-color-emoji"],
            env=environment,
            check=False,
            stdout=subprocess.DEVNULL,
        )
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if not tools.chromium():
        sys.exit(
            "No Chromium could be found or installed, and the browser tests need one.\n"
            "Install it (Debian: apt-get install chromium) or name it: make test CHROMIUM=/path/to/chromium"
        )


if __name__ == "__main__":
    main()
