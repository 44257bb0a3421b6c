"""The folder in which mutmut works on one module: links to the project, and settings for this module."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.support.imports import ROOT

FOLDER = ROOT / ".mutants"
SOURCES = "voice"
LINKED = ("tests", "midcall_emulator", "docs", "app.py", "gunicorn.conf.py", "README.md", "Makefile")
# The wording of a sentence is a matter of taste: a line with three words in quotation marks is left alone.
SENTENCE = r'(^|[\s(\[{=,f])"[^\s"][^"]*\w \w+ \w[^"]*"'
PYTEST = ["-p", "no:cacheprovider", "-k", "not postgresql"]


class Workspace:
    """The folder of one module. It outlives a run, because it holds the results."""

    def __init__(self, module: str, tests: Sequence[str]):
        self.module, self._tests = module, tests
        self.path: Path = FOLDER / module.removesuffix(".py").replace("/", ".")

    def build(self, fresh: bool) -> None:
        """Link the project into the folder and write the settings. `fresh` deletes earlier results."""
        if fresh:
            shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir(parents=True, exist_ok=True)
        for name in (SOURCES, *LINKED):
            link = self.path / name
            if not link.is_symlink():
                link.symlink_to(ROOT / name)
        settings = (ROOT / "pyproject.toml").read_text("utf-8") + self._settings()
        (self.path / "pyproject.toml").write_text(settings, "utf-8")

    def _settings(self) -> str:
        values = {
            "source_paths": [SOURCES],
            "only_mutate": [self.module],
            "also_copy": list(LINKED[1:]),
            "do_not_mutate_patterns": [SENTENCE],
            "pytest_add_cli_args": PYTEST,
            "pytest_add_cli_args_test_selection": list(self._tests),
            "track_dependencies": False,
            "timeout_multiplier": 3.0,
            "timeout_constant": 30.0,  # seconds: a mutant that never ends is noticed, a slow machine is not
        }
        lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
        return "\n[tool.mutmut]\n" + "\n".join(lines) + "\n"
