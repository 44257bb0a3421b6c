"""The choices of a select field or of a row of checkboxes."""

from __future__ import annotations

WEEKDAYS = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday",
    "sun": "Sunday",
}  # fmt: skip
OTHER_LABELS = {"true": "Yes", "false": "No", "back": "Previous scene"}
NOT_SET = "Not set"


def choice_label(word: str) -> str:
    """The label of a value that a schema allows: `both_tracks` is shown as `Both tracks`."""
    known = WEEKDAYS.get(word) or OTHER_LABELS.get(word)
    words = word.replace("_", " ").replace("-", " ")
    return known or f"{words[:1].upper()}{words[1:]}"
