"""Places: a scene with its parameters and the input that led there survive in a URL."""

from __future__ import annotations

import pytest

from tests.support.clients import PUBLIC_URL, settings
from voice.config import load
from voice.scenes.place import back_in, place_of, url_of_place

CONFIG = load(settings(), dotenv=None)


@pytest.mark.parametrize(
    ("url", "inputs", "place"),
    [
        ("/incoming", None, "incoming"),
        ("/scenes/menu?attempt=2", None, "scenes/menu?attempt=2"),
        ("/scenes/menu?command=7&attempt=2&retry=1", None, "scenes/menu?attempt=2"),
        ("/scenes/choice?attempt=1", {"Digits": "9#"}, "scenes/choice?attempt=1&Digits=9%23"),
        ("/scenes/choice?Digits=9", {"Digits": "1"}, "scenes/choice?Digits=9"),
        ("/scenes/announcement?text=a%20b%2Bc+d", None, "scenes/announcement?text=a+b%2Bc+d"),
    ],
)
def test_a_place_holds_the_scene_its_parameters_and_the_input(url, inputs, place):
    assert place_of(CONFIG, f"{PUBLIC_URL}/voice{url}", inputs) == place


@pytest.mark.parametrize(
    "url", [None, "", "https://other.example/voice/incoming", f"{PUBLIC_URL}/admin/calls"]
)
def test_a_url_of_another_app_or_route_has_no_place(url):
    assert place_of(CONFIG, url, None) is None


def test_the_url_of_a_place_carries_the_command():
    assert (
        url_of_place(CONFIG, "scenes/menu?attempt=2", 7)
        == f"{PUBLIC_URL}/voice/scenes/menu?command=7&attempt=2"
    )
    assert url_of_place(CONFIG, "incoming") == f"{PUBLIC_URL}/voice/incoming"


def test_a_place_nested_in_a_place_survives():
    inner = "scenes/choice?attempt=1&Digits=9%23"
    outer = place_of(
        CONFIG, f"{PUBLIC_URL}/voice/scenes/hold?back={inner.replace('%', '%25').replace('&', '%26')}", None
    )
    assert back_in(url_of_place(CONFIG, outer, 7)) == inner
