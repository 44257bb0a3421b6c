"""A place: where a caller is and can be returned to. It travels in the parameter `back` of a URL.

A place is the path of a webhook below `/voice/` with its query, and with the keys or speech of the caller that led
there. A scene reads them again as if the caller had just entered them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import Field

from voice.config import Config
from voice.validation import Pattern

INPUTS = ("Digits", "SpeechResult", "DialCallStatus", "QueueResult", "RecordingDuration")
_OF_VISIT = ("command", "retry", "visit")  # query parameters of one visit, not of the place

Back = Annotated[
    str | None,
    Field(max_length=3000, title="Place to return to"),
    Pattern(r"(incoming|scenes/[a-z_]{1,64})(\?[!-~]*)?", "Enter a place like scenes/menu."),
]


def place_of(config: Config, url: str | None, inputs: Mapping[str, str] | None) -> str | None:
    """The place of a URL; None if the URL is not a webhook of this app."""
    below = f"{config['PUBLIC_URL']}/voice/"
    if not url or not url.startswith(below):
        return None
    path, _, query = url.removeprefix(below).partition("?")
    kept = [
        (name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in _OF_VISIT
    ]
    named = {name for name, _ in kept}
    kept += [(name, value) for name, value in (inputs or {}).items() if name not in named]
    return f"{path}?{urlencode(kept)}" if kept else path


def back_in(url: str | None) -> str | None:
    """The place in the parameter `back` of a URL, or None."""
    return dict(parse_qsl(urlsplit(url or "").query)).get("back")


def url_of_place(config: Config, place: str, command_id: int | None = None, number: int = 1) -> str:
    """The absolute URL of a place, with the id of the command that leads there and the number of the visit."""
    url = f"{config['PUBLIC_URL']}/voice/{place}"
    if number > 1:
        url = with_visit(url, number)
    return with_command(url, command_id) if command_id is not None else url


def with_command(url: str, command_id: int) -> str:
    """The URL with the id of the command that leads there: the visit confirms the command."""
    return _with_first(url, "command", command_id)


def with_visit(url: str, number: int) -> str:
    """The URL with the number of the visit, which no earlier visit of the call has had."""
    return _with_first(url, "visit", number)


def _with_first(url: str, name: str, value: int) -> str:
    """The URL with a parameter in front of the others, because the first value of a name is read."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=f"{name}={value}&{parts.query}".removesuffix("&")))
