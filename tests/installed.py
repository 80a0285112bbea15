"""The wheel, built and installed by pip into a fresh environment that has what it requires and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from importlib.metadata import PathDistribution, distribution
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
#: What would let the environment see more than it has: the clone, or the tests' own packages.
_OF_THE_CLONE = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "SAYWHEN_PROJECT")


@dataclass(frozen=True)
class Installed:
    """An environment with SayWhen installed from its wheel."""

    python: Path
    wheel: Path

    @property
    def saywhen(self) -> Path:
        """The command, as pip has made it."""
        return self.python.with_name("saywhen")

    def run(self, *words: str | Path, folder: Path) -> str:
        """Run a program of the environment in a folder, alone, and return what it prints."""
        done = subprocess.run(words, cwd=folder, env=alone(), capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def metadata(self) -> Message:
        """Return the metadata of the wheel."""
        with ZipFile(self.wheel) as archive:
            (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
            return Parser().parsestr(archive.read(name).decode())


def alone() -> dict[str, str]:
    """Return the environment's variables without those that lead to the clone."""
    return {name: value for name, value in os.environ.items() if name not in _OF_THE_CLONE}


def install(folder: Path) -> Installed:
    """Build the wheel and install it with pip into a new environment in `folder`; nothing is downloaded.

    The packages that the wheel requires, and those that they require, are linked from where the tests have them. All
    others stay out of reach, so that what is imported and not required fails as it would for a stranger.
    """
    run = {"cwd": ROOT, "check": True, "capture_output": True, "env": alone()}
    subprocess.run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder], **run)
    (wheel,) = folder.glob("saywhen_labeling-*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], **run)
    made = Installed(folder / "venv" / "bin" / "python", wheel)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder / "venv")}))
    for name in required(made.metadata().get_all("Requires-Dist", [])):
        _link(PathDistribution.from_name(name), site)
    # pip resolves what the wheel requires, in the environment alone: a version out of range ends it.
    subprocess.run([sys.executable, "-m", "pip", "--python", made.python, "install", "--no-index", wheel], **run)
    return made


def required(requirements: list[str]) -> set[str]:
    """Return the names of all packages that requirements bring, without extras that nothing asks for."""
    seen: set[tuple[str, str]] = set()
    waiting = [(Requirement(each), "") for each in requirements]
    while waiting:
        wanted, of = waiting.pop()
        if wanted.marker and not wanted.marker.evaluate({"extra": of}):
            continue
        for extra in ("", *wanted.extras):
            key = (canonicalize_name(wanted.name), extra)
            if key not in seen:
                seen.add(key)
                waiting += [(Requirement(each), extra) for each in distribution(wanted.name).requires or ()]
    return {name for name, _ in seen}


def _link(package: PathDistribution, site: Path) -> None:
    """Link a package's own files and folders, and what pip knows it by, into an environment."""
    tops = {file.parts[0] for file in package.files or () if file.parts[0] not in ("..", "__pycache__")}
    for top in tops:
        if not (site / top).exists():
            (site / top).symlink_to(package.locate_file(top))
