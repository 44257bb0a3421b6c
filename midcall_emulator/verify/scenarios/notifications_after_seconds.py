"""The delay of Notifications. Twilio's documentation states none
(https://www.twilio.com/docs/usage/monitor-alert#alerts-notifications)."""

from __future__ import annotations

from midcall_emulator.verify.call_documents import quiet
from midcall_emulator.verify.errors import UnclearError
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage

_MOST_SECONDS = 70


@scenario(
    "How long after a warning does it appear in the call's Notifications?",
    switches="notifications_after_seconds",
    seconds=30,
    tolerance=1.5,
    unit="s",
)
async def run(stage: Stage) -> float:
    """An unknown verb causes warning 12200."""
    sid = await stage.dial("<Unknown/>" + quiet(80))
    began = stage.around.pace.now()
    while not (listed := await stage.get(f"/Calls/{sid}/Notifications")).fields.get("notifications"):
        if not listed.is_success:
            raise UnclearError(f"Twilio does not list the notifications: {listed.problem}")
        if stage.around.pace.now() - began > _MOST_SECONDS:
            raise UnclearError(f"no notification within {_MOST_SECONDS} s")
        await stage.pause(0.5)
    return round(stage.around.pace.now() - began, 1)
