"""What is left after a scenario, a run or a crash: live calls are ended, and the numbers get their settings back."""

from __future__ import annotations

from midcall_emulator.verify.errors import RefusalError
from midcall_emulator.verify.numbers import restore
from midcall_emulator.verify.saved_settings import SavedSettings
from midcall_emulator.verify.stage import Stage
from midcall_emulator.verify.twilio_api import TwilioApi

_CALL_IS_OVER = (21220, 20404)  # https://www.twilio.com/docs/api/errors/21220


async def end_calls(stage: Stage) -> None:
    """End the calls of a scenario, and wait until Twilio shows that they have ended."""
    try:
        for sid in stage.calls:
            await stage.hang_up(sid)
        for sid in stage.calls:
            await stage.final_status(sid, 10)
    except RefusalError:
        return  # the end of the run tries again


async def clean_up(api: TwilioApi, saved: SavedSettings) -> list[str]:
    """End the calls, delete their recordings, and restore the numbers.

    Return what did not succeed; then the file stays for ``--restore``.
    """
    try:
        problems = [text for sid in saved.calls if (text := await _end(api, sid))]
        for sid in saved.calls:
            await _delete_recordings(api, sid)
        for number in saved.numbers:
            problems += await restore(api, number)
    except RefusalError as error:
        problems = [str(error)]
    if not problems:
        saved.remove()
    return problems


async def _delete_recordings(api: TwilioApi, sid: str) -> None:
    """Delete the recordings of a call; one that Twilio still processes stays."""
    listed = await api.get(f"/Calls/{sid}/Recordings")
    for recording in listed.fields.get("recordings", []):
        await api.delete(f"/Recordings/{recording['sid']}")


async def _end(api: TwilioApi, sid: str) -> str:
    """End a call; return why it may still be live, "" if it has ended."""
    ended = await api.post(f"/Calls/{sid}", [("Status", "completed")])
    return "" if ended.is_success or ended.code in _CALL_IS_OVER else f"{sid}: {ended.problem}"
