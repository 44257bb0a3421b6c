"""Whether a document rings a phone, and which documents may follow it."""

from collections.abc import Iterator

from voice.twiml.document import Node, parse

# Nouns of <Dial> that connect the caller to what is there already.
# https://www.twilio.com/docs/voice/twiml/conference, https://www.twilio.com/docs/voice/twiml/queue
WITHOUT_PHONE = ("Conference", "Queue")


def rings_phone(twiml: str) -> bool:
    """True for a <Dial> of a party, a <Refer>, and an <Enqueue> whose workflow rings an agent.

    Source: https://www.twilio.com/docs/voice/twiml/refer, https://www.twilio.com/docs/voice/twiml/enqueue#attributes-workflow-sid
    """
    return any(map(_rings, _nodes(parse(twiml))))


def following_documents(twiml: str) -> list[str]:
    """The URLs of the documents that Twilio requests after parts of this one, as they are written."""
    nodes = list(_nodes(parse(twiml)))
    actions = [node.attributes["action"] for node in nodes if node.attributes.get("action")]
    return [*actions, *(node.text.strip() for node in nodes if node.name == "Redirect")]


def _rings(node: Node) -> bool:
    if node.name == "Dial":
        return bool(node.text.strip()) or any(noun.name not in WITHOUT_PHONE for noun in node.children)
    return node.name == "Refer" or (node.name == "Enqueue" and "workflowSid" in node.attributes)


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _nodes(child)
