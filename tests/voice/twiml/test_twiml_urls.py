"""URLs in inline TwiML: each becomes absolute, or the document is refused."""

import inspect
import re
from collections.abc import Iterator

import pytest
from twilio.twiml import lower_camel
from twilio.twiml import voice_response as sdk

from voice.twiml import TwimlRefused, check
from voice.twiml.checker import NEEDS_ACTION
from voice.twiml.urls import attributes_with_urls, schemes_of
from voice.twiml.vocabulary import RESPONSE, Element, all_elements

BASE = "https://app.example/ivr"

ABSOLUTE = {
    "https://other.example/a?b=c#rc=2": "https://other.example/a?b=c#rc=2",
    "HTTP://user:pw@other.example:8080/a/../b": "HTTP://user:pw@other.example:8080/a/../b",
    "https://other.example": "https://other.example",
    "//other.example/a": "https://other.example/a",
    "/voice/scenes/menu?to=%2B1": "https://app.example/voice/scenes/menu?to=%2B1",
    "voice/scenes/menu": "https://app.example/ivr/voice/scenes/menu",
    "./menu#rc=2": "https://app.example/ivr/menu#rc=2",
    "../menu": "https://app.example/menu",
    "\n  /menu  \n": "https://app.example/menu",
    "/ménu?q=ü": "https://app.example/ménu?q=ü",
}


@pytest.mark.parametrize(("url", "sent"), ABSOLUTE.items())
@pytest.mark.parametrize("base", [BASE, BASE + "/"])
def test_urls_become_absolute_in_text_and_attributes(url, sent, base):
    assert check(f"<Response><Redirect>{url}</Redirect></Response>", base) == (
        f"<Response><Redirect>{sent}</Redirect></Response>"
    )
    inside = check(f"<Response><Gather action='{url}'><Play>{url}</Play></Gather></Response>", base)
    assert inside == f'<Response><Gather action="{sent}"><Play>{sent}</Play></Gather></Response>'


def test_an_ampersand_is_escaped_once():
    sent = check("<Response><Redirect>/a?b=1&amp;c=2</Redirect></Response>", BASE)
    assert sent == "<Response><Redirect>https://app.example/a?b=1&amp;c=2</Redirect></Response>"


REFUSED = {
    "": "empty",
    "   ": "empty",
    "javascript:alert(1)": "must start with https: or http:",
    "file:///etc/passwd": "must start with https: or http:",
    "localhost:8000/a": "must start with https: or http:",
    "ftp://h.example/a": "must start with https: or http:",
    "wss://h.example/a": "must start with https: or http:",
    "https://": "has no host",
    "https:///a": "has no host",
    "//": "has no host",
    "///a": "has no host",
    "http:menu": "has no host",
    "http://[::1": "is not a URL",
    "//h.example:99999/a": "is not a URL",
    "https://h.example:x/": "is not a URL",
    "https://h℀.example/": "is not a URL",
    "/a b": "Remove blanks and backslashes",
    "/a&#10;b": "Remove blanks and backslashes",
    "/\\h.example/a": "Remove blanks and backslashes",
    "?digits=1": "no URL to add this to",
    "#rc=2": "no URL to add this to",
}


@pytest.mark.parametrize(("url", "reason"), REFUSED.items())
def test_an_invalid_url_is_refused(url, reason):
    with pytest.raises(TwimlRefused, match=reason) as refusal:
        check(f"<Response>\n<Dial action='{url}'>+1</Dial></Response>", BASE)
    assert [(finding.line, finding.column) for finding in refusal.value.findings] == [(2, 1)]
    assert refusal.value.findings[0].message.startswith("'action' of <Dial> ")


def in_dial(noun):
    return f"<Response><Dial>{noun}</Dial></Response>"


@pytest.mark.parametrize(
    ("twiml", "sent"),
    [
        (in_dial("<Conference waitUrl=''>a</Conference>"), in_dial('<Conference waitUrl="">a</Conference>')),
        ("<Response><Enqueue waitUrl=''>q</Enqueue></Response>",) * 2,
        (in_dial("<Sip>sip:a@b.example<Headers><Header name='X-A' value='1'/></Headers></Sip>"),) * 2,
        (in_dial("<Sip>sip:a@b.example:5060;transport=tcp?x-a=1</Sip>"),) * 2,
        (
            in_dial("<Sip><Uri> SIPS:a@b.example </Uri></Sip>"),
            in_dial("<Sip><Uri>SIPS:a@b.example</Uri></Sip>"),
        ),
        ("<Response><Refer><Sip>sip:a@b.example</Sip></Refer></Response>",) * 2,
        (
            "<Response><Connect><Stream url='/media'/></Connect></Response>",
            '<Response><Connect><Stream url="wss://app.example/media"/></Connect></Response>',
        ),
        ("<Response><Start><Stream url='wss://h.example/'/></Start></Response>",) * 2,
        ("<Response><Pay action='https://h.example/'/></Response>",) * 2,
        ("<Response><Play digits='1w2'/></Response>",) * 2,
    ],
)
def test_attributes_with_their_own_schemes(twiml, sent):
    assert check(twiml, BASE) == sent.replace("'", '"')


