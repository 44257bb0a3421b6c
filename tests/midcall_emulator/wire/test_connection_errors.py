"""Error codes of connections that fail."""

from __future__ import annotations

import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from midcall_emulator.wire.connection_errors import reply_to_error

KEY = ConnectionKey("app.example", 443, True, True, None, None, None)


def certificate_error(verify_code: int) -> aiohttp.ClientConnectorCertificateError:
    """Return aiohttp's error for a certificate that OpenSSL rejects with this code."""
    error = ssl.SSLCertVerificationError("certificate verify failed")
    error.verify_code = verify_code
    return aiohttp.ClientConnectorCertificateError(KEY, error)


@pytest.mark.parametrize(
    ("error", "code", "failure"),
    [
        (aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "Name or service not known")), 11210, "ct"),
        (aiohttp.ClientConnectorError(KEY, OSError(111, "Connection refused")), 11205, "ct"),
        (aiohttp.ConnectionTimeoutError("too slow"), 11205, "ct"),
        (aiohttp.ClientConnectorSSLError(KEY, OSError("wrong version number")), 11220, "ct"),
        (certificate_error(10), 11236, "ct"),
        (certificate_error(62), 11235, "ct"),
        (certificate_error(64), 11235, "ct"),
        (certificate_error(18), 11237, "ct"),
        (TimeoutError(), 11200, "rt"),
        (aiohttp.SocketTimeoutError("too slow"), 11200, "rt"),
        (aiohttp.ServerDisconnectedError(), 11206, "rt"),
        (ValueError("invalid header"), 11206, "rt"),
    ],
)
def test_each_error_has_its_code_and_its_failure(error: Exception, code: int, failure: str) -> None:
    reply = reply_to_error("https://app.example/voice", error)
    assert reply.problem
    assert (reply.problem.code, reply.failure) == (code, failure)
    assert (reply.problem.url, reply.status) == ("https://app.example/voice", None)
