"""People: who may sign in, with which role, and the API tokens of scripts."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from voice.errors import Malformed, WrongState
from voice.operators.roles import ROLES
from voice.operators.sign_in_links import sign_in_link
from voice.registry.tokens import MOST_DAYS, VALID_DAYS
from voice.web.console.blueprint import Entry, blueprint
from voice.web.console.identity import changes_access
from voice.web.guards import actor, open_to, operator, services
from voice.web.session_user import sign_in_rules

ENTRY = Entry("People", "console.people", 80, "admin")


@blueprint.get("/people")
@open_to("admin")
def people() -> str:
    """All people and tokens."""
    return _page()


@blueprint.post("/people")
@changes_access
def add_person() -> ResponseReturnValue:
    """Add a person, and show their sign-in link once."""
    name = request.form.get("name", "").strip()
    try:
        services().registry.operators.add(name, _role(), actor())
    except Malformed as error:
        return _page(name_error=error.message, name=name), 422
    return _page(link=_link(name), link_owner=name), 201


@blueprint.post("/people/<name>/link")
@changes_access
def new_link(name: str) -> ResponseReturnValue:
    """Show a new sign-in link, for a forgotten password."""
    return _page(link=_link(name), link_owner=name), 201


@blueprint.post("/people/<name>/role")
@changes_access
def set_role(name: str) -> ResponseReturnValue:
    """Change a role; it applies from the person's next request."""
    _require_other_person(name)
    services().registry.operators.set_role(name, _role(), actor())
    flash(f"{name} has the role {_role()}.")
    return _back()


@blueprint.post("/people/<name>/disable")
@changes_access
def disable_person(name: str) -> ResponseReturnValue:
    """Sign a person out everywhere and keep them out."""
    _require_other_person(name)
    services().registry.operators.disable(name, actor())
    flash(f"{name} is signed out everywhere and cannot sign in.")
    return _back()


@blueprint.post("/people/<name>/enable")
@changes_access
def enable_person(name: str) -> ResponseReturnValue:
    """Let a disabled person sign in again."""
    services().registry.operators.enable(name, actor())
    flash(f"{name} can sign in again.")
    return _back()


@blueprint.post("/tokens")
@changes_access
def make_token() -> ResponseReturnValue:
    """Create a token, and show it once."""
    name = request.form.get("name", "").strip()
    try:
        token = services().registry.tokens.create(name, _role(), actor(), _days())
    except Malformed as error:
        return _page(token_error=error.message, token_name=name), 422
    return _page(token=token, token_owner=name), 201


@blueprint.post("/tokens/<path:name>/revoke")
@changes_access
def revoke_token(name: str) -> ResponseReturnValue:
    """Revoke a token at once."""
    services().registry.tokens.revoke(name, actor())
    flash(f"The token {name} is revoked.")
    return _back()


def _page(**more: str) -> str:
    registry = services().registry
    everyone = registry.operators.all()
    return render_template(
        "console/people.html",
        people=everyone,
        session_counts={one.name: len(sign_in_rules().sessions_of(one.name)) for one in everyone},
        tokens=registry.tokens.all(),
        roles=ROLES,
        valid_days=VALID_DAYS,
        most_days=MOST_DAYS,
        own_name=operator().name,
        **more,
    )


def _role() -> str:
    role = request.form.get("role", "")
    if role not in ROLES:
        raise Malformed(f"Choose one of the roles {', '.join(ROLES)}.")
    return role


def _days() -> int:
    """The days until the token expires."""
    days = request.form.get("days", str(VALID_DAYS))
    return int(days) if days.isdecimal() and len(days) < 9 else 0


def _link(name: str) -> str:
    return sign_in_link(services().config, services().registry, name, actor())


def _require_other_person(name: str) -> None:
    """Raises WrongState for the admin's own account, so that they do not lock themselves out."""
    if name == operator().name:
        raise WrongState(
            "You cannot change your own account here. Ask another admin, or use `flask operators`."
        )


def _back() -> ResponseReturnValue:
    return redirect(url_for("console.people"), 303)
