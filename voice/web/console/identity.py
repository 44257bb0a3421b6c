"""The question for the password before a change of access.

A view under `@changes_access` runs only if the operator signed in, or entered their password, in the last minutes. If
not, the answer is a page with the rest of the form and a field for the password, which is sent to the same address.
"""

from __future__ import annotations

from typing import Any, TypeVar

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from voice.errors import NotSignedIn, TooManyAttempts
from voice.operators.identity import Identity
from voice.web.console.blueprint import blueprint
from voice.web.console.confirmation import previous_page
from voice.web.guards import actor, services
from voice.web.session_user import user

View = TypeVar("View")
PASSWORD = "your-password"  # the hyphen keeps it apart from other fields


def changes_access(view: View) -> View:
    """Declare that a view changes who has access."""
    setattr(view, "changes_access", True)  # noqa: B010 (a view is any callable)
    return view


def identity() -> Identity:
    """The identity of the operator who sent the request."""
    return Identity(services().registry, user().session, actor())


@blueprint.before_request
def _confirm_identity() -> ResponseReturnValue | None:
    view: Any = current_app.view_functions[request.endpoint or ""]
    if not getattr(view, "changes_access", False) or identity().is_confirmed():
        return None
    given = request.form.get(PASSWORD)
    if given is None:
        return _page(), 403
    try:
        identity().confirm(given)
    except TooManyAttempts as error:
        return _page(error.message), 429
    except NotSignedIn as error:
        return _page(error.message), 403
    return None


def _page(error: str = "") -> str:
    values = [pair for pair in request.form.items(multi=True) if pair[0] not in ("csrf_token", PASSWORD)]
    return render_template(
        "console/confirm_identity.html",
        values=values,
        field=PASSWORD,
        error=error,
        has_password=identity().has_password(),
        back=previous_page(),
    )
