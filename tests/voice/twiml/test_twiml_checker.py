"""The check of inline TwiML: a document is sent with the same meaning, or refused with every problem."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from voice.twiml import MAX_SENT_LENGTH, Finding, TwimlRefused, check

BASE = "https://app.example"


def findings(twiml):
    with pytest.raises(TwimlRefused) as refusal:
        check(twiml, BASE)
    return refusal.value.findings


HANDED_OVER = [
    ("<Response/>", "<Response/>"),
    ("<Response></Response>", "<Response/>"),
    ("<?xml version='1.0' encoding='UTF-8'?>\n<Response>\n</Response>\n", "<Response/>"),
    ("\ufeff<?xml version='1.0'?><Response/>", "<Response/>"),
    (
        "<Response>\n  <Say>Hi</Say>\n  <Hangup></Hangup></Response>",
        "<Response><Say>Hi</Say><Hangup/></Response>",
    ),
    ("<Response><Say loop='nonsense'/></Response>", '<Response><Say loop="nonsense"/></Response>'),
    ("<Response><Dial>+1</Dial><Leave/></Response>", "<Response><Dial>+1</Dial><Leave/></Response>"),
    (
        "<?xml version='1.0' encoding='UTF-16'?><Response><Say>é東😀</Say></Response>",
        "<Response><Say>é東😀</Say></Response>",
    ),
    (
        "<Response><Reject><Parameter name='a' value='b'/></Reject></Response>",
        '<Response><Reject><Parameter name="a" value="b"/></Reject></Response>',
    ),
]
SPOKEN = [
    (" a\n b ", " a\n b "),
    ("a&#13;b&#233;&quot;", 'a&#13;bé"'),
    ("a<!-- <!DOCTYPE x> --><?pi x?>c", "ac"),
    ("<![CDATA[<b> & <!DOCTYPE]]>", "&lt;b&gt; &amp; &lt;!DOCTYPE"),
    ("a <break time='1s'/> <s>b</s> ", 'a <break time="1s"/> <s>b</s> '),
    ("<say-as interpret-as='date'>1</say-as>", '<say-as interpret-as="date">1</say-as>'),
    ("<lang xml:lang='de-DE'>Hallo</lang>", '<lang xml:lang="de-DE">Hallo</lang>'),
    (
        "<p><s><w role='a&quot;b&apos;&lt;&#10;'>x</w></s></p>",
        '<p><s><w role="a&quot;b\'&lt;&#10;">x</w></s></p>',
    ),
]
SPOKEN_DOCUMENTS = [tuple(f"<Response><Say>{words}</Say></Response>" for words in both) for both in SPOKEN]


@pytest.mark.parametrize(("twiml", "sent"), HANDED_OVER + SPOKEN_DOCUMENTS)
def test_valid_documents_are_sent_with_the_same_meaning(twiml, sent):
    assert check(twiml, BASE) == sent
    assert check(sent, BASE) == sent


BAD = {
    "<Response><Refer><Siip username='a'>sip:a@b</Siip></Refer></Response>": [
        (1, 18, "<Siip> is not a TwiML verb. Did you mean <Sip>?"),
        (1, 18, "'username' is not an attribute of <Sip>."),
    ],
    "<Response><Numbr>+1</Numbr></Response>": [
        (1, 11, "<Numbr> is not a TwiML verb. Did you mean <Number>?")
    ],
    "<Response><Dial><Equeue>a</Equeue></Dial></Response>": [
        (1, 17, "<Equeue> is not a TwiML verb. Did you mean <Queue>?")
    ],
    "<Response><Sip username='a'>sip:a@b</Sip></Response>": [
        (1, 11, "<Sip> is not allowed inside <Response>. Put it inside <Dial>, <Refer>.")
    ],
    "<Response><say/>Hi</Response>": [
        (1, 11, "<say> is not a TwiML verb. Did you mean <Say>?"),
        (1, 17, "Text is not allowed inside <Response>. Put it into <Say>."),
    ],
    "": [(1, 1, "The document is empty.")],
    " \n ": [(2, 2, "The document is empty.")],
    "hello": [(1, 1, "This is not XML. Enter a document like <Response><Say>Hello</Say></Response>.")],
    "<Response>\n <Say>": [(2, 7, "The document ends before <Say> is closed.")],
    "<Response>\n<Say": [(2, 1, "The document ends in the middle of a tag.")],
    "<Response><Say></Response>": [(1, 18, "This tag does not close <Say>, the element that is open.")],
    "<Response><Say>a & b</Say></Response>": [
        (1, 19, "This is not valid XML. Write & as &amp; and < as &lt;.")
    ],
    "<Response/><Response/>": [(1, 12, "Remove what follows the end of the document.")],
    "<Response><Say a='1' a='2'/></Response>": [(1, 22, "An attribute appears twice.")],
    "\n<?xml version='1.0'?><Response/>": [(2, 1, "<?xml …?> is allowed only at the very beginning.")],
    "<Response>\n\x00</Response>": [(2, 1, "Remove the character U+0000: XML does not allow it.")],
    "<Response>\nab\ud800</Response>": [(2, 3, "Remove the character U+D800: XML does not allow it.")],
    "\uffff": [(1, 1, "Remove the character U+FFFF: XML does not allow it.")],
    "<Response>&#0;</Response>": [(1, 11, "Reference to invalid character number.")],
    "<Say>Hi</Say>": [(1, 1, "Start the document with <Response>, not <Say>.")],
    "<response/>": [(1, 1, "Start the document with <Response>, not <response>.")],
    "<Response><Gatherr/></Response>": [
        (1, 11, "<Gatherr> is not a TwiML verb. Did you mean <Gather>?"),
        (1, 11, "<Gather> needs an 'action': inline TwiML has no URL that Twilio could request again."),
    ],
    "<Response><xyzzy><Sey/></xyzzy></Response>": [(1, 11, "<xyzzy> is not a TwiML verb.")],
    "<Response><say>a</say></Response>": [(1, 11, "<say> is not a TwiML verb. Did you mean <Say>?")],
    "<Response><t:Say xmlns:t='u'>a</t:Say></Response>": [
        (1, 11, "<t:Say> is not a TwiML verb. Did you mean <Say>?"),
        (1, 11, "'xmlns:t' is not an attribute of <Say>."),
    ],
    "<Response><Gather action='/a'><Dial>1</Dial></Gather></Response>": [
        (1, 31, "<Dial> is not allowed inside <Gather>. Allowed are <Say>, <Pause>, <Play>.")
    ],
    "<Response><Conference>a</Conference></Response>": [
        (1, 11, "<Conference> is not allowed inside <Response>. Put it inside <Dial>.")
    ],
    "<Response><Hangup><Parameter name='a' value='b'/></Hangup><Pause><Say>a</Say></Pause></Response>": [
        (1, 66, "<Say> is not allowed inside <Pause>. <Pause> cannot contain elements.")
    ],
    "<Response><Say><Response/></Say></Response>": [
        (1, 16, "<Response> is not allowed inside <Say>. It is always the outermost element.")
    ],
    "<Response><Gather action='/a' timeOut='3' num_digits='1' zz='1'/></Response>": [
        (1, 11, "'timeOut' is not an attribute of <Gather>. Did you mean 'timeout'?"),
        (1, 11, "'num_digits' is not an attribute of <Gather>. Did you mean 'numDigits'?"),
        (1, 11, "'zz' is not an attribute of <Gather>."),
    ],
    "<Response>\n Hi\n <Gather action='/a'>\n  there</Gather> you</Response>": [
        (2, 2, "Text is not allowed inside <Response>. Put it into <Say>."),
        (4, 3, "Text is not allowed inside <Gather>. Put it into <Say>."),
    ],
    "<Response><Pause>1</Pause></Response>": [(1, 18, "Text is not allowed inside <Pause>.")],
    "<Response><Say/>\n<Dial><Number> </Number><Queue/></Dial></Response>": [
        (2, 7, "<Number> is empty. Enter its phone number."),
        (2, 25, "<Queue> is empty. Enter its name."),
    ],
    "<Response><Refer><Sip username='a'>sip:a@b</Sip></Refer></Response>": [
        (1, 18, "'username' is not an attribute of <Sip>.")
    ],
}


@pytest.mark.parametrize(("twiml", "found"), BAD.items())
def test_invalid_documents_are_refused_with_every_problem(twiml, found):
    assert findings(twiml) == [Finding(*one) for one in found]


def test_a_refusal_lists_problems_with_their_positions():
    with pytest.raises(TwimlRefused) as refusal:
        check("<Response>\n<say/><Pause>1</Pause></Response>", BASE)
    assert str(refusal.value) == (
        "Line 2, column 1: <say> is not a TwiML verb. Did you mean <Say>? "
        "Line 2, column 14: Text is not allowed inside <Pause>."
    )


def say(characters):
    around = len("<Response><Say></Say></Response>")
    return f"<Response><Say>{'a' * (characters - around)}</Say></Response>"


def test_a_document_may_have_4000_characters():
    assert len(check(say(MAX_SENT_LENGTH), BASE)) == 4_000
    assert findings(say(4_001)) == [(1, 1, "Shorten the document from 4,001 to 4,000 characters.")]


def test_the_length_of_the_sent_document_counts():
    longer = "<Response>" + "<Redirect>/a</Redirect>" * 100 + "</Response>"
    assert len(longer) < 4_000
    assert findings(longer) == [(1, 1, "Shorten the document from 4,221 to 4,000 characters.")]
    shorter = "<Response>" + " \n" * 1_000 + "<!--" + "x" * 3_000 + "--><Hangup></Hangup></Response>"
    assert check(shorter, BASE) == "<Response><Hangup/></Response>"


NOT_PARSED = "to 16,000 characters"
SECRET = "<!ENTITY x SYSTEM 'file:///etc/passwd'>"
ATTACKS = {
    "doctype": ("<!DOCTYPE Response><Response/>", "DOCTYPE"),
    "doctype after comment": ("<!-- x -->\n<?a b?><!DOCTYPE Response []><Response/>", "DOCTYPE"),
    "doctype from afar": ("<!DOCTYPE Response SYSTEM 'http://127.0.0.1:1/x.dtd'><Response/>", "DOCTYPE"),
    "public doctype": ("<!DOCTYPE Response PUBLIC '-//X' 'http://127.0.0.1:1/x.dtd'><Response/>", "DOCTYPE"),
    "external entity": (f"<!DOCTYPE r [{SECRET}]><Response><Say>&x;</Say></Response>", "DOCTYPE"),
    "parameter entity": (
        "<!DOCTYPE r [<!ENTITY % p SYSTEM 'http://127.0.0.1:1/'> %p;]><Response/>",
        "DOCTYPE",
    ),
    "small internal entity": ("<!DOCTYPE r [<!ENTITY a 'b'>]><Response><Say>&a;</Say></Response>", "DOCTYPE"),
    "entity bomb": (
        "<!DOCTYPE r [<!ENTITY a0 'ha'>"
        + "".join(f"<!ENTITY a{i + 1} '{f'&a{i};' * 10}'>" for i in range(30))
        + "]><Response><Say>&a30;</Say></Response>",
        "DOCTYPE",
    ),
    "quadratic bomb": (
        f"<!DOCTYPE r [<!ENTITY a '{'x' * 5000}'>]><Response>{'&a;' * 2000}</Response>",
        "DOCTYPE",
    ),
    "attribute defaults": ("<!DOCTYPE r [<!ATTLIST Dial record CDATA 'true'>]><Response/>", "DOCTYPE"),
    "unfinished doctype": ("<!DOCTYPE r [" + SECRET, "DOCTYPE"),
    "doctype after the root": ("<Response/><!DOCTYPE r>", "Remove what follows"),
    "doctype inside": ("<Response><!DOCTYPE r></Response>", "not valid XML"),
    "lower-case doctype": ("<!doctype r><Response/>", "not valid XML|not XML"),
    "doctype in UTF-7": (
        "<?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE r+AD4-<Response/>",
        "not valid XML",
    ),
    "doctype in UTF-16": ("<!DOCTYPE r><Response/>".encode("utf-16").decode("latin-1"), r"U\+0000|not XML"),
    "undeclared entity": ("<Response><Say>&x;</Say></Response>", "no such entity"),
    "XInclude": (
        "<Response><xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd'/></Response>",
        "<xi:include> is not a TwiML verb.",
    ),
    "from 4,001": (say(4_001), "from 4,001"),
    "1 MiB of text": (say(2**20), NOT_PARSED),
    "1 MiB attribute": (f"<Response><Say voice='{'a' * 2**20}'/></Response>", NOT_PARSED),
    "10,000 verbs": ("<Response>" + "<Hangup/>" * 10_000 + "</Response>", NOT_PARSED),
    "1,500 verbs": ("<Response>" + "<Hangup/>" * 1_500 + "</Response>", "from 13,521"),
    "200,000 nested": ("<a>" * 200_000, NOT_PARSED),
    "2,000 nested": ("<Response><Say>" + "<p>" * 2_000, "nested more than 20 deep"),
    "2,000 unknown verbs": (
        "<Response>" + "<Sayy/>" * 2_000 + "</Response>",
        "more problems: the check stopped",
    ),
    "2,000 unknown attributes": (
        "<Response " + " ".join(f"a{i}='1'" for i in range(1_500)) + "/>",
        "more problems: the check",
    ),
}


@pytest.mark.parametrize(("twiml", "reason"), ATTACKS.values(), ids=ATTACKS.keys())
def test_attacks_are_refused_with_a_reason(twiml, reason):
    with pytest.raises(TwimlRefused, match=reason) as refusal:
        check(twiml, BASE)
    assert 1 <= len(refusal.value.findings) <= 20
    assert all(len(finding.message) < 400 for finding in refusal.value.findings)


def test_quoted_text_is_shortened_to_one_line():
    (finding,) = findings(f"<Response><Redirect>x:{'a&#10;' * 500}</Redirect></Response>")
    assert len(finding.message) < 150
    assert "\n" not in finding.message


fragments = st.sampled_from(
    [
        *(
            "<Response>",
            "</Response>",
            "<Say>",
            "</Say>",
            "<Gather action='/a'>",
            "<Dial>",
            "</Dial>",
            "<Sip>",
        ),
        *(
            "<Redirect>",
            "<Hangup/>",
            "<Play>",
            "/>",
            ">",
            "<",
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
            "<!DOCTYPE",
        ),
        *(
            "<?xml?>",
            "&",
            "&amp;",
            "&#0;",
            "&#xD;",
            "'",
            '"',
            "=",
            "\r",
            "\ufeff",
            "\x00",
            "\ud800",
            "//",
            ":99999",
        ),
    ]
)
documents = st.text(st.characters(), max_size=60) | st.lists(
    fragments | st.text(max_size=3), max_size=20
).map("".join)
spoken = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40
)


@settings(deadline=None)
@given(documents | documents.map("<Response>{}</Response>".format))
@example("<Response><Redirect>//[</Redirect></Response>")
@example("<Response><Redirect>//h:99999</Redirect></Response>")
def test_any_text_is_sent_or_refused(twiml):
    try:
        sent = check(twiml, BASE)
    except TwimlRefused as refusal:
        found = refusal.findings
    else:
        found = []
        assert ET.fromstring(sent).tag == "Response"
        assert check(sent, BASE) == sent
    assert all(finding.line > 0 and finding.column > 0 and finding.message for finding in found)


@settings(deadline=None)
@given(spoken, spoken)
def test_text_and_attributes_arrive_unchanged(words, voice):
    say = ET.Element("Say", voice=voice)
    say.text = words
    response = ET.Element("Response")
    response.append(say)
    (arrived,) = ET.fromstring(check(ET.tostring(response, "unicode"), BASE))
    assert (arrived.text or "", arrived.get("voice")) == (words, voice)
