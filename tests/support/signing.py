"""Signs requests as Twilio does, with the SDK's own code, so that tests speak Twilio with true signatures."""

from collections.abc import Iterable, Mapping

from twilio.request_validator import RequestValidator

HEADER = "X-Twilio-Signature"
Fields = Mapping[str, str] | Iterable[tuple[str, str]]


class Form(dict[str, list[str]]):
    """Fields as the SDK's validator reads them: every value of a repeated name."""

    def __init__(self, fields: Fields) -> None:
        super().__init__()
        for name, value in fields.items() if isinstance(fields, Mapping) else fields:
            self.setdefault(name, []).append(value)

    def getall(self, name: str) -> list[str]:
        return self[name]


def signature(url: str, params: Fields = (), token: str = "emulator-token") -> str:
    """The signature for the URL that Twilio was given and its form fields (none for GET and JSON)."""
    return RequestValidator(token).compute_signature(url, Form(params))


def signed_headers(url: str, params: Fields = (), token: str = "emulator-token") -> dict[str, str]:
    """The headers to send with a request to this URL."""
    return {HEADER: signature(url, params, token)}
