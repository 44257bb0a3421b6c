"""A copy of the project, as a fresh clone would be."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.stack import ROOT

NOT_COPIED = (
    ".git", ".venv", ".env", "instance", "node_modules", "bench", "*.pyc", "__pycache__", ".*_cache",
    ".hypothesis",
)  # fmt: skip


def copy_project(folder: Path) -> None:
    """Copy the project into a new folder, without files of earlier runs and without the benchmarks."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*NOT_COPIED))
