"""Twilio's error codes in sentences that say what to do. API, console and command line show these sentences.

The source of each row is the page of its code: https://www.twilio.com/docs/api/errors/<code>.
"""

from __future__ import annotations

SENTENCES = {
    10001: "The Twilio account is not active. Open the Twilio Console to see why.",
    10004: "The account has as many calls at once as Twilio allows. Try again when a call has ended, "
    "or ask Twilio for more concurrent calls.",
    11200: "The URL did not answer Twilio as expected. Check that its server is up and answers with a status of 200.",
    11205: "Twilio could not connect to the URL. Check the address and that its server is up.",
    11206: "The server of the URL answered with something that is not HTTP.",
    11210: "Twilio cannot find the host of the URL. Check the host name.",
    11220: "The certificate of the URL's host is not valid for Twilio.",
    11235: "The certificate of the URL's host does not carry this host's name.",
    11237: "Twilio does not trust the certificate of the URL's host. Send the whole certificate chain.",
    11750: "The answer of the URL is larger than Twilio reads (64 KB). Shorten it.",
    12100: "Twilio could not read the TwiML. Check that the document is well-formed XML.",
    12200: "The TwiML does not follow Twilio's schema. Check the names of verbs and attributes.",
    12300: "The URL answered with a content type that Twilio cannot use. For TwiML use text/xml.",
    12400: "Twilio failed while it ran the TwiML. Try again.",
    13214: "The caller ID of a Dial is not valid. Set CALLER_ID to a number of the account.",
    13223: "The number to dial is not valid. Enter a number like +1 415 555 0199.",
    13224: "Twilio cannot dial this number.",
    13225: "Twilio does not allow calls to this number.",
    13227: "The account may not call this country. Allow it in the Console, under Voice geographic permissions.",
    13240: "A value of the conference is not valid, for example the participant to coach.",
    13243: "The SIP address to dial is not valid. Enter an address like sip:sales@example.com.",
    13247: "The caller ID of a call to a SIP address has characters that are not allowed. Set CALLER_ID.",
    13248: "The caller ID of a call to a SIP address is too long. Set CALLER_ID.",
    13420: "The URL of the sound does not answer with audio. Check the URL and its content type.",
    13511: "Twilio does not know this voice. Choose another voice.",
    13520: "The text of the message is not valid, or too long.",
    15003: "A status callback of Midcall did not answer with a status of 200. Check that PUBLIC_URL can be reached.",
    15004: "A URL in the TwiML is not absolute. Write it with its scheme and host.",
    16001: "The conference has not started: it waits for a second participant. Try again once one has joined.",
    16020: "The conference is full.",
    16022: "The conference is over.",
    16023: "The participant's label is not valid.",
    16024: "The participant's label is not valid.",
    16025: "Another participant has the same label.",
    16026: "Another participant has the same label.",
    16027: "The participant to coach is on hold. Resume the call first.",
    16028: "The participant to coach is not in the conference.",
    16099: "The conference has not started, or this participant has not joined yet. Try again in a moment.",
    16108: "The call is already being recorded.",
    20003: "Twilio rejected the credentials. Check TWILIO_ACCOUNT_SID, and TWILIO_AUTH_TOKEN or the API key.",
    20005: "The Twilio account is not active. Open the Twilio Console to see why.",
    20008: "This does not work with Twilio's test credentials. Use those of the live account.",
    20403: "The account may not use this API. Open the Twilio Console to see whether it is suspended.",
    20429: "Twilio accepts no more requests at the moment. Try again later.",
    21201: "No number to call was given.",
    21203: "The account may not call this country. Allow it in the Console, under Voice geographic permissions.",
    21205: "Twilio does not accept the URL. Enter an absolute URL.",
    21206: "Twilio cannot send these tones. Use digits, *, # and w.",
    21208: "The ringing time is not valid.",
    21210: "The number to show is not one of the account. Choose a number that the account owns or has verified.",
    21211: "The number to call is not valid. Enter a number like +1 415 555 0199.",
    21212: "The number to show is not valid. Choose a number of the account.",
    21213: "No number to show was given. Choose a number of the account.",
    21214: "The number to call cannot be reached. Check the number.",
    21215: "The account may not call this country. Allow it in the Console, under Voice geographic permissions.",
    21216: "Twilio does not allow calls to this number.",
    21217: "The number to call looks invalid. Check the number.",
    21218: "The TwiML app does not exist any longer. Choose another one.",
    21219: "A trial account calls verified numbers only. Verify the number in the Console, or upgrade the account.",
    21220: "The call is not in progress.",
    21502: "Twilio does not accept a URL of the number. Check PUBLIC_URL.",
    21609: "Twilio does not accept the status callback. Its host name must have no underscore: check PUBLIC_URL.",
    21626: "Twilio does not know an event of the status callback, and sends none.",
    31901: "The WebSocket server of the stream did not answer Twilio in time. Check that it is up.",
    31902: "The WebSocket server of the stream refused the connection. Check its URL.",
    31920: "The WebSocket server of the stream refused the handshake. Check its URL.",
    31921: "The WebSocket server closed the stream.",
    31940: "The account has no SIPREC connector of this name. Check the Unique Name of the connector in the Console.",
    31941: "The audio track of the stream is not valid.",
    32014: "Twilio ended the call, because it received no audio.",
    32018: "The TwiML is longer than 4,000 characters. Shorten it, or give a URL.",
    32650: "The settings of the transcription are not valid.",
    32651: "The speech service refused the settings of the transcription, for example the language.",
    32655: "The account has not accepted the AI addendum, which transcription needs. Accept it in the Console.",
    32700: "The app on the call did not receive the message, because Twilio failed. Send it again.",
    32703: "The message is longer than 10,000 characters. Shorten it.",
    70051: "The API key has no permission for this. Give the restricted key this permission in the Console.",
}


def source_of(code: int) -> str:
    """The page of Twilio's documentation about the code."""
    return f"https://www.twilio.com/docs/api/errors/{code}"


def in_words(code: int | None, twilio_message: str) -> str:
    """The sentence for the code; Twilio's own message for a code without one."""
    return SENTENCES.get(code or 0, twilio_message)
