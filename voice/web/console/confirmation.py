"""The question before a change that cannot be undone, for browsers without JavaScript.

A form holds its question in the field `ask-first`. A script asks it in a dialog and submits the form without the field.
If the field arrives here, no script has asked: the answer is a page with the question and the rest of the form.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from voice.web.console.blueprint import blueprint

QUESTION = "ask-first"  # the hyphen keeps it apart from arguments of commands and scenes


@blueprint.before_request
def _ask_first() -> ResponseReturnValue | None:
    """Answer with the question, if the form holds one."""
    if QUESTION not in request.form:
        return None
    left_out = ("csrf_token", QUESTION)
    values = [pair for pair in request.form.items(multi=True) if pair[0] not in left_out]
    return render_template(
        "console/confirm.html", question=request.form[QUESTION], values=values, back=previous_page()
    )


def previous_page() -> str:
    """The console page that sent the form; the live calls if the browser does not say."""
    referrer, start = urlsplit(request.referrer or ""), url_for("console.live")
    is_ours = referrer.netloc == request.host and referrer.path.startswith(start)
    return referrer._replace(scheme="", netloc="").geturl() if is_ours else start
