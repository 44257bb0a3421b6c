"""Messages as sentences."""

from __future__ import annotations

from voice.validation import as_sentence
from voice.web.console.blueprint import blueprint


@blueprint.app_template_filter("sentence")
def sentence(text: str) -> str:
    """A message with a capital letter and a full stop; an empty one stays empty."""
    return as_sentence(text) if text else ""
