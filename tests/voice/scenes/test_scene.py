"""The document that a scene returns."""

from __future__ import annotations

from xml.etree import ElementTree

from tests.support.clients import settings
from voice.scenes import all_scenes
from voice.scenes.visit import Visit


def test_characters_that_xml_forbids_are_left_out_of_the_document():
    visit = Visit(config=settings(), query={"text": "Tea\x1f is \x00ready\ufffe"})
    document = ElementTree.fromstring(all_scenes()["announcement"].twiml(visit))
    assert document.findtext("Say") == "Tea is ready"
