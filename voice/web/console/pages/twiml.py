"""TwiML check: the errors of a document, and what a caller would hear. The document is not used."""

from __future__ import annotations

from typing import NamedTuple

from flask import render_template, request

from voice.control.inline_twiml import absolute_twiml
from voice.twiml import Finding, TwimlRefused
from voice.twiml.steps import Step, steps
from voice.web.console.blueprint import blueprint
from voice.web.guards import open_to, services

EXAMPLE = "<Response>\n  <Say>Hello.</Say>\n</Response>"


class TwimlCheck(NamedTuple):
    """The errors, and the steps as far as the document can be read."""

    findings: list[Finding]
    steps: list[Step]


@blueprint.route("/twiml", methods=["GET", "POST"])
@open_to("viewer")
def try_twiml() -> str:
    """The page with a document. The editor in forms sends its document here while an operator types."""
    return render_template("console/twiml.html", twiml=request.form.get("twiml", EXAMPLE))


@blueprint.app_template_global("check_twiml")
def check_twiml(document: str) -> TwimlCheck:
    """Check a document as if it were sent to Twilio."""
    findings: list[Finding] = []
    try:
        absolute_twiml(services().config, document)
    except TwimlRefused as error:
        findings = error.findings
    try:
        return TwimlCheck(findings, steps(document))
    except TwimlRefused:
        return TwimlCheck(findings, [])
