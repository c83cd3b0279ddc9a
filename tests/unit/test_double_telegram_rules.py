"""What the Telegram double takes for text and keyboards, and what it refuses."""

import pytest

from tests.doubles.telegram_links import detect
from tests.doubles.telegram_rules import BadRequest as Refused
from tests.doubles.telegram_rules import read_keyboard, read_text


def bold(offset, length, kind="bold", **more):
    return {"type": kind, "offset": offset, "length": length, **more}


# -- text rules, without a network --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("扩<br>", 'Unsupported start tag "br" at byte offset 3'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a<3", "Unclosed start tag at byte offset 1"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href=https://x.org>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<a =1>x</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_html_that_is_refused(source, error):
    with pytest.raises(Refused) as caught:
        read_text(source, "HTML")
    assert str(caught.value) == f"can't parse entities: {error}"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>a</b> &lt;&amp;&#20013;&#x4e2d;", "a <&中中", [bold(0, 1)]),
        ("😀<strong>b</strong>", "😀b", [bold(2, 1)]),
        ("<I>i</I><s>s</s>", "is", [bold(0, 1, "italic"), bold(1, 1, "strikethrough")]),
        ('<pre><code class="language-python">x</code></pre>', "x", [bold(0, 1, "pre", language="python")]),
        ("<code>x</code>", "x", [bold(0, 1, "code")]),
        ("<blockquote expandable>q</blockquote>", "q", [bold(0, 1, "expandable_blockquote")]),
        ('<a href="https://x.org/?a=1&amp;b=2">l</a>', "l", [bold(0, 1, "text_link", url="https://x.org/?a=1&b=2")]),
        ('<a href="tg://user?id=5">u</a>', "u", [bold(0, 1, "text_mention", user={"id": 5})]),
        ('<span class="tg-spoiler">x</span>', "x", [bold(0, 1, "spoiler")]),
        ("<b>a <i>b</i></b>  \n", "a b", [bold(0, 3), bold(2, 1, "italic")]),
    ],
)
def test_html_that_is_taken(source, text, entities):
    parsed = read_text(source, "HTML")
    assert (parsed.text, parsed.entities, parsed.warnings) == (text, entities, [])


@pytest.mark.parametrize(
    ("source", "warning"),
    [
        ("&nbsp;x", "unknown named entity &nbsp; stays in the text"),
        ('<a href="abs/1">x</a>', "link to 'abs/1' dropped: not an address Telegram accepts"),
        ("<b>see <code>x</code></b>", "bold over code dropped"),
        ('<a href="https://x.org"><code>x</code></a>', "text_link inside code dropped at UTF-16 offset 0"),
        ("<b>x</b> " * 101, "1 entities beyond 100 ignored"),
    ],
)
def test_what_is_lost_in_silence_leaves_a_warning(source, warning):
    assert read_text(source, "HTML").warnings == [warning]


@pytest.mark.parametrize(
    ("text", "entities", "error"),
    [
        ("", [], "message text is empty"),
        (" \n ", [], "text must be non-empty"),
        ("x" * 4097, [], "message is too long"),
        ("😀" * 2049, [], "message is too long"),
        ("x" * 32769, [], "text is too long"),
        ("x", [bold(0, 1, "blink")], "can't parse MessageEntity: Unsupported type specified"),
        ("x", [{"type": "bold", "offset": 0}], "can't parse MessageEntity: Can't find field \"length\""),
        ("x", [bold(0, 1, "text_link")], "can't parse MessageEntity: Can't find field \"url\""),
        ("x", [bold(0, 1, "text_link", url="abs/1")], "entity URL 'abs/1' is invalid: Wrong HTTP URL"),
        ("x", [bold(-1, 1)], "receive an entity with incorrect offset -1"),
        ("x", [bold(1, 1)], "entity begins after the end of the text at UTF-16 offset 1"),
        ("x", [bold(0, 2)], "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 2"),
        ("😀", [bold(1, 1)], "entity begins in a middle of a UTF-16 symbol at byte offset 4"),
        (
            "abcd",
            [bold(0, 2), bold(1, 2, "italic")],
            "can't parse entities: bold at UTF-16 offset 0 and italic at 1 overlap without nesting",
        ),
        (
            "abcd",
            [bold(0, 4, "blockquote"), bold(1, 2, "blockquote")],
            "can't parse entities: nested blockquote at UTF-16 offset 1",
        ),
    ],
)
def test_text_and_entities_that_are_refused(text, entities, error):
    with pytest.raises(Refused) as caught:
        read_text(text, entities=entities)
    assert str(caught.value) == error


