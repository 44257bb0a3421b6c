"""A place: where a caller is and can be brought back to, as it travels in the parameter `back` of a URL.

It is the path of a webhook below `/voice/` with its query, and with what the caller had keyed or said on the
way there, which a scene reads again as if they had just done so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import Field

from voice.config import Config
from voice.validation import Pattern

INPUTS = ("Digits", "SpeechResult", "DialCallStatus", "QueueResult", "RecordingDuration")
_PASSING = ("command", "retry")  # belong to the visit, not to the place

Back = Annotated[
    str | None,
    Field(max_length=3000, title="Place to go back to"),
    Pattern(r"(incoming|scenes/[a-z_]{1,64})(\?[!-~]*)?", "Enter a place like scenes/menu."),
]


def place_of(config: Config, url: str | None, inputs: Mapping[str, str] | None) -> str | None:
    """The place that a scene's URL stands for; None for one that is not a webhook of ours."""
    below = f"{config['PUBLIC_URL']}/voice/"
    if not url or not url.startswith(below):
        return None
    path, _, query = url.removeprefix(below).partition("?")
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in _PASSING]
    named = {name for name, _ in kept}
    kept += [(name, value) for name, value in (inputs or {}).items() if name not in named]
    return f"{path}?{urlencode(kept)}" if kept else path


def back_in(url: str | None) -> str | None:
    """The place that a scene's URL names as the one to go back to, or None."""
    return dict(parse_qsl(urlsplit(url or "").query)).get("back")


def url_of_place(config: Config, place: str, command_id: int | None = None) -> str:
    """The absolute URL of a place, with the command that leads there."""
    url = f"{config['PUBLIC_URL']}/voice/{place}"
    return with_command(url, command_id) if command_id is not None else url


def with_command(url: str, command_id: int) -> str:
    """The address with the command that leads there, so that the visit confirms it."""
    parts = urlsplit(url)
    query = f"command={command_id}&{parts.query}".removesuffix("&")  # in front, where the first one is read
    return urlunsplit(parts._replace(query=query))
