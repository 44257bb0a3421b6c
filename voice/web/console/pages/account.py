"""One's own account: the password, and where one is signed in."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from voice.errors import Malformed, NotSignedIn, TooManyAttempts
from voice.operators.passwords import SHORTEST
from voice.web.console.blueprint import blueprint
from voice.web.guards import open_to, services
from voice.web.session_user import sign_in_rules, user


@blueprint.get("/account")
def account() -> str:
    """Who I am, my password, my sessions."""
    return _shown()


@blueprint.post("/account/password")
@open_to("viewer")
def set_password() -> ResponseReturnValue:
    """A new password; the person's other sessions end."""
    new, again = (request.form.get(field, "") for field in ("new", "again"))
    try:
        if new != again:
            raise Malformed("the two are not the same")
        sign_in_rules().set_password(user().session, user().secret, request.form.get("old", ""), new)
    except TooManyAttempts as error:
        return _shown(old=error.message), 429
    except NotSignedIn as error:
        return _shown(old=error.message), 422
    except Malformed as error:
        return _shown(new=error.message), 422
    flash("Your password is set. You are signed out everywhere else.")
    return redirect(url_for("console.account"), 303)


def _shown(**errors: str) -> str:
    person = services().registry.operators.get(user().name)
    return render_template(
        "console/account.html",
        asks_old=bool(person and person.password_hash) and not user().session.by_link,
        has_password=bool(person and person.password_hash),
        sessions=services().registry.sessions.of_operator(user().name),
        present=user().session.session_hash,
        shortest=SHORTEST,
        errors=errors,
    )
