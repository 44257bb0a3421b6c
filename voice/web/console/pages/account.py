"""Account: the operator's own password and sessions."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from voice.errors import Malformed, NotFound, NotSignedIn, TooManyAttempts
from voice.operators.passwords import SHORTEST
from voice.web.console.blueprint import blueprint
from voice.web.console.identity import identity
from voice.web.guards import actor, open_to, services
from voice.web.session_user import sign_in_rules, user


@blueprint.get("/account")
def account() -> str:
    """The account page."""
    return _page()


@blueprint.post("/account/password")
@open_to("viewer")
def set_password() -> ResponseReturnValue:
    """Set a new password and end the operator's other sessions."""
    new, repeated = (request.form.get(field, "") for field in ("new", "again"))
    try:
        if new != repeated:
            raise Malformed("Enter the same new password twice.")
        identity().set_password(user().secret, request.form.get("old", ""), new)
    except TooManyAttempts as error:
        return _page(old=error.message), 429
    except NotSignedIn as error:
        return _page(old=error.message), 422
    except Malformed as error:
        return _page(new=error.message), 422
    flash("Your password is set. All other sessions are signed out.")
    return redirect(url_for("console.account"), 303)


@blueprint.post("/account/sessions/<session_hash>/end")
@open_to("viewer")
def end_session(session_hash: str) -> ResponseReturnValue:
    """End one of the operator's own sessions."""
    if not services().registry.sessions.close(session_hash, user().name, actor()):
        raise NotFound("This session has ended already.")
    flash("The session is ended.")
    return redirect(url_for("console.account"), 303)


def _page(**errors: str) -> str:
    return render_template(
        "console/account.html",
        has_password=identity().has_password(),
        needs_old_password=identity().needs_old_password(),
        sessions=sign_in_rules().sessions_of(user().name),
        current_session=user().session.session_hash,
        shortest=SHORTEST,
        errors=errors,
    )
