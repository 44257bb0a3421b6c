"""Payment details that a caller enters with telephone keys: their validation, and the masked values for the app
(https://www.twilio.com/docs/voice/twiml/pay)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from midcall_emulator.core.sids import new_sid

_CARD_TYPES = {
    "amex": r"3[47]\d{13}",
    "visa": r"4\d{12}(\d{3})?",
    "mastercard": r"(5[1-5]|2[2-7])\d{14}",
    "discover": r"6(011|5\d\d)\d{12}",
    "jcb": r"35\d{14}",
    "diners-club": r"3[068]\d{12}",
}
_DEFAULT_CARD_TYPES = frozenset({"visa", "mastercard", "amex"})


@dataclass(slots=True)
class Details:
    """The details that a payment needs, and those given so far, by name."""

    method: str = "credit-card"
    charge: str = ""
    postal_code: str = "true"
    security_code: bool = True
    min_postal_code: int = 5
    card_types: frozenset[str] = _DEFAULT_CARD_TYPES
    today: date = field(default_factory=lambda: date(2000, 1, 1))
    given: dict[str, str] = field(default_factory=dict)

    @property
    def card_type(self) -> str:
        """The card type of the number, "" if there is none."""
        number = self.given.get("payment-card-number", "")
        return next((name for name, pattern in _CARD_TYPES.items() if re.fullmatch(pattern, number)), "")

    def required(self) -> list[str]:
        """Return the names of the missing details, in the order of the questions."""
        if self.method == "ach-debit":
            wanted = ["bank-routing-number", "bank-account-number"]
        else:
            more = {"security-code": self.security_code, "postal-code": self.postal_code == "true"}
            wanted = ["payment-card-number", "expiration-date", *(name for name in more if more[name])]
        return [name for name in wanted if name not in self.given]

    def add(self, name: str, text: str) -> str:
        """Add a detail; return the error type if it is invalid, else ""."""
        error = PARTS[name].error_of(text, self)
        if not error:
            self.given[name] = text
        return error

    def masked(self) -> dict[str, str]:
        """Return the parameters for the app, with sensitive values masked."""
        params = {PARTS[name].parameter: PARTS[name].mask(text) for name, text in self.given.items()}
        if self.card_type:
            params["PaymentCardType"] = self.card_type
        if self.postal_code not in ("true", "false"):
            params["PaymentCardPostalCode"] = self.postal_code
        return params | {"PaymentMethod": self.method}

    def process(self, connector: str) -> dict[str, str]:
        """Process the payment; return a token, a confirmation of the charge, or an error if the connector declines."""
        if connector != "approve":
            return {"Result": "payment-connector-error", "PaymentError": "declined"} | self.masked()
        charged = self.charge.strip() not in ("", "0", "0.0", "0.00")
        name = "PaymentConfirmationCode" if charged else "PaymentToken"
        return {"Result": "success", name: new_sid("tok_")} | self.masked()


@dataclass(frozen=True, slots=True)
class Part:
    """A detail: its parameter, the question for it, its validation, and how it is masked."""

    parameter: str
    question: str
    error_of: Callable[[str, Details], str]
    mask: Callable[[str], str]


def _last_four(text: str) -> str:
    return "x" * (len(text) - 4) + text[-4:]


def _card_error(text: str, details: Details) -> str:
    kind = Details(given={"payment-card-number": text}).card_type
    if not kind or not _luhn(text):
        return "invalid-card-number"
    return "" if kind in details.card_types else "invalid-card-type"


def _luhn(text: str) -> bool:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(text))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _date_error(text: str, details: Details) -> str:
    if not re.fullmatch(r"(0[1-9]|1[0-2])\d\d", text):
        return "invalid-date"
    month = (2000 + int(text[2:]), int(text[:2]))
    return "" if month >= (details.today.year, details.today.month) else "invalid-date"


def _code_error(text: str, details: Details) -> str:
    wanted = 4 if details.card_type == "amex" else 3
    return "" if len(text) == wanted else "invalid-security-code"


def _postal_error(text: str, details: Details) -> str:
    return "" if len(text) >= details.min_postal_code else "invalid-postal-code"


def _length_error(low: int, high: int, error: str) -> Callable[[str, Details], str]:
    return lambda text, details: "" if low <= len(text) <= high else error


PARTS: dict[str, Part] = {
    "payment-card-number": Part(
        "PaymentCardNumber", "Please enter your card number.", _card_error, _last_four
    ),
    "expiration-date": Part(
        "ExpirationDate",
        "Please enter your card's expiration date, two digits each for the month and the year.",
        _date_error,
        str,
    ),
    "security-code": Part(
        "SecurityCode", "Please enter your card's security code.", _code_error, lambda text: "x" * len(text)
    ),
    "postal-code": Part("PaymentCardPostalCode", "Please enter your postal code.", _postal_error, str),
    "bank-routing-number": Part(
        "BankRoutingNumber",
        "Please enter your bank's routing number.",
        _length_error(9, 9, "invalid-bank-routing-number"),
        str,
    ),
    "bank-account-number": Part(
        "BankAccountNumber",
        "Please enter your account number.",
        _length_error(5, 17, "invalid-bank-account-number"),
        _last_four,
    ),
}
