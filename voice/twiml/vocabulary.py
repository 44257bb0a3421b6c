"""The elements of TwiML Voice, what stands inside what, and their attributes: asked of the SDK's own classes.

In `twilio.twiml.voice_response` every element is a class, and every element that can stand inside it a
method whose parameters are its attributes and its text. Calling each method once, with each parameter holding
its own name, shows them in the spelling of TwiML. A newer SDK brings its new verbs along.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from twilio.twiml import TwiML
from twilio.twiml import voice_response as sdk

# All that Twilio documents and twilio 9.13 does not have; a test says when it can go.
# https://www.twilio.com/docs/voice/twiml/dial https://www.twilio.com/docs/voice/twiml/recording
LATE_ATTRIBUTES: Mapping[type[TwiML], tuple[str, ...]] = {
    sdk.Dial: ("callReason",),
    sdk.Recording: ("name",),
}
LATE_CHILDREN: Mapping[type[TwiML], tuple[Callable[..., TwiML], ...]] = {sdk.Stop: (sdk.Start.recording,)}


class Element(NamedTuple):
    """What TwiML says about an element in a certain place.

    `text` is the SDK's word for the characters inside ("message", "url", "phone_number"), or None where none
    can stand.
    """

    name: str
    kind: type
    attributes: tuple[str, ...]
    text: str | None
    text_required: bool

    @property
    def children(self) -> Mapping[str, "Element"]:
        """What can stand inside it, by name."""
        return _children(self.kind)


RESPONSE = Element("Response", sdk.VoiceResponse, (), None, False)


@cache
def everywhere() -> Mapping[str, tuple[Element, tuple[str, ...]]]:
    """Every element by name: what it is in one place where it can stand, and the names of all its parents."""
    found: dict[str, tuple[Element, tuple[str, ...]]] = {RESPONSE.name: (RESPONSE, ())}
    for parent, element in _nestings():
        first, parents = found.get(element.name, (element, ()))
        found[element.name] = (first, (*parents, parent))
    return found


def _nestings() -> Iterator[tuple[str, Element]]:
    waiting, seen = [RESPONSE], {RESPONSE.kind}
    while waiting:
        parent = waiting.pop(0)
        for element in parent.children.values():
            yield parent.name, element
            if element.kind not in seen:
                seen.add(element.kind)
                waiting.append(element)


@cache
def _children(kind: type) -> Mapping[str, Element]:
    own = [member for name, member in vars(kind).items() if not name.startswith("_") and callable(member)]
    elements = [_element(method) for method in (*own, *LATE_CHILDREN.get(kind, ()))]
    return {element.name: element for element in elements}


def _element(method: Callable[..., TwiML]) -> Element:
    """What a method builds. Any TwiML will do for its parent: the methods only nest a new node in it."""
    parameters = dict(inspect.signature(method).parameters)
    optional = {name for name, one in parameters.items() if one.default is None}
    names = [name for name, one in parameters.items() if one.kind is one.POSITIONAL_OR_KEYWORD][1:]
    node = method(TwiML(), **{name: name for name in names})
    attributes = (*node.attrs, *LATE_ATTRIBUTES.get(type(node), ()))
    return Element(node.name, type(node), attributes, node.value, node.value not in {None, *optional})
