"""TwiML tried out: what is wrong with a document, and what a caller would hear of it. Nothing of it is done."""

from __future__ import annotations

from typing import NamedTuple

from flask import render_template, request

from voice.twiml import Finding, TwimlRefused, check
from voice.twiml.steps import Step, steps
from voice.web.console.blueprint import blueprint
from voice.web.guards import open_to, services

EXAMPLE = "<Response>\n  <Say>Hello.</Say>\n</Response>"


class Seen(NamedTuple):
    """What the checker says, and the steps as far as the document can be read."""

    findings: list[Finding]
    steps: list[Step]


@blueprint.route("/twiml", methods=["GET", "POST"])
@open_to("viewer")
def try_twiml() -> str:
    """A document to be tried out; the editors in forms ask here while somebody types."""
    return render_template("console/twiml.html", twiml=request.form.get("twiml", EXAMPLE))


@blueprint.app_template_global("seen_twiml")
def seen(twiml: str) -> Seen:
    """A document looked at as it would be sent."""
    findings: list[Finding] = []
    try:
        check(twiml, f"{services().config['PUBLIC_URL']}/")
    except TwimlRefused as refused:
        findings = refused.findings
    try:
        return Seen(findings, steps(twiml))
    except TwimlRefused:
        return Seen(findings, [])
