"""The file with the numbers' settings before the run, and the calls of the run: what ``--restore`` needs."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from midcall_emulator.verify.errors import RefusalError
from midcall_emulator.verify.numbers import PhoneNumber

_MODE = 0o600  # the owner only: the file has URLs and phone numbers


@dataclass
class SavedSettings:
    """What was saved. Each call is added before anything else happens to it."""

    path: Path
    account: str
    numbers: list[PhoneNumber]
    calls: list[str] = field(default_factory=list)

    def save(self) -> None:
        """Write the file; a crash leaves the file before or the file after."""
        content = {
            "account": self.account,
            "numbers": [asdict(number) for number in self.numbers],
            "calls": self.calls,
        }
        draft = self.path.with_name(self.path.name + ".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE), "w") as file:
            json.dump(content, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)

    def add_call(self, sid: str) -> None:
        """Keep a call, so that it can be ended after a crash."""
        self.calls.append(sid)
        self.save()

    def remove(self) -> None:
        """Remove the file: everything is restored."""
        self.path.unlink(missing_ok=True)


def read(path: Path) -> SavedSettings:
    """Return what was saved; RefusalError if there is no file, or it is not one."""
    try:
        content = json.loads(path.read_text())
        numbers = [PhoneNumber(**number) for number in content["numbers"]]
        return SavedSettings(path, content["account"], numbers, content["calls"])
    except FileNotFoundError:
        raise RefusalError(f"There is no file {path}: nothing to restore.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise RefusalError(f"{path} is not a file of `verify`: {error!r}") from error


def refuse_existing(path: Path) -> None:
    """Raise RefusalError if an earlier run was not restored."""
    if path.exists():
        raise RefusalError(f"{path} is left from an earlier run. Run `verify --restore` first.")
