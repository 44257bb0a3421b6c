"""Figures of the last hours."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from voice.events import now
from voice.registry import Span
from voice.registry.figures import CommandCount, LivePoint, WebhookTimes
from voice.web.admin.inputs import Query
from voice.web.admin.route import Answer, route
from voice.web.guards import services


class FiguresQuery(Query):
    """The number of hours until now."""

    hours: Annotated[int, Field(ge=1, le=168)] = 6

    def span(self) -> Span:
        """The hours until now."""
        moment = now()
        return Span(moment - timedelta(hours=self.hours), moment)


class FiguresAnswer(Answer):
    """Live calls over time, commands by state, and the response times of webhooks over time."""

    live: list[LivePoint]
    commands: list[CommandCount]
    webhooks: list[WebhookTimes]


@route("GET", "/figures", role="viewer")
def figures(query: FiguresQuery) -> FiguresAnswer:
    """Show live calls, the outcomes of commands and the response times of webhooks for the last hours."""
    span, kept = query.span(), services().registry.figures
    return FiguresAnswer(
        live=kept.live_calls(span), commands=kept.command_outcomes(span), webhooks=kept.webhook_times(span)
    )
