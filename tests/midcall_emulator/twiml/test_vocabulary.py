"""Discovery of verbs and nouns: one new module is enough. The verb is the example in the README."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import midcall_emulator
from midcall_emulator.client import Emulator
from midcall_emulator.server import Background
from midcall_emulator.settings import NUMBER, TOKEN, Settings
from midcall_emulator.twiml import nouns, verbs
from midcall_emulator.twiml.vocabulary import read_vocabulary
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import ScriptedApp

README = (Path(midcall_emulator.__file__).parent / "README.md").read_text()
(SING,) = re.findall(r"```python\n# midcall_emulator/twiml/verbs/sing.py\n(.*?)```", README, re.DOTALL)
PAGER = '''
from midcall_emulator.twiml.nouns.noun import dial_target
from midcall_emulator.twiml.nouns.phone import phone_target
from midcall_emulator.twiml.performers import attributes


@dial_target("Pager", attributes("url"))
def pager(run, noun):
    """Return a pager as a target."""
    return phone_target(run, noun, f"pager:{noun.text}")
'''


class Additions:
    """Modules that are added to the verbs and the nouns for one test."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder, self._monkeypatch = folder, monkeypatch
        self.names: list[str] = []

    def add(self, package: ModuleType, name: str, source: str) -> None:
        """Put a module into a package."""
        folder = self._folder / package.__name__
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(source)
        self._monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
        self.names.append(f"{package.__name__}.{name}")


@pytest.fixture
def additions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Additions]:
    """Read the vocabulary anew before and after the test."""
    added = Additions(tmp_path, monkeypatch)
    read_vocabulary.cache_clear()
    yield added
    monkeypatch.undo()
    for name in added.names:
        sys.modules.pop(name, None)
    read_vocabulary.cache_clear()


def run_document(document: str, seconds: float = 30) -> tuple[list[str], list[int]]:
    """Run a document in a new emulator; return what the caller heard and the codes of the warnings."""
    with Background(Settings(port=0)) as url, ScriptedApp(TOKEN) as app:
        twilio = Emulator(url)
        twilio.clock(mode="manual")
        twilio.number(NUMBER, voice_url=app.url("/start"))
        app.on("/start", document)
        phone = twilio.dial(NUMBER)
        twilio.advance(seconds)
        return heard(phone), warning_codes(phone)


def test_a_verb_in_a_new_module_is_performed(additions: Additions) -> None:
    additions.add(verbs, "sing", SING)
    sounds, codes = run_document('<Sing song="La" times="2"/><Say>Thanks</Say>')
    assert (sounds, codes) == (["say(La)", "say(La)", "say(Thanks)"], [])


def test_an_invalid_value_of_a_new_verb_has_the_code_it_declares(additions: Additions) -> None:
    additions.add(verbs, "sing", SING)
    sounds, codes = run_document('<Sing song="La" times="9" key="C"/>')
    assert (sounds, codes) == (["say(La)"], [12200, 13999])


def test_without_the_module_the_verb_is_unknown() -> None:
    sounds, codes = run_document('<Sing song="La"/><Say>Thanks</Say>')
    assert (sounds, codes) == (["say(Thanks)"], [12200])


def test_a_noun_in_a_new_module_is_dialed(additions: Additions) -> None:
    additions.add(nouns, "pager", PAGER)
    sounds, codes = run_document("<Dial><Pager>12</Pager></Dial>", 3)
    assert (sounds[0], sounds[1][:6], codes) == ("ringback", "bridge", [])


def test_each_element_has_one_code_for_an_attribute() -> None:
    codes: dict[tuple[str, str], set[int]] = {}
    for element in read_vocabulary().elements:
        for attribute, code in (element.attributes or {}).items():
            codes.setdefault((element.name, attribute), set()).add(code)
    assert [name for name, found in codes.items() if len(found) > 1] == []
