"""npm packages for tests: single files, or packages with dependencies. Fetched once, kept in `tests/support/.npm`."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from contextlib import suppress
from pathlib import Path

FOLDER = Path(__file__).parent / ".npm"
_PACK = ("pack",)
_INSTALL = ("install", "--no-save", "--no-audit", "--no-fund", "--prefix=.")
_QUIETLY = ("--loglevel=error", "--ignore-scripts", "--fetch-retries=1", "--fetch-retry-mintimeout=1000")
_PATIENCE = 90  # seconds


class Unreachable(Exception):
    """The package could not be fetched; says why."""


def npm_file(package: str, member: str) -> Path:
    """Return a file of a package (`name@version`, path in its archive), after a download if there is none yet."""
    kept = FOLDER / package.replace("/", "+") / Path(member).name
    if kept.exists():
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        _pack(package, folder)
        [archive] = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as files:
            content = files.extractfile(member)
            assert content is not None
            (Path(folder) / "content").write_bytes(content.read())
        os.replace(Path(folder) / "content", kept)
    return kept


def node_modules(*packages: str) -> Path:
    """Return a `node_modules` with these packages (`name@version`) and what they need."""
    kept = FOLDER / "+".join(packages).replace("/", "+")
    if (kept / "node_modules").exists():
        return kept / "node_modules"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        _npm(folder, *_INSTALL, *packages)
        with suppress(OSError):  # another process was quicker
            os.replace(folder, kept)
        Path(folder).mkdir(exist_ok=True)  # for the end of the block to remove
    return kept / "node_modules"


def _pack(package: str, folder: str) -> None:
    _npm(folder, *_PACK, f"--pack-destination={folder}", package)


def _npm(folder: str, *arguments: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise Unreachable("npm is not installed")
    asked = f"npm {arguments[0]} {arguments[-1]}"
    try:
        subprocess.run(
            [npm, *arguments, *_QUIETLY],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise Unreachable(f"{asked} took longer than {_PATIENCE} s") from None
    except subprocess.CalledProcessError as error:
        raise Unreachable(f"{asked}: {error.stderr.strip()[:300]}") from None
