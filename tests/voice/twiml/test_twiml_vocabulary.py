"""The vocabulary of TwiML: everything that the SDK can write is known, in every position."""

import inspect
import xml.etree.ElementTree as ET

import pytest
from twilio.twiml import TwiML
from twilio.twiml import voice_response as sdk

from voice.twiml import check
from voice.twiml.vocabulary import LATE_ATTRIBUTES, LATE_CHILDREN, RESPONSE, all_elements

# values that make a sensible document; for all other parameters "1" does
VALUES = {"url": "https://a.example/b", "action": "https://a.example/b", "sip_url": "sip:a@b.example"}


def value_for(name, owner):
    if name == "url" and owner in ("stream", "conversation_relay"):
        return "wss://a.example/b"
    return (
        "https://a.example/b"
        if name.endswith(("_url", "_callback")) and name != "sip_url"
        else VALUES.get(name, "1")
    )


def methods(kind):
    return [m for n, m in vars(kind).items() if inspect.isfunction(m) and not n.startswith("_")]


def parameters(method):
    return [name for name in inspect.signature(method).parameters if name not in ("self", "kwargs")]


def every_path():
    """A path through the SDK's classes to every method that builds an element, each once."""
    waiting, seen = [((), sdk.VoiceResponse)], set()
    for path, kind in waiting:
        if kind not in seen:
            seen.add(kind)
            for method in methods(kind):
                yield (*path, method)
                waiting.append(((*path, method), type(built(method))))


def built(method):
    return method(TwiML(), **dict.fromkeys(parameters(method), "1"))


def document(path):
    response = node = sdk.VoiceResponse()
    for method in path:
        node = method(node, **{name: value_for(name, method.__name__) for name in parameters(method)})
        if path[-1] is not method and method.__name__ in ("dial", "sip", "client", "application", "enqueue"):
            node.value = None
    return str(response)


WAYS = list(every_path())


@pytest.mark.parametrize("path", WAYS, ids=[".".join(method.__name__ for method in path) for path in WAYS])
def test_every_document_that_the_sdk_writes_passes_unchanged(path):
    written = document(path)
    sent = check(written, "https://base.example")
    assert ET.canonicalize(sent) == ET.canonicalize(written)


def test_every_class_of_the_sdk_is_reached():
    classes = {kind for _, kind in inspect.getmembers(sdk, inspect.isclass)} - {TwiML, sdk.VoiceResponse}
    reached = {type(built(path[-1])) for path in WAYS}
    assert reached == classes
    assert {kind().name for kind in (sdk.Gather, sdk.SsmlBreak)} < set(all_elements())


def test_attributes_with_special_spellings():
    say = RESPONSE.children["Say"]
    assert {"break", "say-as", "lang"} < set(say.children)
    assert say.children["lang"].attributes == ("xml:lang",)
    assert say.children["say-as"].attributes == ("interpret-as", "format")
    assert "from" in RESPONSE.children["Sms"].attributes
    assert "for" in RESPONSE.children["Pay"].children["Prompt"].attributes
    assert RESPONSE.children["Dial"].children["WhatsApp"].text == "phone_number"


def test_one_name_can_stand_for_two_elements():
    dialed = RESPONSE.children["Dial"].children["Sip"]
    referred = RESPONSE.children["Refer"].children["Sip"]
    assert "username" in dialed.attributes
    assert referred.attributes == ()
    assert all_elements()["Sip"][1] == ("Dial", "Refer")


def test_late_attributes_are_still_missing_in_the_sdk():
    for kind, names in LATE_ATTRIBUTES.items():
        for path in WAYS:
            node = built(path[-1])
            assert type(node) is not kind or not set(names) & set(node.attrs)
    for kind, late in LATE_CHILDREN.items():
        assert not {method.__name__ for method in late} & {method.__name__ for method in methods(kind)}


def test_late_attributes_are_known():
    late = '<Response><Dial callReason="why">+1</Dial><Stop><Recording name="r"/></Stop></Response>'
    assert check(late, "https://base.example") == late