@pytest.mark.parametrize(
    ("twiml", "reason"),
    [
        (
            in_dial("<Conference statusCallback=''>a</Conference>"),
            "'statusCallback' of <Conference> is empty",
        ),
        (in_dial("<Sip>bob</Sip>"), "<Sip> has 'bob', but must start with sip: or sips:"),
        (in_dial("<Sip>sip:</Sip>"), "<Sip> has 'sip:', which has no host"),
        (in_dial("<Sip><Uri>https://a.example</Uri></Sip>"), "<Uri> has 'https://a.example', but must"),
        ("<Response><Start><Stream url='https://h'/></Start></Response>", "'url' of <Stream> .* wss:"),
        ("<Response><Start><Stream url='ws://h'/></Start></Response>", "'url' of <Stream> .* wss:"),
        (
            "<Response><Connect><ConversationRelay url='http://h'/></Connect></Response>",
            "must start with wss:",
        ),
        ("<Response><Pay action='http://h.example/'/></Response>", "'action' of <Pay> .* start with https:"),
        ("<Response><Redirect/></Response>", "<Redirect> needs a URL: .* none of its own"),
        ("<Response><Redirect> \n </Redirect></Response>", "<Redirect> needs a URL"),
        ("<Response><Play/></Response>", "<Play> needs the URL of a sound, or 'digits'"),
        ("<Response><Gather/></Response>", "<Gather> needs an 'action'"),
        ("<Response><Gather action=''/></Response>", "'action' of <Gather> is empty"),
        ("<Response><Record/></Response>", "<Record> needs an 'action'"),
        ("<Response><Pay/></Response>", "<Pay> needs an 'action'"),
    ],
)
def test_refusals_of_attributes_with_their_own_schemes(twiml, reason):
    with pytest.raises(TwimlRefused, match=reason) as refusal:
        check(twiml, BASE)
    assert len(refusal.value.findings) == 1


def test_the_sdk_describes_exactly_these_attributes_as_urls():
    described = set()
    for _, kind in inspect.getmembers(sdk, inspect.isclass):
        for _, method in inspect.getmembers(kind, inspect.isfunction):
            documented = re.findall(r":param (\w+): (.*)", method.__doc__ or "")
            described |= {
                name for name, words in documented if re.search(r"URL$|^(The )?URL|^Webhook", words)
            }
    described -= {name for name in described if name.endswith(("_method", "_event"))}
    ours = {name for element, _ in all_elements().values() for name in attributes_with_urls(element)}
    assert {lower_camel(name) for name in described} == ours | {"sipUrl"}, "that one is a text"


def places_of_urls() -> Iterator[tuple[str, str]]:
    """Each attribute and text of TwiML that holds a URL, as an element and what is inside it."""
    for element, _ in all_elements().values():
        for name in attributes_with_urls(element):
            yield element.name, name
        if element.text == "url":
            yield element.name, ""


def path_to(name: str) -> list[Element]:
    """The elements that lead from the response to this one, on the shortest way."""
    paths = [[RESPONSE]]
    while paths[0][-1].name != name:
        path = paths.pop(0)
        paths += [[*path, child] for child in path[-1].children.values()]
    return paths[0]


@pytest.mark.parametrize(("name", "attribute"), sorted(set(places_of_urls())))
def test_every_url_is_checked_against_the_allowed_hosts(name, attribute):
    *outer, element = path_to(name)
    scheme = schemes_of(element, attribute)[0]
    foreign = f"{scheme}://evil.example/x"
    needed = ' action="/x"' if name in NEEDS_ACTION and attribute != "action" else ""
    given, inside = (f' {attribute}="{foreign}"', "") if attribute else ("", foreign)
    if attribute and element.text and element.text_required:
        inside = "+14155550100"
    before = "".join(f"<{one.name}>" for one in outer)
    after = "".join(f"</{one.name}>" for one in reversed(outer))
    asked: list[str] = []

    def problem(url: str) -> str | None:
        asked.append(url)
        return "Refused." if url == foreign else None

    with pytest.raises(TwimlRefused, match=re.escape(f"has '{foreign}'. Refused.")):
        check(f"{before}<{name}{needed}{given}>{inside}</{name}>{after}", BASE, problem)
    assert foreign in asked
