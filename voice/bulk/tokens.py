"""The token of a preview: signed, for a while, over the run, its command, its arguments and its calls."""

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

GOOD_FOR = timedelta(minutes=10)


def token_of(config: Config, run: BulkRun, call_sids: Sequence[str]) -> str:
    """The token that runs exactly this."""
    return _signer(config).dumps([run.id, _digest(run, call_sids)])


def expires_at(run: BulkRun) -> datetime:
    """Until when the token is good."""
    return run.created_at + GOOD_FOR


def run_id_of(config: Config, token: str) -> tuple[str, str]:
    """The run that the token is for, and the digest of what was previewed. Raises PreviewExpired, ArgumentsRefused."""
    try:
        run_id, digest = _signer(config).loads(token, max_age=int(GOOD_FOR.total_seconds()))
    except SignatureExpired:
        raise PreviewExpired(
            "the preview is too old: what matches may be different now; preview again"
        ) from None
    except (BadData, ValueError, TypeError):
        raise invalid([{"field": "token", "message": "is not one that a preview gave out"}]) from None
    return run_id, digest


def is_of(digest: str, run: BulkRun, call_sids: Sequence[str]) -> bool:
    """True if that is what was previewed."""
    return digest == _digest(run, call_sids)


def _digest(run: BulkRun, call_sids: Sequence[str]) -> str:
    previewed = json.dumps([run.id, run.command, run.arguments, list(call_sids)], sort_keys=True)
    return hashlib.sha256(previewed.encode()).hexdigest()


def _signer(config: Config) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(config["SECRET_KEY"], salt="midcall.bulk")
