"""Twilio's error codes for connections that fail (https://www.twilio.com/docs/api/errors/11205)."""

from __future__ import annotations

import aiohttp

from midcall_emulator.wire.reply import Reply, failed_reply

CONNECT_ERRORS = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
)
EXCHANGE_ERRORS = (TimeoutError, aiohttp.ClientError, OSError, ValueError)

_CERTIFICATE_CODES = {  # by the verify code of OpenSSL
    10: 11236,  # expired
    62: 11235,  # another host's
    64: 11235,  # another address's
}


def reply_to_error(url: str, error: Exception) -> Reply:
    """Return the reply to a request that raised one of ``EXCHANGE_ERRORS``."""
    if isinstance(error, CONNECT_ERRORS):
        return failed_reply(url, _connect_code(error), f"cannot connect: {error}", "ct")
    if isinstance(error, TimeoutError):
        return failed_reply(url, 11200, "no response in time", "rt")
    return failed_reply(url, 11206, f"the connection broke: {error}", "rt")


def _connect_code(error: Exception) -> int:
    """Return the error code for a name that cannot be resolved, for TLS, for a certificate, or for anything else."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return 11210
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return _CERTIFICATE_CODES.get(getattr(error.certificate_error, "verify_code", 0), 11237)
    return 11220 if isinstance(error, aiohttp.ClientSSLError) else 11205
