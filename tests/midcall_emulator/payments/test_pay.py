"""Pay and payment sessions: questions, valid input, and what the app receives."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from tests.support.call_log import heard
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
VISA = "4242424242424242#"
QUESTIONS = [
    "say(Please enter your card number.)",
    "say(Please enter your card's expiration date, two digits each for the month and the year.)",
    "say(Please enter your card's security code.)",
    "say(Please enter your postal code.)",
]


def start_payment(twilio: Emulator, app: ScriptedApp, attributes: str = "", inside: str = "") -> Phone:
    app.on("/start", f'<Pay action="/a" {attributes}>{inside}</Pay><Say>After</Say>')
    app.on("/a", "<Say>Action</Say>")
    phone = twilio.dial(NUMBER)
    twilio.settle()
    return phone


@pytest.mark.parametrize(
    ("attributes", "name"), [("", "PaymentToken"), ('chargeAmount="9.99"', "PaymentConfirmationCode")]
)
def test_a_card_is_collected_and_masked(
    twilio: Emulator, app: ScriptedApp, attributes: str, name: str
) -> None:
    phone = start_payment(twilio, app, attributes)
    for keys in (VISA, "1299#", "123#", "94107#"):
        phone.press(keys)
        twilio.settle()
    assert heard(phone) == [*QUESTIONS, "say(Action)"]
    params = app.visit("/a").params
    assert (params["Result"], name in params) == ("success", True)
    assert (params["PaymentCardNumber"], params["PaymentCardType"]) == ("xxxxxxxxxxxx4242", "visa")
    assert (params["ExpirationDate"], params["SecurityCode"]) == ("1299", "xxx")
    assert (params["PaymentCardPostalCode"], params["PaymentMethod"]) == ("94107", "credit-card")


def test_a_bank_account_is_collected_and_masked(twilio: Emulator, app: ScriptedApp) -> None:
    phone = start_payment(twilio, app, 'paymentMethod="ach-debit"').press("123456789#")
    twilio.settle()
    phone.press("12345678#")
    twilio.settle()
    params = app.visit("/a").params
    assert (params["BankRoutingNumber"], params["BankAccountNumber"]) == ("123456789", "xxxx5678")


@pytest.mark.parametrize(("asks", "last"), [(True, "say(Action)"), (False, "say(After)")])
def test_prompts_match_attempt_and_error_until_too_many_failures(
    twilio: Emulator, app: ScriptedApp, asks: bool, last: str
) -> None:
    twilio.switches(pay_action_on_failure=asks)
    inside = (
        '<Prompt for="payment-card-number"><Say>Card</Say></Prompt>'
        '<Prompt for="payment-card-number" attempt="2 3" errorType="invalid-card-number"><Say>Wrong</Say></Prompt>'
        '<Prompt for="payment-card-number" errorType="timeout"><Say>Still there?</Say></Prompt>'
    )
    phone = start_payment(twilio, app, 'maxAttempts="3" timeout="4"', inside).press("4242424242424243#")
    twilio.advance(10)
    twilio.advance(10)
    assert heard(phone)[:4] == ["say(Card)", "say(Wrong)", "say(Still there?)", last]
    if asks:
        assert app.visit("/a").params["Result"] == "too-many-failed-attempts"


@pytest.mark.parametrize(
    ("step", "keys"),
    [(0, "5105105105105100#"), (1, "0101#"), (1, "1399#"), (2, "12#"), (3, "941#")],
)
def test_invalid_input_repeats_the_question(twilio: Emulator, app: ScriptedApp, step: int, keys: str) -> None:
    phone = start_payment(twilio, app, 'validCardTypes="visa"')
    for good in (VISA, "1299#", "123#")[:step]:
        phone.press(good)
        twilio.settle()
    phone.press(keys)
    twilio.settle()
    assert heard(phone)[-2:] == [QUESTIONS[step]] * 2


def test_the_star_key_ends_the_payment(twilio: Emulator, app: ScriptedApp) -> None:
    start_payment(twilio, app).press("4242424242424242*")
    twilio.settle()
    assert app.visit("/a").params["Result"] == "caller-interrupted-with-star"


def test_a_hangup_is_reported_to_the_action(twilio: Emulator, app: ScriptedApp) -> None:
    phone = start_payment(twilio, app)
    phone.hangup()
    twilio.settle()
    assert app.visit("/a").params["Result"] == "caller-hung-up"
    assert "Action" not in str(phone.heard)


def test_a_declined_payment_is_reported_to_the_action(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(payment_connector="decline")
    phone = start_payment(twilio, app, 'securityCode="false" postalCode="94107"').press(VISA)
    twilio.settle()
    phone.press("1299#")
    twilio.settle()
    params = app.visit("/a").params
    assert (params["Result"], params["PaymentCardPostalCode"]) == ("payment-connector-error", "94107")


def test_a_payment_session_is_guided_over_rest(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/start", "<Say>Hi</Say><Pause length='60'/>")
    phone = twilio.dial(NUMBER)
    twilio.settle()
    keys = {"idempotency_key": "1", "status_callback": app.url("/pay")}
    made = client.calls(phone.sid).payments.create(**keys, security_code=False, postal_code=False)
    assert made.sid.startswith("PK")
    payment = client.calls(phone.sid).payments(made.sid)
    again = client.calls(phone.sid).payments.create(**keys, security_code=False, postal_code=False)
    assert again.sid == made.sid
    payment.update(**keys, capture="payment-card-number")
    phone.press("1#")
    twilio.settle()
    assert app.visit("/pay").params["ErrorType"] == "invalid-card-number"
    phone.press(VISA)
    twilio.settle()
    params = app.visit("/pay").params
    assert (params["Capture"], params["PartialResult"], params["Required"]) == (
        "payment-card-number", "true", "expiration-date",
    )  # fmt: skip
    assert (params["PaymentCardNumber"], params["Sid"]) == ("xxxxxxxxxxxx4242", made.sid)
    payment.update(**keys, capture="expiration-date")
    phone.press("1299#")
    payment.update(**keys, status="complete")
    twilio.settle()
    assert app.visit("/pay").params["Result"] == "success"
    with pytest.raises(TwilioRestException) as error:
        payment.update(**keys, status="cancel")
    assert error.value.code == 20404
    other = client.calls(phone.sid).payments.create(**keys)
    for bad in ({"capture": "name"}, {"status": "done"}):
        with pytest.raises(TwilioRestException):
            client.calls(phone.sid).payments(other.sid).update(**keys, **bad)
    client.calls(phone.sid).payments(other.sid).update(**keys, status="complete")
    twilio.settle()
    assert app.visit("/pay").params["Result"] == "validation-error"
    with pytest.raises(TwilioRestException):
        client.calls(phone.sid).payments.create(idempotency_key="", status_callback=app.url("/pay"))


def test_the_action_is_always_requested_with_post(twilio: Emulator, app: ScriptedApp) -> None:
    start_payment(twilio, app, 'method="GET"').press("*")
    twilio.settle()
    assert app.visit("/a").method == "POST"


def test_keys_after_a_captured_detail_are_ignored(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/start", "<Say>Hi</Say><Pause length='60'/>")
    phone = twilio.dial(NUMBER)
    twilio.settle()
    form = {"idempotency_key": "1", "status_callback": app.url("/pay")}
    made = client.calls(phone.sid).payments.create(**form, security_code=False, postal_code=False)
    client.calls(phone.sid).payments(made.sid).update(**form, capture="payment-card-number")
    phone.press(VISA + "12#")
    twilio.settle()
    assert [visit.params["PaymentCardNumber"] for visit in app.visits if visit.path == "/pay"] == [
        "xxxxxxxxxxxx4242"
    ]
