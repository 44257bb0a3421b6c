"""People: who may sign in, with which role; and the bearer tokens of scripts."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from voice.errors import Malformed, WrongState
from voice.operators.roles import ROLES
from voice.operators.sign_in_links import sign_in_link
from voice.web.console.blueprint import Entry, blueprint
from voice.web.guards import open_to, operator, services

ENTRY = Entry("People", "console.people", 80, "admin")


@blueprint.get("/people")
@open_to("admin")
def people() -> str:
    """Everybody, and every token."""
    return _shown()


@blueprint.post("/people")
def add_person() -> ResponseReturnValue:
    """A new person; the link that signs them in is shown once."""
    name = request.form.get("name", "").strip()
    try:
        services().registry.operators.add(name, _role())
    except Malformed as error:
        return _shown(wrong_name=error.message, name=name), 422
    return _shown(link=_link(name), link_of=name), 201


@blueprint.post("/people/<name>/link")
def new_link(name: str) -> ResponseReturnValue:
    """For a forgotten password."""
    return _shown(link=_link(name), link_of=name), 201


@blueprint.post("/people/<name>/role")
def set_role(name: str) -> ResponseReturnValue:
    """It counts from their next request on."""
    _not_oneself(name)
    services().registry.operators.set_role(name, _role())
    flash(f"{name} is {_role()} now.")
    return _back()


@blueprint.post("/people/<name>/disable")
def disable_person(name: str) -> ResponseReturnValue:
    """Signed out everywhere, and kept out."""
    _not_oneself(name)
    services().registry.operators.disable(name)
    services().registry.sessions.close_all(name)
    flash(f"{name} is signed out everywhere, and cannot sign in.")
    return _back()


@blueprint.post("/people/<name>/enable")
def enable_person(name: str) -> ResponseReturnValue:
    """Let in again."""
    services().registry.operators.enable(name)
    flash(f"{name} can sign in again.")
    return _back()


@blueprint.post("/tokens")
def make_token() -> ResponseReturnValue:
    """A new token, shown this once."""
    name = request.form.get("name", "").strip()
    try:
        token = services().registry.tokens.create(name, _role())
    except Malformed as error:
        return _shown(wrong_token=error.message, token_name=name), 422
    return _shown(token=token, token_of=name), 201


@blueprint.post("/tokens/<path:name>/revoke")
def revoke_token(name: str) -> ResponseReturnValue:
    """Worthless at once."""
    services().registry.tokens.revoke(name)
    flash(f"The token {name} opens nothing any more.")
    return _back()


def _shown(**more: str) -> str:
    registry = services().registry
    everybody = registry.operators.all()
    return render_template(
        "console/people.html",
        people=everybody,
        open_sessions={person.name: len(registry.sessions.of_operator(person.name)) for person in everybody},
        tokens=registry.tokens.all(),
        roles=ROLES,
        me=operator().name,
        **more,
    )


def _role() -> str:
    role = request.form.get("role", "")
    if role not in ROLES:
        raise Malformed(f"the role should be one of: {', '.join(ROLES)}")
    return role


def _link(name: str) -> str:
    return sign_in_link(services().config, services().registry, name)


def _not_oneself(name: str) -> None:
    """Nobody locks themselves out by a slip."""
    if name == operator().name:
        raise WrongState("that is you: ask another admin, or use `flask operators`")


def _back() -> ResponseReturnValue:
    return redirect(url_for("console.people"), 303)
