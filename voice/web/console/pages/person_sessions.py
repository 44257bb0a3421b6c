"""The open sessions of a person, for admins, who can end each of them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from voice.errors import NotFound
from voice.web.console.blueprint import blueprint
from voice.web.guards import actor, open_to, services
from voice.web.session_user import sign_in_rules, user


@blueprint.get("/people/<name>/sessions")
@open_to("admin")
def person_sessions(name: str) -> str:
    """The open sessions of a person."""
    if services().registry.operators.get(name) is None:
        raise NotFound("There is no such person.")
    return render_template(
        "console/person_sessions.html",
        name=name,
        sessions=sign_in_rules().sessions_of(name),
        current_session=user().session.session_hash,
    )


@blueprint.post("/people/<name>/sessions/<session_hash>/end")
def end_session_of_person(name: str, session_hash: str) -> ResponseReturnValue:
    """End one session of a person."""
    if not services().registry.sessions.close(session_hash, name, actor()):
        raise NotFound("This session has ended already.")
    flash(f"The session of {name} is ended.")
    return redirect(url_for("console.person_sessions", name=name), 303)
