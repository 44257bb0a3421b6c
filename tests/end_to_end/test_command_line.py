"""The command line beside the running web: the same commands, the same registry, the same Twilio."""

from __future__ import annotations

from tests.support.clients import NUMBER


def test_list_redirect_show_and_end(stack):
    phone = stack.dial()
    stack.twilio.clock(
        speed=1
    )  # the caller's patience ends with the menu; each command takes its time to start
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


def test_a_number_is_set_up_and_the_doctor_is_content(stack):
    number = stack.sdk.incoming_phone_numbers.list(phone_number=NUMBER)[0]
    number.update(voice_url="https://elsewhere.example/", status_callback="")
    sick = stack.flask("doctor", NUMBER)
    assert (sick.returncode, "flask numbers set-up" in sick.stdout) == (1, True)
    done = stack.flask("numbers", "set-up", NUMBER)
    assert done.returncode == 0, done.stderr
    assert number.fetch().voice_url == f"{stack.url}/voice/incoming"
    well = stack.flask("doctor", NUMBER)
    assert well.returncode == 0, well.stdout
    assert all(line.startswith("fine") for line in well.stdout.splitlines())


def test_a_number_of_somebody_else_is_not_set_up(stack):
    told = stack.flask("numbers", "set-up", "+14155550177")
    assert (told.returncode, told.stderr) == (
        1,
        "Error: The account has no number +14155550177. Check the number.\n",
    )
