"""Sign-in with a password or a link, and sign-out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from voice.errors import NotSignedIn, TooManyAttempts
from voice.web.console.blueprint import blueprint
from voice.web.guards import EVERYONE, actor, open_to, services
from voice.web.session_user import begin, end, is_signed_in, mark_device, sign_in_rules, user, visitor


@blueprint.get("/sign-in")
@open_to(EVERYONE)
def sign_in() -> str:
    """The sign-in form."""
    return render_template("console/sign_in.html", next=request.args.get("next"))


@blueprint.post("/sign-in")
@open_to(EVERYONE)
def sign_in_by_password() -> ResponseReturnValue:
    """Open the console, or show the form with its error."""
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    try:
        begin(sign_in_rules().by_password(name, password, visitor()))
    except NotSignedIn as error:
        status = 429 if isinstance(error, TooManyAttempts) else 401
        page = render_template("console/sign_in.html", next=request.form.get("next"), name=name, error=error)
        return page, status
    return mark_device(redirect(_wanted_page(request.form.get("next")), 303), name)


@blueprint.get("/sign-in/<link>")
@open_to(EVERYONE)
def sign_in_by_link(link: str) -> ResponseReturnValue:
    """Sign in once. A HEAD request or a browser's prefetch does not use the link up.

    A browser that is signed in as another person asks first, so no operator acts in another account by mistake.
    """
    if request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return "", 204
    name = services().registry.links.operator(link)
    if name and is_signed_in() and user().name != name:
        return render_template("console/switch_account.html", name=name, current=user().name, link=link)
    return _use(link)


@blueprint.post("/sign-in/<link>")
@open_to(EVERYONE)
def switch_account(link: str) -> ResponseReturnValue:
    """Sign in with the link after the question."""
    return _use(link)


def _use(link: str) -> ResponseReturnValue:
    try:
        signed_in = begin(sign_in_rules().by_link(link, visitor()))
    except NotSignedIn as error:
        return render_template("console/sign_in.html", error=error), 401
    operator = services().registry.operators.get(signed_in.name)
    page = "console.live" if operator and operator.password_hash else "console.account"
    return mark_device(redirect(url_for(page), 303), signed_in.name)


@blueprint.post("/sign-out")
@open_to("viewer")
def sign_out() -> ResponseReturnValue:
    """End this session, on every worker at once."""
    end(actor())
    flash("You are signed out.")
    return redirect(url_for("console.sign_in"), 303)


@blueprint.post("/sign-out-everywhere")
@open_to("viewer")
def sign_out_everywhere() -> ResponseReturnValue:
    """End all sessions of the operator, and revoke unused sign-in links."""
    services().registry.operators.sign_out(user().name, actor())
    session.clear()
    flash("You are signed out everywhere.")
    return redirect(url_for("console.sign_in"), 303)


def _wanted_page(address: str | None) -> str:
    """The address, if it is a page of the console; it comes from outside."""
    is_ours = (
        address is not None
        and address.startswith("/console/")
        and address.isprintable()
        and "\\" not in address
    )
    return f"{request.script_root}{address}" if is_ours and address else url_for("console.live")
