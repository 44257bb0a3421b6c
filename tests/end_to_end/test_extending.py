"""docs/extending.md to the letter: its files dropped into a copy of the project, which is then run."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.test_readme import KEPT_OUT
from tests.support.stack import ROOT, Stack

PAGE = (ROOT / "docs" / "extending.md").read_text()
FILES = re.findall(r"```python\n# (voice/\S+\.py)\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def extended(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """The copy, running."""
    copy = tmp_path / "midcall"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*KEPT_OUT))
    for path, text in FILES:
        assert not (copy / path).exists(), path
        (copy / path).write_text(text)
    shutil.copy(sqlite_template, tmp_path / "midcall.db")
    monkeypatch.setattr(Stack, "home", copy)
    with Stack(tmp_path, f"sqlite:///{tmp_path}/midcall.db") as stack:
        stack.twilio.clock(speed=10)
        yield stack


def block(language: str) -> Any:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return json.loads(found)


def test_the_page_has_a_scene_a_command_and_a_rule():
    assert [path.split("/")[1] for path, _ in FILES] == ["scenes", "commands", "rules"]


@pytest.mark.timeout(240)
def test_what_the_page_shows_works(extended):
    asked = extended.dial()
    extended.admin.command(asked, "survey", question="Was it good?")
    asked.hears("Was it good? Press a key from 1 to 5.").press("4").hears("You have given us a 4")
    extended.admin.wait_for(asked, lambda story: story["commands"][0]["state"] == "confirmed")
    body = {"enabled": True, "params": {"seconds": 1}}
    assert extended.admin.patch("/rules/survey_at_the_end", body).status_code == 200
    extended.dial().hears("How did we do?")
    assert extended.admin.post("/rules", block("json")).status_code == 201
    assert "survey" in extended.flask("calls", "survey", "--help").stdout
