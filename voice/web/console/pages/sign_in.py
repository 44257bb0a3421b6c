"""Signing in and out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from voice.errors import NotFound, NotSignedIn, TooManyAttempts
from voice.web.console.blueprint import blueprint
from voice.web.guards import EVERYONE, open_to, services
from voice.web.session_user import begin, end, mark_device, sign_in_rules, user, visitor


@blueprint.get("/sign-in")
@open_to(EVERYONE)
def sign_in() -> str:
    """The form."""
    return render_template("console/sign_in.html", next=request.args.get("next"))


@blueprint.post("/sign-in")
@open_to(EVERYONE)
def sign_in_by_password() -> ResponseReturnValue:
    """Into the console, or the form again with what was wrong."""
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    try:
        begin(sign_in_rules().by_password(name, password, visitor()))
    except NotSignedIn as error:
        status = 429 if isinstance(error, TooManyAttempts) else 401
        page = render_template("console/sign_in.html", next=request.form.get("next"), name=name, error=error)
        return page, status
    return mark_device(redirect(_came_for(request.form.get("next")), 303), name)


@blueprint.get("/sign-in/<link>")
@open_to(EVERYONE)
def sign_in_by_link(link: str) -> ResponseReturnValue:
    """Signs in once. A look ahead (HEAD, a browser's prefetch) does not use the link up."""
    if request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return "", 204
    try:
        somebody = begin(sign_in_rules().by_link(link, visitor()))
    except NotSignedIn as error:
        return render_template("console/sign_in.html", error=error), 401
    person = services().registry.operators.get(somebody.name)
    wanted = "console.live" if person and person.password_hash else "console.account"
    return mark_device(redirect(url_for(wanted), 303), somebody.name)


@blueprint.post("/sign-out")
@open_to("viewer")
def sign_out() -> ResponseReturnValue:
    """This browser, on every worker at once."""
    end()
    flash("You are signed out.")
    return redirect(url_for("console.sign_in"), 303)


@blueprint.post("/sign-out-everywhere")
@open_to("viewer")
def sign_out_everywhere() -> ResponseReturnValue:
    """Every browser of this person's."""
    services().registry.sessions.close_all(user().name)
    session.clear()
    flash("You are signed out everywhere.")
    return redirect(url_for("console.sign_in"), 303)


@blueprint.get("/<path:_anything>")
def nowhere(_anything: str) -> ResponseReturnValue:
    """An address of the console that is none."""
    raise NotFound("there is no such page")


def _came_for(wanted: str | None) -> str:
    """A page of the console, and nothing else: the address comes from outside."""
    start = url_for("console.live")
    inside = (
        wanted is not None and wanted.startswith("/console/") and wanted.isprintable() and "\\" not in wanted
    )
    return f"{request.script_root}{wanted}" if inside and wanted else start
