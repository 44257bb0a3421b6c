"""Long texts do not travel in URLs: the URL names a stored text, and every scene that repeats it does as well."""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from freezegun import freeze_time

from tests.support.clients import PUBLIC_URL
from voice.control.scene_urls import url_of_scene
from voice.events import now
from voice.worker.duties.old_scene_params import KEPT, OldSceneParamsDuty

TEXT = "Grüße aus der Zentrale. " * 20


@pytest.fixture
def services(app):
    """The services of the app."""
    return app.extensions["midcall"]


def target(url):
    """The scene with its query, as Twilio requests it."""
    assert url.startswith(f"{PUBLIC_URL}/voice/scenes/")
    return url.removeprefix(f"{PUBLIC_URL}/voice/scenes/")


def spoken(document):
    return [say.text for say in ElementTree.fromstring(document).iter("Say")]


def test_a_long_text_is_stored_and_spoken(twilio, services):
    url = url_of_scene(services, "announcement", {"text": TEXT, "then": "menu"}, 7)
    assert len(url) < 200
    assert "Zentrale" not in url
    assert spoken(twilio.scene(twilio.calls(), target(url))) == [TEXT]


def test_a_short_text_stays_in_the_url(services):
    url = url_of_scene(services, "announcement", {"text": "One moment."})
    assert urlsplit(url).query == "text=One+moment."


def test_a_long_introduction_is_named_by_the_url_of_the_leg(twilio, services):
    url = url_of_scene(services, "transfer", {"to": "+14155550188", "introduction": TEXT[:500]}, 7)
    document = twilio.scene(twilio.calls(), target(url))
    leg = ElementTree.fromstring(document).find(".//Number").get("url")
    assert len(leg) < 200
    assert spoken(twilio.scene(twilio.calls(), target(leg))) == [TEXT[:500]]


def test_a_place_names_its_stored_text(twilio, services, registry):
    url = url_of_scene(services, "announcement", {"text": TEXT})
    call_sid = twilio.calls()
    twilio.scene(call_sid, target(url))
    held = url_of_scene(
        services, "hold", {"back": f"scenes/{target(registry.calls.get(call_sid).scene_url)}"}
    )
    assert len(held) < 200


def test_an_unknown_id_leads_to_an_apology(twilio):
    document = twilio.scene(twilio.calls(), "announcement?stored=unknown")
    assert spoken(document) == ["One moment, please."]


def test_equal_texts_share_a_row_that_is_deleted_once_no_call_can_use_it(services):
    first, second = (url_of_scene(services, "announcement", {"text": TEXT}, number) for number in (1, 2))
    params_id = first.partition("stored=")[2].partition("&")[0]
    assert params_id == second.partition("stored=")[2].partition("&")[0]
    duty = OldSceneParamsDuty(services, Event())
    for age, is_kept in ((KEPT - timedelta(minutes=1), True), (KEPT + timedelta(minutes=1), False)):
        with freeze_time(now() + age):
            duty.run()
        assert bool(services.registry.scene_params.load(params_id)) == is_kept
