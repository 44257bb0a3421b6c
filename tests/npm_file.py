"""Files of npm packages that tests measure by: fetched once, kept in `tests/.npm`."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent / ".npm"
_PACK = ("pack", "--loglevel=error", "--ignore-scripts", "--fetch-retries=1", "--fetch-retry-mintimeout=1000")
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


def _pack(package: str, folder: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise Unreachable("npm is not installed")
    command = [npm, *_PACK, f"--pack-destination={folder}", package]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        raise Unreachable(f"npm pack {package} took longer than {_PATIENCE} s") from None
    except subprocess.CalledProcessError as error:
        raise Unreachable(f"npm pack {package}: {error.stderr.strip()[:300]}") from None
