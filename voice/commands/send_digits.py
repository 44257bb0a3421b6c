"""Send keys down the line, as if the other side had pressed them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.control.base import DroppingArguments
from voice.control.interruption import Interruption


class SendDigitsArguments(DroppingArguments):
    """The keys; `w` waits half a second, `W` a whole one."""

    digits: Annotated[str, Field(pattern=r"^[0-9A-D#*wW]{1,64}$", title="Keys")]


class SendDigits(Interruption):
    """Whoever is at the other end of this call hears the tones, then the call goes on where it was."""

    name = "send_digits"
    title = "Send keys"
    Arguments = SendDigitsArguments

    def heard(self) -> dict[str, Any]:
        """The keys."""
        return {"digits": self.arguments.digits}
