"""The token of a preview: a signature over the run, its command, its arguments and its calls. It expires."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from voice.config import Config
from voice.errors import PreviewExpired
from voice.registry import BulkRun
from voice.validation import invalid

VALID_FOR = timedelta(minutes=10)


def create(config: Config, run: BulkRun, call_sids: Sequence[str]) -> str:
    """The token that starts exactly this run."""
    return _signer(config).dumps([run.id, _digest(run, call_sids)])


def expires_at(run: BulkRun) -> datetime:
    """The time from which the token is refused."""
    return run.created_at + VALID_FOR


def read(config: Config, token: str) -> tuple[str, str]:
    """The id of the run, and the digest of its preview. Raises PreviewExpired, ArgumentsRefused."""
    try:
        run_id, digest = _signer(config).loads(token, max_age=int(VALID_FOR.total_seconds()))
    except SignatureExpired:
        raise PreviewExpired(
            "The preview is too old, and other calls may match now. Preview the run again."
        ) from None
    except (BadData, ValueError, TypeError):
        raise invalid([{"field": "token", "message": "Use the token of a preview."}]) from None
    return run_id, digest


def matches(digest: str, run: BulkRun, call_sids: Sequence[str]) -> bool:
    """True if the digest is that of this run."""
    return digest == _digest(run, call_sids)


def _digest(run: BulkRun, call_sids: Sequence[str]) -> str:
    content = json.dumps([run.id, run.command, run.arguments, list(call_sids)], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _signer(config: Config) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(config["SECRET_KEY"], salt="midcall.bulk")
