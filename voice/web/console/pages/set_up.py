"""Setup: the checks of `flask doctor`, and the phone numbers of the account with a button that sets their webhooks."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from voice.errors import MidcallError
from voice.setup.checks import findings
from voice.setup.numbers import set_up_number, webhooks_of
from voice.web.console.blueprint import Entry, blueprint
from voice.web.guards import open_to, services

ENTRY = Entry("Setup", "console.set_up", 70, "admin")


@blueprint.get("/set-up")
@open_to("admin")
def set_up() -> str:
    """The checks with what to do about them, and all phone numbers of the account."""
    checks = list(findings(services(), ()))
    return render_template(
        "console/set_up.html",
        checks=checks,
        failed=sum(check.to_do is not None for check in checks),
        numbers=_numbers(),
        first_scenes=services().config["NUMBERS"],
        start_scene=services().config["START_SCENE"],
        scenes=services().scenes,
    )


@blueprint.post("/set-up/<phone_number>")
def set_up_one(phone_number: str) -> ResponseReturnValue:
    """Point the webhooks of a number to Midcall."""
    set_up_number(services(), phone_number)
    flash(f"{phone_number} is set up: its voice URL, fallback URL, and status callback point to Midcall.")
    return redirect(url_for("console.set_up"), 303)


def _numbers() -> list[dict[str, Any]] | None:
    """The numbers, each with `is_set_up`; None if Twilio cannot be asked."""
    wanted = webhooks_of(services().config)
    try:
        found = services().twilio.numbers.all()
    except MidcallError:
        return None
    return [
        {**number, "is_set_up": all(number.get(name) == value for name, value in wanted.items())}
        for number in found
    ]