def test_lengths_count_utf16_after_parsing():
    assert len(read_text("x" * 4096).text) == 4096
    assert read_text("😀" * 2048).text == "😀" * 2048
    assert len(read_text("<b>" + "x" * 4096 + "</b>", "HTML").text) == 4096
    with pytest.raises(Refused, match="unsupported parse_mode"):
        read_text("*x*", "MarkdownV2")


def test_entities_move_with_the_text_and_merge():
    parsed = read_text("  a\rb  ", entities=[bold(2, 2), bold(4, 1), bold(0, 0)])
    assert parsed.text == "  ab" or parsed.text == "ab"
    assert [parsed.text[e["offset"] : e["offset"] + e["length"]] for e in parsed.entities] == ["ab"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see model.py, arxiv.org/abs/2401.1. End", ["model.py", "arxiv.org/abs/2401.1"]),
        ("http://a.b/c_(d) (https://x.org/y).", ["https://x.org/y"]),
        ("e.g. this i.e. v1.2 3.14 Fig.In the", []),
        ("GPT-4.ai Node.js foo.toml", ["GPT-4.ai"]),
        ("@ab @abcd x@abcd @用户", ["@abcd"]),
        ("write to a.b@mail.org.", ["a.b@mail.org"]),
        ("/help /help@paperboy_bot and/or 1/2 </b>", ["/help", "/help@paperboy_bot"]),
        ("#tag #1 a#b #机器学习 #x#", ["#tag", "#机器学习"]),
        ("$ABC $5 $x", ["$ABC"]),
        ("（arxiv.org）", []),
        ("见arxiv.org", ["见arxiv.org"]),
        ("见 arxiv.org 。", ["arxiv.org"]),
        ("127.0.0.1 999.1.1.1 1.2.3", ["127.0.0.1"]),
    ],
)
def test_what_becomes_clickable_by_itself(text, found):
    assert [e["text"] for e in detect(text)] == found


def test_nothing_is_detected_inside_code_and_links():
    parsed = read_text('<code>a.py</code> <a href="https://x.org">b.py</a> <b>c.py</b>', "HTML")
    assert [e["text"] for e in parsed.detected] == ["c.py"]


@pytest.mark.parametrize(
    ("button", "error"),
    [
        ({"text": "x", "callback_data": "y" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "中" * 22}, "BUTTON_DATA_INVALID"),
        ({"text": "x"}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ({"text": " ", "callback_data": "y"}, "BUTTON_TEXT_INVALID"),
        ({"callback_data": "y"}, "can't parse inline keyboard button: Can't find field \"text\""),
        ({"text": "x", "url": "nowhere"}, "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL"),
    ],
)
def test_buttons_that_are_refused(button, error):
    with pytest.raises(Refused) as caught:
        read_keyboard({"inline_keyboard": [[button]]})
    assert str(caught.value) == error


def test_keyboards_have_a_size():
    one = {"text": "x", "callback_data": "y" * 64}
    assert read_keyboard({"inline_keyboard": [[one] * 8] * 12})
    for rows in ([[one] * 9], [[one]] * 101):
        with pytest.raises(Refused, match="reply markup is too long"):
            read_keyboard({"inline_keyboard": rows})


# -- the API through the SDK --------------------------------------------------------------------------------------
