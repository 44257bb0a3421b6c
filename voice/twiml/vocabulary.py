"""The vocabulary of TwiML Voice: elements, their children and their attributes, read from the SDK's classes.

In `twilio.twiml.voice_response`, every element is a class. Every element that is allowed inside it is a method, whose
parameters are the attributes and the text. Calling each method once, with the name of each parameter as its value,
shows them in the spelling of TwiML. A newer SDK adds its new verbs without a change here.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from twilio.twiml import TwiML
from twilio.twiml import voice_response as sdk

# Documented by Twilio, but missing in twilio 9.13. A test fails when the SDK has it.
# https://www.twilio.com/docs/voice/twiml/dial https://www.twilio.com/docs/voice/twiml/recording
LATE_ATTRIBUTES: Mapping[type[TwiML], tuple[str, ...]] = {
    sdk.Dial: ("callReason",),
    sdk.Recording: ("name",),
}
LATE_CHILDREN: Mapping[type[TwiML], tuple[Callable[..., TwiML], ...]] = {sdk.Stop: (sdk.Start.recording,)}


class Element(NamedTuple):
    """An element, as it is allowed inside a certain parent.

    `text` is the SDK's name for the characters inside ("message", "url", "phone_number"); None if text is not allowed.
    """

    name: str
    kind: type
    attributes: tuple[str, ...]
    text: str | None
    text_required: bool

    @property
    def children(self) -> Mapping[str, "Element"]:
        """The elements that are allowed inside, by name."""
        return _children(self.kind)


RESPONSE = Element("Response", sdk.VoiceResponse, (), None, False)


@cache
def all_elements() -> Mapping[str, tuple[Element, tuple[str, ...]]]:
    """Every element by name, as it is allowed inside one of its parents, with the names of all parents."""
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
    """The element that a method builds. Its parent may be any TwiML: the methods only append a node to it."""
    parameters = dict(inspect.signature(method).parameters)
    optional = {name for name, one in parameters.items() if one.default is None}
    names = [name for name, one in parameters.items() if one.kind is one.POSITIONAL_OR_KEYWORD][1:]
    node = method(TwiML(), **{name: name for name in names})
    attributes = (*node.attrs, *LATE_ATTRIBUTES.get(type(node), ()))
    return Element(node.name, type(node), attributes, node.value, node.value not in {None, *optional})
