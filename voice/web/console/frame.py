"""What every page shares: the navigation, the signed-in operator, and the security headers."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from voice.operators.roles import Operator
from voice.web.console.blueprint import NAVIGATION, blueprint

POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
        "media-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip


@blueprint.context_processor
def _frame() -> dict[str, Any]:
    """The variables that every template has. `user` is None before sign-in."""
    user: Operator | None = g.get("operator")
    return {
        "navigation": [entry for entry in NAVIGATION if user and user.has_role(entry.role)],
        "user": user,
        "can_act": user is not None and user.has_role("operator"),
    }


@blueprint.after_request
def _set_security_headers(response: Response) -> Response:
    """Forbid inline code, other hosts, caching, and frames."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "no-store")
    return response
