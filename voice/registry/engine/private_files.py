"""Files and folders with personal data: only the user of the process can read them, whatever the umask is."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

FILE, FOLDER = 0o600, 0o700
OF_OTHERS = 0o077


def make_private_folder(folder: Path) -> None:
    """Create the folder, if there is none, with 0700."""
    folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)


def create_private(path: Path) -> None:
    """Create an empty file with 0600, if there is none. SQLite gives its WAL the mode of the database."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, FILE))


def open_private(path: Path, mode: str) -> BinaryIO:
    """Open a file for binary writing; a new one has 0600."""
    return open(path, mode, opener=lambda name, flags: os.open(name, flags, FILE))  # type: ignore[return-value]


def open_to_others(paths: Iterable[Path]) -> list[tuple[str, Path]]:
    """The existing files and own folders that other users can read, each with the mode that it should have."""
    found = []
    for path in paths:
        status = path.stat() if path.exists() else None
        if status and status.st_mode & OF_OTHERS and (path.is_file() or status.st_uid == os.geteuid()):
            found.append(("700" if path.is_dir() else "600", path))
    return found
