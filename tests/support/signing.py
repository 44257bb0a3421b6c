"""Twilio's signatures, computed by the code of Twilio's SDK."""

from collections.abc import Iterable, Mapping

from twilio.request_validator import RequestValidator

HEADER = "X-Twilio-Signature"
Fields = Mapping[str, str] | Iterable[tuple[str, str]]


class Form(dict[str, list[str]]):
    """Form fields as the SDK's validator reads them: a list of values for each name."""

    def __init__(self, fields: Fields) -> None:
        super().__init__()
        for name, value in fields.items() if isinstance(fields, Mapping) else fields:
            self.setdefault(name, []).append(value)

    def getall(self, name: str) -> list[str]:
        """All values of a field."""
        return self[name]


def signature(url: str, params: Fields = (), token: str = "emulator-token") -> str:
    """The signature of a request: its URL as Twilio knows it, and its form fields (none for GET and JSON)."""
    return RequestValidator(token).compute_signature(url, Form(params))


def signed_headers(url: str, params: Fields = (), token: str = "emulator-token") -> dict[str, str]:
    """The header that holds the signature."""
    return {HEADER: signature(url, params, token)}
