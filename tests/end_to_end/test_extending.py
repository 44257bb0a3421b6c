"""The files of docs/extending.md and docs/console.md, added to a copy of the project, which then runs."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import requests

from tests.support.clients import CALLER
from tests.support.parties import outcome_of
from tests.support.project_copy import copy_project
from tests.support.stack import ROOT, Stack
from voice.control.base import ALREADY_ENDED, Command, Proof

PAGE = (ROOT / "docs" / "extending.md").read_text()
CONSOLE_PAGE = (ROOT / "docs" / "console.md").read_text()
MODULE = re.compile(r"```python\n# (voice/\S+\.py)\n(.*?)```", re.DOTALL)
TEMPLATE = re.compile(r"```jinja\n\{#- (voice/\S+\.html) -#\}\n(.*?)```", re.DOTALL)
FILES = MODULE.findall(PAGE)
CONSOLE_FILES = [*MODULE.findall(CONSOLE_PAGE), *TEMPLATE.findall(CONSOLE_PAGE)]
OTHER_CALLER = "+14155550123"


@pytest.fixture
def extended(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """The copy of the project, with the files of both pages, as a running stack."""
    copy = tmp_path / "midcall"
    copy_project(copy)
    for path, text in FILES + CONSOLE_FILES:
        assert not (copy / path).exists(), path
        (copy / path).write_text(text)
    shutil.copy(sqlite_template, tmp_path / "midcall.db")
    monkeypatch.setattr(Stack, "home", copy)
    with Stack(tmp_path, f"sqlite:///{tmp_path}/midcall.db") as stack:
        stack.twilio.clock(speed=10)
        yield stack


def block(language: str) -> Any:
    """The only example in this language on the page about extending."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return json.loads(found)


def proof_of(text: str) -> str:
    """The proof that the file of a command declares."""
    declared = re.search(r'^    proof = "(\w+)"$', text, re.MULTILINE)
    return declared[1] if declared else Command.proof


def test_the_page_shows_a_scene_a_rule_and_a_command_for_each_proof():
    folders = [path.split("/")[1] for path, _ in FILES]
    assert (folders.count("scenes"), folders.count("rules")) == (1, 1)
    proofs = [proof_of(text) for path, text in FILES if path.startswith("voice/commands/")]
    assert sorted(proofs) == sorted(get_args(Proof))


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_new_scene_command_and_rule_work_in_api_command_line_and_rules(extended):
    phone = extended.dial()
    extended.twilio.clock(speed=1)  # so that the question still waits for a key on a busy machine
    survey = extended.admin.command(phone, "survey", question="Was it good?")
    phone.hears("Was it good? Press a key from 1 to 5.").press("4").hears("You have given us a 4")
    extended.twilio.clock(speed=10)
    assert outcome_of(extended, phone, survey)[0] == "confirmed"
    body = {"enabled": True, "params": {"seconds": 1}}
    assert extended.admin.patch("/rules/survey_at_the_end", body).status_code == 200
    extended.dial().hears("How did we do?")
    assert extended.admin.post("/rules", block("json")).status_code == 201
    assert "survey" in extended.flask("calls", "survey", "--help").stdout


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_each_command_is_confirmed_by_its_proof_only(extended):
    """`visit` is confirmed by the survey above. During a call nothing confirms `none` and `log`."""
    phone = extended.dial()
    check = extended.admin.command(phone, "check")
    assert (check["state"], check["message"]) == ("confirmed", "Twilio reports: in-progress")
    reassure = extended.admin.command(phone, "reassure")
    assert reassure["state"] == "accepted"
    phone.hears("Please stay on the line.")
    farewell = extended.admin.command(phone, "farewell")
    assert farewell["state"] == "accepted"
    phone.hears("Goodbye").waits_for(status="completed")
    assert outcome_of(extended, phone, farewell) == ("confirmed", None)
    again = extended.admin.command(phone, "farewell")
    assert (again["state"], again["message"]) == ("confirmed", ALREADY_ENDED)
    states = {one["id"]: one["state"] for one in extended.admin.story(phone)["commands"]}
    assert states[reassure["id"]] == "accepted"
    assert extended.admin.command(extended.dial(), "bill")["state"] == "accepted"


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_page_of_the_console_guide_lists_callers_and_ends_a_call(extended):
    waiting, _ = extended.dial(), extended.dial(from_=OTHER_CALLER)
    extended.admin.command(waiting, "park")
    waiting.waits_for(requests="/voice/scenes/parked")
    visitor, sign_in_link = requests.Session(), extended.flask("operators", "add", "ann").stdout.strip()
    visitor.get(sign_in_link, timeout=20)
    page = visitor.get(f"{extended.url}/console/waiting", timeout=20)
    assert ">Waiting</a>" in page.text
    assert (CALLER in page.text, OTHER_CALLER in page.text) == (True, False)
    (token,) = set(re.findall(r'name="csrf-token" content="([^"]+)"', page.text))
    answer = visitor.post(
        f"{extended.url}/console/waiting/{waiting.sid}/end", data={"csrf_token": token}, timeout=20
    )
    assert "The call has ended." in answer.text
    waiting.waits_for(status="completed")
