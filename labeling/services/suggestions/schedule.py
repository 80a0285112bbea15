"""Automatic training after every N submitted articles."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections import defaultdict
from pathlib import Path

from labeling import extras
from labeling.errors import SayWhenError
from labeling.quantities import many
from labeling.services.suggestions.learning import LEAST
from labeling.store.contract import Store

_LOG = logging.getLogger(__name__)
#: How far training yields to people's requests.
_NICENESS = 10
#: Held by the training of a project that is running.
_RUNNING: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)


def train_after_every(store: Store, articles: int, by: str) -> None:
    """Start training automatically after every N submitted articles, never if 0; raises MissingExtraError without SciPy."""
    if articles:
        extras.require("learn", "learning from a project's work")
    with store.writing() as project:
        project.suggestions.set_training(articles, by)


def train_if_due(store: Store) -> bool:
    """Train in a separate process if it is due, wait for it, and return whether it was; a failure is logged, never raised.

    The server goes on answering meanwhile, and uses the result from the next request on if it is better. While a training
    runs, none is due: each takes a thread of the server and a processor, however often people submit.
    """
    running = _RUNNING[store.path]
    if not running.acquire(blocking=False):
        return False
    try:
        return _train_if_due(store)
    except (SayWhenError, OSError) as fault:  # as when others write for long: the next submitted article asks again
        _LOG.warning("No training was started: %s", fault)
        return False
    finally:
        running.release()


def _train_if_due(store: Store) -> bool:
    with store.reading() as project:
        if project.suggestions.training() is None:
            return False
    with store.writing() as project:
        every = project.suggestions.claim_training(LEAST)
    if every is None:
        return False
    command = [
        sys.executable,
        "-m",
        "labeling",
        "learn",
        "--project",
        str(store.path),
        "--by",
        f"every {many(every, 'article')}",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as training:  # noqa: S603
        with contextlib.suppress(OSError, AttributeError):  # over already, or a system without priorities
            os.setpriority(os.PRIO_PROCESS, training.pid, _NICENESS)
        _, said = training.communicate()
    if training.returncode:
        _LOG.warning("The training after every %s failed: %s", many(every, "submitted article"), said.strip()[-500:])
    return True
