"""States of calls, commands, plans, and runs: the word on the page, and the tone that gives shape and color."""

from __future__ import annotations

from voice.web.console.blueprint import blueprint

TONES = {
    "in-progress": "good", "ringing": "wait", "queued": "wait", "initiated": "wait",
    "completed": "over", "canceled": "over", "no-answer": "over", "busy": "over", "failed": "bad",
    "requested": "wait", "accepted": "wait", "confirmed": "good", "refused": "bad", "unconfirmed": "unsure",
    "planned": "wait", "running": "good", "done": "over", "cancelled": "over", "missed": "bad", "run": "good",
}  # fmt: skip
WORDS = {"planned": "scheduled", "run": "done", "cancelled": "canceled"}  # where the API's word is another


@blueprint.app_template_filter("tone")
def tone(state: str) -> str:
    """The CSS class of a state."""
    return TONES.get(state, "over")


@blueprint.app_template_filter("state_word")
def state_word(state: str) -> str:
    """The word for a state, in lower case."""
    return WORDS.get(state, state).replace("-", " ")


@blueprint.app_template_filter("state_label")
def state_label(state: str) -> str:
    """The word for a state as a label, such as `In progress`."""
    return state_word(state).capitalize()


@blueprint.app_template_global("tones")
def tones() -> dict[str, str]:
    """All tones, for scripts that draw states."""
    return TONES
