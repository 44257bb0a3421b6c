"""The command line beside a running web server: it shares the registry and Twilio."""

from __future__ import annotations

from tests.support.clients import NUMBER


def test_a_call_is_listed_redirected_shown_and_ended(stack):
    phone = stack.dial()
    stack.twilio.clock(speed=1)  # each command takes a while to start, and the menu must not end meanwhile
    assert phone.sid in stack.flask("calls", "list", "--status", "live").stdout
    redirected = stack.flask(
        "calls", "redirect", phone.sid, "--scene", "announcement", "--params", "text=From the shell"
    )
    assert redirected.returncode == 0, redirected.stderr
    phone.hears("From the shell")
    shown = stack.flask("calls", "show", phone.sid).stdout
    assert "command.requested" in shown
    assert "cli:" in shown
    assert stack.flask("calls", "end", phone.sid).returncode == 0
    phone.waits_for(status="completed")


def test_the_doctor_finds_a_wrong_number_and_is_satisfied_after_the_set_up(stack):
    number = stack.sdk.incoming_phone_numbers.list(phone_number=NUMBER)[0]
    number.update(voice_url="https://elsewhere.example/", status_callback="")
    before = stack.flask("doctor", NUMBER)
    assert (before.returncode, "flask numbers set-up" in before.stdout) == (1, True)
    done = stack.flask("numbers", "set-up", NUMBER)
    assert done.returncode == 0, done.stderr
    assert number.fetch().voice_url == f"{stack.url}/voice/incoming"
    after = stack.flask("doctor", NUMBER)
    assert after.returncode == 0, after.stdout
    assert {line.split()[0] for line in after.stdout.splitlines()} == {"fine", "look"}


def test_a_number_of_another_account_is_not_set_up(stack):
    done = stack.flask("numbers", "set-up", "+14155550177")
    assert (done.returncode, done.stderr) == (
        1,
        "Error: The account has no number +14155550177. Check the number.\n",
    )
