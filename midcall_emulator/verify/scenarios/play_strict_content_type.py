"""A Play of a file that is not audio by its content type. https://www.twilio.com/docs/api/errors/13420 does not
say whether the file is played."""

from __future__ import annotations

from midcall_emulator.media.wav import recording_file
from midcall_emulator.verify.scenario import scenario
from midcall_emulator.verify.stage import Stage
from midcall_emulator.verify.webhook_server import Reply

_SECONDS = 4


@scenario(
    "Does Play skip a sound whose content type is text/plain?",
    switches="play_strict_content_type",
    seconds=15,
)
async def run(stage: Stage) -> bool:
    """The document after the Play shows how long it took."""
    sound = b"".join(recording_file(_SECONDS, [[(0, _SECONDS)]]))
    stage.answer("sound", Reply(sound, content_type="text/plain"))
    await stage.dial(f"<Play>{stage.url('sound')}</Play><Redirect>{stage.url('next')}</Redirect>")
    fetched = await stage.require("sound")
    return (await stage.require("next")).at - fetched.at < _SECONDS / 2
