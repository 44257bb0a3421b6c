"""Set-up: the checks of `flask doctor`, the account's numbers, and their webhooks set with one button."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from voice.errors import MidcallError
from voice.setup.checks import findings, set_up_number, webhooks_of
from voice.web.console.blueprint import Entry, blueprint
from voice.web.guards import open_to, services

ENTRY = Entry("Set-up", "console.set_up", 70, "admin")


@blueprint.get("/set-up")
@open_to("admin")
def set_up() -> str:
    """What was looked at, with what to do; and every number of the account."""
    looked_at = list(findings(services(), ()))
    return render_template(
        "console/set_up.html",
        findings=looked_at,
        to_do=sum(finding.to_do is not None for finding in looked_at),
        numbers=_numbers(),
        starts=services().config["NUMBERS"],
        start=services().config["START_SCENE"],
        scenes=services().scenes,
    )


@blueprint.post("/set-up/<phone_number>")
def set_up_one(phone_number: str) -> ResponseReturnValue:
    """Point the number's webhooks here."""
    set_up_number(services(), phone_number)
    flash(f"{phone_number} leads here now, with fallback and status callback.")
    return redirect(url_for("console.set_up"), 303)


def _numbers() -> list[dict[str, Any]] | None:
    """The numbers, each with whether it leads here; None if Twilio does not tell."""
    wanted = webhooks_of(services().config)
    try:
        found = services().twilio.numbers.all()
    except MidcallError:
        return None
    return [
        {**number, "leads_here": all(number.get(name) == value for name, value in wanted.items())}
        for number in found
    ]
