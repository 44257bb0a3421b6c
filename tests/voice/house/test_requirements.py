"""Every requirement is pinned to one version."""

from __future__ import annotations

import re

from tests.support.imports import ROOT

FILES = [
    "requirements.txt",
    "requirements-run.txt",
    "requirements-dev.txt",
    "requirements-mutants.txt",
    "midcall_emulator/requirements.txt",
]
PINNED = re.compile(r"[\w.-]+(\[[\w,-]+\])?==[\w.]+")


def test_requirements_are_pinned():
    lines = [
        line.partition("#")[0].strip() for name in FILES for line in (ROOT / name).read_text().splitlines()
    ]
    requirements = [line for line in lines if line and not line.startswith("-r ")]
    assert len(requirements) > 10
    assert [line for line in requirements if not PINNED.fullmatch(line)] == []
