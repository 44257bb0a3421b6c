"""The check of inline TwiML, and the document that Twilio receives."""

import difflib
from collections.abc import Callable, Iterable

from voice.twiml.document import Node, Text, parse, serialize
from voice.twiml.findings import Finding, TwimlRefused, shortened
from voice.twiml.urls import (
    MAY_BE_EMPTY,
    SIP,
    NotAUrl,
    absolute,
    attributes_with_urls,
    schemes_of,
    schemes_of_text,
)
from voice.twiml.vocabulary import RESPONSE, Element, all_elements

MAX_SENT_LENGTH = 4_000  # https://www.twilio.com/docs/voice/api/call-resource
MAX_FINDINGS = 20
# Without an action Twilio requests the URL of the current document, and an update with TwiML has none:
# https://www.twilio.com/docs/api/errors/11100 https://www.twilio.com/docs/api/errors/15004
NEEDS_ACTION = ("Gather", "Record", "Pay")


def _no_problem(_url: str) -> str | None:
    return None


def check(twiml: str, base_url: str, problem: Callable[[str], str | None] = _no_problem) -> str:
    """The document to send: the same verbs, with every URL made absolute against the folder `base_url`.

    `problem` says what is wrong with an absolute URL, in a sentence. It is not asked about the SIP address of a phone.

    Raises TwimlRefused, and nothing else, with up to 20 findings, or with the position where the XML is malformed.
    """
    root = parse(twiml)
    walk = _Check(base_url, problem)
    walk.document(root)
    wire = serialize(root)
    if len(wire) > MAX_SENT_LENGTH:
        walk.note(root, f"Shorten the document from {len(wire):,} to {MAX_SENT_LENGTH:,} characters.")
    if walk.findings:
        raise TwimlRefused(walk.findings)
    return wire


class _Check:
    """A walk through one document: collects findings, makes URLs absolute, drops blanks between verbs."""

    def __init__(self, base_url: str, problem: Callable[[str], str | None]) -> None:
        self.findings: list[Finding] = []
        self._base_url, self._problem = base_url, problem

    def note(self, place: Node | Text, message: str) -> None:
        """Add a finding. Raises TwimlRefused after MAX_FINDINGS."""
        if len(self.findings) == MAX_FINDINGS:
            last = self.findings.pop()
            rest = last._replace(message=f"{last.message} There are more problems: the check stopped here.")
            raise TwimlRefused([*self.findings, rest])
        self.findings.append(Finding(place.line, place.column, message))

    def document(self, root: Node) -> None:
        if root.name == RESPONSE.name:
            self._element(root, RESPONSE)
        else:
            self.note(root, f"Start the document with <Response>, not <{shortened(root.name)}>.")

    def _element(self, node: Node, element: Element) -> None:
        self._attributes(node, element)
        self._urls(node, element)
        self._text(node, element)
        for child in node.children:
            if known := self._known(child, element):
                self._element(child, known)

    def _known(self, child: Node, parent: Element) -> Element | None:
        """The element of this name, or of the most similar one, with a finding if it is misplaced or misspelled."""
        if child.name in parent.children:
            return parent.children[child.name]
        if child.name in all_elements():
            element, parents = all_elements()[child.name]
            self.note(
                child, f"<{child.name}> is not allowed inside <{parent.name}>. {_where(parent, parents)}"
            )
            return element
        guess = _nearest(child.name, parent.children) or _nearest(child.name, all_elements())
        self.note(child, f"<{shortened(child.name)}> is not a TwiML verb.{_did_you_mean(guess, '<{}>')}")
        return (parent.children.get(guess) or all_elements()[guess][0]) if guess else None

    def _attributes(self, node: Node, element: Element) -> None:
        for name in node.attributes:
            if name not in element.attributes:
                guess = _did_you_mean(_nearest(name, element.attributes), "'{}'")
                self.note(node, f"'{shortened(name)}' is not an attribute of <{element.name}>.{guess}")
        if element.name in NEEDS_ACTION and "action" not in node.attributes:
            reason = "inline TwiML has no URL that Twilio could request again."
            self.note(node, f"<{element.name}> needs an 'action': {reason}")

    def _urls(self, node: Node, element: Element) -> None:
        for name in attributes_with_urls(element):
            value = node.attributes.get(name)
            if value is None or (value == "" and name in MAY_BE_EMPTY):
                continue
            try:
                node.attributes[name] = self._absolute(value, schemes_of(element, name))
            except NotAUrl as error:
                self.note(node, f"'{name}' of <{element.name}> {error}")

    def _absolute(self, value: str, schemes: tuple[str, ...]) -> str:
        url = absolute(value, self._base_url, schemes)
        problem = None if schemes == SIP else self._problem(url)
        if problem:
            raise NotAUrl(f"has '{shortened(url)}'. {problem}")
        return url

    def _text(self, node: Node, element: Element) -> None:
        if element.text is None:
            self._no_text(node, element)
        elif not node.text.strip():
            self._missing_text(node, element)
        elif schemes := schemes_of_text(element):
            self._address(node, element, schemes)

    def _no_text(self, node: Node, element: Element) -> None:
        stray = [part for part in node.content if isinstance(part, Text) and part.value.strip()]
        node.content = list(node.children)
        if stray:
            hint = " Put it into <Say>." if "Say" in element.children else ""
            self.note(stray[0], f"Text is not allowed inside <{element.name}>.{hint}")

    def _missing_text(self, node: Node, element: Element) -> None:
        if element.name == "Redirect":
            self.note(node, "<Redirect> needs a URL: inline TwiML has none of its own to return to.")
        elif element.name == "Play" and "digits" not in node.attributes:
            self.note(node, "<Play> needs the URL of a sound, or 'digits'.")
        elif element.text and element.text_required:
            self.note(node, f"<{element.name}> is empty. Enter its {element.text.replace('_', ' ')}.")

    def _address(self, node: Node, element: Element, schemes: tuple[str, ...]) -> None:
        try:
            url = self._absolute(node.text, schemes)
        except NotAUrl as error:
            self.note(node, f"<{element.name}> {error}")
        else:
            node.content = [Text(url, node.line, node.column), *node.children]


def _where(parent: Element, parents: tuple[str, ...]) -> str:
    if not parents:
        return "It is always the outermost element."
    if parent is RESPONSE:
        return f"Put it inside {_listed(parents)}."
    if not parent.children:
        return f"<{parent.name}> cannot contain elements."
    return f"Allowed are {_listed(parent.children)}."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"<{name}>" for name in names)


def _nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that differs only in its case, or by a typing error."""
    lower = {candidate.lower(): candidate for candidate in candidates}
    near = difflib.get_close_matches(name.lower(), lower, n=1, cutoff=0.7)
    return lower[near[0]] if near else None


def _did_you_mean(guess: str | None, quoted: str) -> str:
    return f" Did you mean {quoted.format(guess)}?" if guess else ""
