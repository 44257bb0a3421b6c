"""An operator's TwiML is sent as it was meant, or refused with everything that is wrong with it and where."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from voice.twiml import LONGEST_ON_THE_WIRE, Finding, TwimlRefused, check

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
def test_good_documents_are_sent_with_the_same_meaning(twiml, sent):
    assert check(twiml, BASE) == sent
    assert check(sent, BASE) == sent


BAD = {
    "<Response><Refer><Siip username='a'>sip:a@b</Siip></Refer></Response>": [
        (1, 18, "<Siip> is not a TwiML verb; did you mean <Sip>?"),
        (1, 18, "'username' is not an attribute of <Sip>"),
    ],
    "<Response><Numbr>+1</Numbr></Response>": [
        (1, 11, "<Numbr> is not a TwiML verb; did you mean <Number>?")
    ],
    "<Response><Dial><Equeue>a</Equeue></Dial></Response>": [
        (1, 17, "<Equeue> is not a TwiML verb; did you mean <Queue>?")
    ],
    "<Response><Sip username='a'>sip:a@b</Sip></Response>": [
        (1, 11, "<Sip> cannot stand inside <Response>; it belongs inside <Dial>, <Refer>")
    ],
    "<Response><say/>Hi</Response>": [
        (1, 11, "<say> is not a TwiML verb; did you mean <Say>?"),
        (1, 17, "text cannot stand inside <Response>; put it into <Say>"),
    ],
    "": [(1, 1, "the document is empty")],
    " \n ": [(2, 2, "the document is empty")],
    "hello": [(1, 1, "this is not XML; a document looks like <Response><Say>Hello</Say></Response>")],
    "<Response>\n <Say>": [(2, 7, "the document ends before <Say> is closed")],
    "<Response>\n<Say": [(2, 1, "the document ends in the middle of a tag")],
    "<Response><Say></Response>": [
        (1, 18, "this closes another element than <Say>, which is the one that is open")
    ],
    "<Response><Say>a & b</Say></Response>": [
        (1, 19, "this cannot be read as XML; write & as &amp; and < as &lt;")
    ],
    "<Response/><Response/>": [(1, 12, "nothing can follow the end of the document")],
    "<Response><Say a='1' a='2'/></Response>": [(1, 22, "an attribute stands here twice")],
    "\n<?xml version='1.0'?><Response/>": [(2, 1, "<?xml …?> can only stand at the very beginning")],
    "<Response>\n\x00</Response>": [(2, 1, "the character U+0000 cannot stand in XML")],
    "<Response>\nab\ud800</Response>": [(2, 3, "the character U+D800 cannot stand in XML")],
    "\uffff": [(1, 1, "the character U+FFFF cannot stand in XML")],
    "<Response>&#0;</Response>": [(1, 11, "reference to invalid character number")],
    "<Say>Hi</Say>": [(1, 1, "the outermost element must be <Response>, not <Say>")],
    "<response/>": [(1, 1, "the outermost element must be <Response>, not <response>")],
    "<Response><Gatherr/></Response>": [
        (1, 11, "<Gatherr> is not a TwiML verb; did you mean <Gather>?"),
        (1, 11, "<Gather> needs an 'action': TwiML sent inline has no URL of its own to come back to"),
    ],
    "<Response><xyzzy><Sey/></xyzzy></Response>": [(1, 11, "<xyzzy> is not a TwiML verb")],
    "<Response><say>a</say></Response>": [(1, 11, "<say> is not a TwiML verb; did you mean <Say>?")],
    "<Response><t:Say xmlns:t='u'>a</t:Say></Response>": [
        (1, 11, "<t:Say> is not a TwiML verb; did you mean <Say>?"),
        (1, 11, "'xmlns:t' is not an attribute of <Say>"),
    ],
    "<Response><Gather action='/a'><Dial>1</Dial></Gather></Response>": [
        (1, 31, "<Dial> cannot stand inside <Gather>; allowed are <Say>, <Pause>, <Play>")
    ],
    "<Response><Conference>a</Conference></Response>": [
        (1, 11, "<Conference> cannot stand inside <Response>; it belongs inside <Dial>")
    ],
    "<Response><Hangup><Parameter name='a' value='b'/></Hangup><Pause><Say>a</Say></Pause></Response>": [
        (1, 66, "<Say> cannot stand inside <Pause>; nothing can")
    ],
    "<Response><Say><Response/></Say></Response>": [
        (1, 16, "<Response> cannot stand inside <Say>; it is always the outermost element")
    ],
    "<Response><Gather action='/a' timeOut='3' num_digits='1' zz='1'/></Response>": [
        (1, 11, "'timeOut' is not an attribute of <Gather>; did you mean 'timeout'?"),
        (1, 11, "'num_digits' is not an attribute of <Gather>; did you mean 'numDigits'?"),
        (1, 11, "'zz' is not an attribute of <Gather>"),
    ],
    "<Response>\n Hi\n <Gather action='/a'>\n  there</Gather> you</Response>": [
        (2, 2, "text cannot stand inside <Response>; put it into <Say>"),
        (4, 3, "text cannot stand inside <Gather>; put it into <Say>"),
    ],
    "<Response><Pause>1</Pause></Response>": [(1, 18, "text cannot stand inside <Pause>")],
    "<Response><Say/>\n<Dial><Number> </Number><Queue/></Dial></Response>": [
        (2, 7, "<Number> is empty; it needs its phone number"),
        (2, 25, "<Queue> is empty; it needs its name"),
    ],
    "<Response><Refer><Sip username='a'>sip:a@b</Sip></Refer></Response>": [
        (1, 18, "'username' is not an attribute of <Sip>")
    ],
}


@pytest.mark.parametrize(("twiml", "found"), BAD.items())
def test_bad_documents_are_refused_with_all_that_is_wrong(twiml, found):
    assert findings(twiml) == [Finding(*one) for one in found]


def test_a_refusal_reads_as_a_sentence_with_places():
    with pytest.raises(TwimlRefused) as refusal:
        check("<Response>\n<say/><Pause>1</Pause></Response>", BASE)
    assert str(refusal.value) == (
        "line 2, column 1: <say> is not a TwiML verb; did you mean <Say>?; "
        "line 2, column 14: text cannot stand inside <Pause>"
    )


def say(characters):
    around = len("<Response><Say></Say></Response>")
    return f"<Response><Say>{'a' * (characters - around)}</Say></Response>"


def test_the_longest_document_that_twilio_takes():
    assert len(check(say(LONGEST_ON_THE_WIRE), BASE)) == 4_000
    assert findings(say(4_001)) == [(1, 1, "4,001 characters would be sent; at most 4,000 can be")]


def test_what_counts_is_what_is_sent():
    longer = "<Response>" + "<Redirect>/a</Redirect>" * 100 + "</Response>"
    assert len(longer) < 4_000
    assert findings(longer) == [(1, 1, "4,221 characters would be sent; at most 4,000 can be")]
    shorter = "<Response>" + " \n" * 1_000 + "<!--" + "x" * 3_000 + "--><Hangup></Hangup></Response>"
    assert check(shorter, BASE) == "<Response><Hangup/></Response>"


NOT_EVEN_READ = "no more than 16,000 are read"
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
    "doctype after the root": ("<Response/><!DOCTYPE r>", "nothing can follow"),
    "doctype inside": ("<Response><!DOCTYPE r></Response>", "cannot be read"),
    "lower-case doctype": ("<!doctype r><Response/>", "cannot be read|not XML"),
    "doctype in UTF-7": (
        "<?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE r+AD4-<Response/>",
        "cannot be read",
    ),
    "doctype in UTF-16": ("<!DOCTYPE r><Response/>".encode("utf-16").decode("latin-1"), r"U\+0000|not XML"),
    "undeclared entity": ("<Response><Say>&x;</Say></Response>", "no such entity"),
    "XInclude": (
        "<Response><xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd'/></Response>",
        "<xi:include> is not a TwiML verb",
    ),
    "4,001 characters": (say(4_001), "4,001 characters"),
    "1 MiB of text": (say(2**20), NOT_EVEN_READ),
    "1 MiB attribute": (f"<Response><Say voice='{'a' * 2**20}'/></Response>", NOT_EVEN_READ),
    "10,000 verbs": ("<Response>" + "<Hangup/>" * 10_000 + "</Response>", NOT_EVEN_READ),
    "1,500 verbs": ("<Response>" + "<Hangup/>" * 1_500 + "</Response>", "13,521 characters"),
    "200,000 nested": ("<a>" * 200_000, NOT_EVEN_READ),
    "2,000 nested": ("<Response><Say>" + "<p>" * 2_000, "nested more than 20 deep"),
    "2,000 unknown verbs": ("<Response>" + "<Sayy/>" * 2_000 + "</Response>", "and more: the check stopped"),
    "2,000 unknown attributes": (
        "<Response " + " ".join(f"a{i}='1'" for i in range(1_500)) + "/>",
        "and more: the check",
    ),
}


@pytest.mark.parametrize(("twiml", "reason"), ATTACKS.values(), ids=ATTACKS.keys())
def test_attacks_are_refused_with_a_reason(twiml, reason):
    with pytest.raises(TwimlRefused, match=reason) as refusal:
        check(twiml, BASE)
    assert 1 <= len(refusal.value.findings) <= 20
    assert all(len(finding.message) < 400 for finding in refusal.value.findings)


def test_somebody_elses_text_is_quoted_short_and_on_one_line():
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
def test_any_text_is_sent_or_refused_and_nothing_else(twiml):
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
def test_words_and_attributes_arrive_as_they_were_written(words, voice):
    say = ET.Element("Say", voice=voice)
    say.text = words
    response = ET.Element("Response")
    response.append(say)
    (arrived,) = ET.fromstring(check(ET.tostring(response, "unicode"), BASE))
    assert (arrived.text or "", arrived.get("voice")) == (words, voice)
