"""The scenes of the reception: their words and structure, and where the input of a caller leads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote_plus
from xml.etree import ElementTree

import pytest
from freezegun import freeze_time
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from tests.support.clients import CALLER, PUBLIC_URL, Twilio, new_call_sid, settings
from voice import create_app
from voice.config import Config, load
from voice.scenes import Scene, Visit, all_scenes
from voice.scenes.menu import CHOICES, WORDS

SCENES = all_scenes()
CONFIG = load(settings(), dotenv=None)
OFFICE = load(settings(OPENING_HOURS="mon-fri 09:00-17:30", TIMEZONE="Europe/Berlin"), dotenv=None)


def build(
    scene: str, config: Config = CONFIG, query: dict[str, str] | None = None, **visit: Any
) -> ElementTree.Element:
    """The document of a scene for a visit."""
    document = ElementTree.fromstring(SCENES[scene].twiml(Visit(config=config, query=query or {}, **visit)))
    assert document.tag == "Response"
    return document


def verbs(document: ElementTree.Element) -> list[str]:
    return [verb.tag for verb in document]


def words(document: ElementTree.Element) -> str:
    return " ".join(say.text or "" for say in document.iter("Say"))


def leads_to(document: ElementTree.Element) -> str:
    """The scene, with its query, that the last Redirect leads to."""
    assert verbs(document)[-1] == "Redirect"
    address = document[-1].text or ""
    assert address.startswith(f"{PUBLIC_URL}/voice/scenes/")
    return address.removeprefix(f"{PUBLIC_URL}/voice/scenes/")


def test_the_greeting_names_the_company_and_leads_to_the_menu():
    document = build("greeting", load(settings(COMPANY_NAME="Salt & <Pepper>"), dotenv=None))
    assert (verbs(document), words(document)) == (["Say", "Redirect"], "Welcome to Salt & <Pepper>.")
    assert leads_to(document) == "menu"


def test_the_menu_accepts_keys_and_speech_while_it_speaks():
    document = build("menu")
    assert verbs(document) == ["Gather", "Redirect"]
    gather = document[0]
    assert gather.attrib == {
        "input": "dtmf speech", "numDigits": "1", "timeout": "5",
        "action": f"{PUBLIC_URL}/voice/scenes/choice?attempt=1",
    }  # fmt: skip
    assert verbs(gather) == ["Say"]
    assert all(f"press {key}" in words(document) for key in CHOICES)


def test_after_silence_the_menu_repeats_and_in_the_end_says_goodbye():
    ways = [leads_to(build("menu", query={"attempt": str(attempt)})) for attempt in (1, 2, 3)]
    assert ways == ["menu?attempt=2", "menu?attempt=3", "goodbye"]


@pytest.mark.parametrize(("digits", "scene"), [("1", "transfer"), ("2", "opening_hours"), ("3", "voicemail")])
def test_a_key_leads_to_its_scene(digits, scene):
    document = build("choice", digits=digits)
    assert (verbs(document), leads_to(document)) == (["Redirect"], scene)


@pytest.mark.parametrize(
    ("speech", "scene"), [
        ("One.", "transfer"), ("I want to talk to a PERSON please", "transfer"), ("sales", "transfer"),
        ("When are you open?", "opening_hours"), ("opening hours", "opening_hours"), ("voice mail", "voicemail"),
        ("I'd like to leave a message.", "voicemail"),
    ]
)  # fmt: skip
def test_speech_leads_to_its_scene(speech, scene):
    assert leads_to(build("choice", speech=speech)) == scene


@pytest.mark.parametrize(
    "speech", [{"digits": "9"}, {"digits": "*"}, {"digits": "12"}, {"speech": "pizza"}, {"speech": "phone"},
             {"speech": "two messages for sales"}]
)  # fmt: skip
def test_input_that_matches_no_choice_repeats_the_menu(speech):
    for attempt, way in ((1, "menu?attempt=2"), (2, "menu?attempt=3"), (3, "goodbye")):
        document = build("choice", query={"attempt": str(attempt)}, **speech)
        assert verbs(document) == ["Say", "Redirect"]
        assert ("not one of the choices" in words(document), leads_to(document)) == (True, way)


def test_silence_at_the_choice_repeats_the_menu_without_an_error():
    document = build("choice")
    assert (verbs(document), leads_to(document)) == (["Redirect"], "menu?attempt=2")


def test_every_word_matches_its_own_key():
    for key, some in WORDS.items():
        for word in some:
            assert leads_to(build("choice", speech=f"{word}, please")) == CHOICES[key], word


# Opening hours


@pytest.mark.parametrize(
    ("moment", "open_"), [
        ("2026-03-02T08:00:00Z", True),  # Monday 9:00 in Berlin, where it is winter: an hour ahead
        ("2026-03-02T07:59:59Z", False), ("2026-03-02T16:29:59Z", True), ("2026-03-02T16:30:00Z", False),
        ("2026-03-06T12:00:00Z", True), ("2026-03-07T12:00:00Z", False), ("2026-03-08T12:00:00Z", False),
        ("2026-07-06T07:00:00Z", True), ("2026-07-06T06:59:00Z", False),  # in summer two hours
        ("2026-07-05T22:30:00Z", False), ("2026-03-01T23:30:00Z", False),  # Monday there, Sunday in UTC
    ]
)  # fmt: skip
def test_the_greeting_depends_on_the_opening_hours(moment, open_):
    with freeze_time(moment):
        assert leads_to(build("greeting", OFFICE)) == ("menu" if open_ else "closed")


def test_the_last_minute_of_the_day_is_open_around_the_clock():
    for moment in ("2026-03-07T23:59:59Z", "2026-03-08T00:00:00Z"):
        with freeze_time(moment):
            assert leads_to(build("greeting")) == "menu"


def test_opening_hours_are_spoken():
    assert words(build("opening_hours")) == "We are open 24 hours a day, seven days a week."
    assert words(build("opening_hours", OFFICE)) == "We are open Monday to Friday, from 9:00 to 17:30."
    assert leads_to(build("opening_hours", OFFICE)) == "menu"


def test_callers_outside_the_opening_hours_are_led_to_the_voicemail():
    document = build("closed", OFFICE)
    assert words(document).startswith("We are closed at the moment. We are open Monday to Friday")
    assert leads_to(document) == "voicemail"


# Transfer and voicemail


def test_a_transfer_dials_and_reports_its_outcome():
    document = build("transfer", query={"to": "+4930123456", "timeout_seconds": "30"})
    assert verbs(document) == ["Say", "Dial"]
    assert document[1].attrib == {"timeout": "30", "action": f"{PUBLIC_URL}/voice/scenes/transfer_outcome"}
    (number,) = document[1]
    assert (number.tag, number.text, number.get("statusCallback")) == (
        "Number",
        "+4930123456",
        f"{PUBLIC_URL}/voice/status",
    )
    assert number.get("statusCallbackEvent") == "initiated ringing answered completed"


def test_a_transfer_without_a_number_dials_the_number_in_the_settings():
    document = build("transfer", load(settings(TRANSFER_TO="+14155550123"), dotenv=None))
    assert document.find("Dial/Number").text == "+14155550123"


@pytest.mark.parametrize(
    ("outcome", "speech", "way"), [
        ("completed", "", "goodbye"), ("answered", "", "goodbye"), ("busy", "The line is busy.", "voicemail"),
        ("no-answer", "No one can take your call at the moment.", "voicemail"),
        ("failed", "No one can take your call at the moment.", "voicemail"),
        ("canceled", "No one can take your call at the moment.", "voicemail"),
        ("", "No one can take your call at the moment.", "voicemail"),
    ]
)  # fmt: skip
def test_the_outcome_of_a_transfer_decides_what_follows(outcome, speech, way):
    document = build("transfer_outcome", dial_status=outcome)
    assert (words(document), leads_to(document)) == (speech, way)


def test_the_voicemail_records_with_a_status_callback():
    document = build("voicemail", query={"max_seconds": "60"})
    assert verbs(document) == ["Say", "Record", "Say", "Redirect"]
    assert document[1].attrib == {
        "action": f"{PUBLIC_URL}/voice/scenes/voicemail_saved", "maxLength": "60", "finishOnKey": "#",
        "recordingStatusCallback": f"{PUBLIC_URL}/voice/recording",
    }  # fmt: skip
    assert (document[2].text, leads_to(document)) == ("I did not hear anything.", "goodbye")


def test_a_message_is_confirmed_unless_it_is_empty():
    assert words(build("voicemail_saved", recording_seconds=4)) == "Thank you. Your message has been saved."
    assert verbs(build("voicemail_saved", recording_seconds=0)) == ["Redirect"]
    assert leads_to(build("voicemail_saved", recording_seconds=4)) == "goodbye"


def test_goodbye_hangs_up():
    assert verbs(build("goodbye")) == ["Say", "Hangup"]


# Text from outside, parameters, and rules for all scenes


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200)


def test_markup_in_settings_and_parameters_stays_text():
    for text in (
        "<Hangup/>",
        "</Say><Hangup/>",
        "]]><Hangup/>",
        "&lt;Hangup/&gt; &amp; <!-- x -->",
        '<?xml version="1.0"?>',
    ):
        document = build("announcement", query={"text": text})
        assert (verbs(document), words(document)) == (["Say", "Redirect"], text)


@given(text=TEXT)
def test_an_announcement_is_spoken_unchanged(text):
    document = build("announcement", query={"text": text, "then": "goodbye"})
    assert (verbs(document), leads_to(document)) == (["Say", "Redirect"], "goodbye")
    assert words(document).split() == text.split() or words(document) == text


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twilio]:
    """Twilio, with an app whose database is never available: a scene needs none."""
    folder = tmp_path_factory.mktemp("reception")
    (folder / "file").write_text("no folder")
    given_settings = settings(
        DATABASE_URL=f"sqlite:///{folder / 'file' / 'x.db'}", SPOOL_DIR=str(folder / "spool")
    )
    app = create_app(given_settings, dotenv=None)
    yield Twilio(app.test_client(), PUBLIC_URL)
    (folder / "spool" / "waiting.jsonl").unlink(missing_ok=True)
    app.extensions["midcall"].close()


@bounds(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(speech=TEXT)
def test_any_speech_of_a_caller_is_answered(caller, speech):
    answer = caller.scene(new_call_sid(), "choice?attempt=2", SpeechResult=speech, Digits="")
    assert "Redirect" in verbs(ElementTree.fromstring(answer))


def test_an_announcement_arrives_in_the_query(caller):
    text = "Grüße & <Hangup/> + 100 %"
    document = ElementTree.fromstring(
        caller.scene(new_call_sid(), f"announcement?text={quote_plus(text)}&then=goodbye")
    )
    assert (words(document), leads_to(document)) == (text, "goodbye?visit=2")


@pytest.mark.parametrize(
    "target", ["announcement", "announcement?text=", "announcement?text=a&then=Menu", "announcement?text=" + "x" * 1001,
               "menu?attempt=0", "menu?attempt=4", "transfer?to=911", "transfer?timeout_seconds=601",
               "voicemail?max_seconds=1"]
)  # fmt: skip
def test_invalid_parameters_are_answered_with_an_apology(caller, target):
    document = ElementTree.fromstring(caller.scene(new_call_sid(), target))
    assert verbs(document) == ["Say", "Pause", "Redirect"]


def required(name: str) -> dict[str, str]:
    """The required parameters of a scene."""
    return {field: "words" for field, rule in SCENES[name].params.model_fields.items() if rule.is_required()}


REQUIRED = {name: required(name) for name in SCENES}


@pytest.mark.parametrize("name", [name for name, scene in SCENES.items() if scene.is_place])
def test_every_place_continues_or_ends_the_call(name):
    document = build(name, query=REQUIRED[name])
    assert {"Redirect", "Hangup", "Dial", "Enqueue"} & set(verbs(document))


@pytest.mark.parametrize("name", list(SCENES))
def test_every_scene_leads_to_existing_webhooks(name):
    for redirect in build(name, query=REQUIRED[name]).iter("Redirect"):
        path = redirect.text.removeprefix(f"{PUBLIC_URL}/voice/").partition("?")[0]
        assert path == "incoming" or path.removeprefix("scenes/") in SCENES


@pytest.mark.parametrize("name", list(SCENES))
def test_every_url_of_a_scene_carries_the_command(name):
    document = build(name, query=REQUIRED[name], command_id=77)
    addresses = [redirect.text for redirect in document.iter("Redirect")]
    addresses += [verb.get("action") for verb in document.iter() if verb.get("action")]
    assert all("command=77" in address for address in addresses)


@pytest.mark.parametrize("name", list(SCENES))
def test_every_url_of_a_scene_that_twilio_requests_next_counts_the_visit(name):
    document = build(name, query=REQUIRED[name], number=4)
    urls = [redirect.text for redirect in document.iter("Redirect")]
    urls += [verb.get(name) for verb in document.iter() for name in ("action", "waitUrl") if verb.get(name)]
    assert all("visit=5" in url for url in urls if url.startswith(PUBLIC_URL))


def visits(config: Config, query: dict[str, str]) -> list[Visit]:
    """Visits with the same parameters by different callers."""
    common: dict[str, Any] = {"config": config, "query": query}
    return [
        Visit(**common),
        Visit(**common, call_sid="CA" + "1" * 32, from_=CALLER, to="+1", digits="1", speech="two", retry=2),
        Visit(
            **common,
            call_sid="CA" + "2" * 32,
            from_="client:x",
            dial_status="busy",
            recording_seconds=9,
            digits="2",
        ),
    ]


@pytest.mark.parametrize("name", [name for name, scene in SCENES.items() if scene._same_for_all])
@pytest.mark.parametrize("moment", ["2026-03-02T12:00:00Z", "2026-03-08T03:00:00Z"])
def test_a_scene_that_is_the_same_for_all_depends_on_its_parameters_only(name, moment):
    """Built again for any visit at any time, the document equals the cached one."""
    scene: Scene = SCENES[name]
    for config in (CONFIG, OFFICE):
        query = REQUIRED[name]
        params = scene.params.model_validate(query)
        with freeze_time(moment):
            for visit in visits(config, query):
                assert str(scene._build(visit, params)) == scene.twiml(visit)


def test_cached_documents_differ_by_parameters_settings_and_command():
    twiml: Callable[..., str] = SCENES["menu"].twiml
    documents = {
        twiml(Visit(config=CONFIG)),
        twiml(Visit(config=CONFIG, query={"attempt": "2"})),
        twiml(Visit(config=CONFIG, command_id=5)),
        twiml(Visit(config=load(settings(PUBLIC_URL="https://other.example"), dotenv=None))),
    }
    assert len(documents) == 4
