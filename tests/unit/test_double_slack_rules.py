"""What the Slack double takes for a message, and what it refuses."""

import pytest
from slack_sdk.models.blocks import Block

from tests.doubles.slack_rules import check_message


def words(text, **style):
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def rich(*elements):
    return {"type": "rich_text", "elements": list(elements)}


def line(*inline):
    return {"type": "rich_text_section", "elements": list(inline)}


def section(text, kind="mrkdwn"):
    return {"type": "section", "text": {"type": kind, "text": text}}


def button(**more):
    return {"type": "button", "text": {"type": "plain_text", "text": "Go"}, **more}


def cells(rows, columns, text="x"):
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * columns] * rows}


# -- content rules, without a network -----------------------------------------------------------------------------

LINK = {"type": "link", "url": "https://arxiv.org/abs/1", "text": "paper", "style": {"bold": True}}
GOOD = {
    "section": [section("x" * 3000)],
    "header": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 150}}],
    "context": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "a"}] * 10}],
    "actions": [{"type": "actions", "elements": [button(action_id=f"a{n}", value="v" * 2000) for n in range(25)]}],
    "divider": [{"type": "divider", "block_id": "b" * 255}],
    "markdown": [{"type": "markdown", "text": "x" * 12000}],
    "rich": [
        rich(
            line(words("bold", bold=True, italic=True, strike=True, code=True, underline=True), LINK),
            {"type": "rich_text_list", "style": "bullet", "indent": 1, "border": 0, "elements": [line(words("a"))]},
            {"type": "rich_text_list", "style": "ordered", "offset": 3, "elements": [line(words("b"))]},
            {"type": "rich_text_quote", "elements": [words("q")]},
            {"type": "rich_text_preformatted", "border": 0, "elements": [words("code")]},
            line(
                {"type": "emoji", "name": "tada"},
                {"type": "user", "user_id": "U1"},
                {"type": "broadcast", "range": "here"},
            ),
            line({"type": "date", "timestamp": 1700000000, "format": "{date}"}, {"type": "color", "value": "#ffffff"}),
            line({"type": "channel", "channel_id": "C1"}, {"type": "usergroup", "usergroup_id": "S1"}),
        )
    ],
    "table": [cells(100, 20)],
    "fifty": [{"type": "divider"}] * 50,
}
BAD = {
    "section text 3001": [section("x" * 3001)],
    "section empty text": [section("")],
    "section without text": [{"type": "section"}],
    "header 151": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
    "header mrkdwn": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "context 11": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "a"}] * 11}],
    "actions 26": [{"type": "actions", "elements": [button(action_id=f"a{n}") for n in range(26)]}],
    "button text 76": [
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "x" * 76}}]}
    ],
    "button value 2001": [{"type": "actions", "elements": [button(value="v" * 2001)]}],
    "button url 3001": [{"type": "actions", "elements": [button(url="https://x.org/" + "y" * 3000)]}],
    "action_id 256": [{"type": "actions", "elements": [button(action_id="a" * 256)]}],
    "action_id twice": [{"type": "actions", "elements": [button(action_id="a"), button(action_id="a")]}],
    "block_id 256": [{"type": "divider", "block_id": "b" * 256}],
    "block_id twice": [{"type": "divider", "block_id": "b"}, {"type": "divider", "block_id": "b"}],
    "markdown 12001": [{"type": "markdown", "text": "x" * 12001}],
    "unknown type": [{"type": "heading", "text": "x"}],
    "no type": [{"text": "x"}],
    "unknown field": [{**section("x"), "colour": "red"}],
    "rich empty text": [rich(line(words("")))],
    "rich empty section": [rich(line())],
    "rich no elements": [rich()],
    "rich bare text": [rich(words("x"))],
    "rich unknown style": [rich(line(words("x", blink=True)))],
    "rich style not bool": [rich(line(words("x", bold="yes")))],
    "rich unknown inline": [rich(line({"type": "math", "text": "x"}))],
    "rich unknown key": [rich(line({**words("x"), "color": "red"}))],
    "rich list style": [rich({"type": "rich_text_list", "style": "dash", "elements": [line(words("x"))]})],
    "rich list of text": [rich({"type": "rich_text_list", "style": "bullet", "elements": [words("x")]})],
    "rich list indent": [
        rich({"type": "rich_text_list", "style": "bullet", "indent": 9, "elements": [line(words("x"))]})
    ],
    "rich link without url": [rich(line({"type": "link", "text": "x"}))],
    "rich link relative": [rich(line({"type": "link", "url": "abs/1"}))],
    "rich nested list": [
        rich(
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_list", "style": "bullet", "elements": [line(words("x"))]}],
            }
        )
    ],
    "table 101 rows": [cells(101, 1)],
    "table 21 columns": [cells(1, 21)],
    "table empty cell": [cells(1, 1, "")],
    "table 10001 characters": [cells(1, 2, "x" * 5001)],
    "two tables": [cells(1, 1), cells(1, 1)],
    "fifty-one": [{"type": "divider"}] * 51,
    "not an object": ["text"],
}


@pytest.mark.parametrize("name", GOOD)
def test_good_blocks_pass_and_so_does_the_sdk_model(name):
    assert check_message({"text": "t", "blocks": GOOD[name]}) is None
    for block in GOOD[name]:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.to_dict()


@pytest.mark.parametrize("name", BAD)
def test_bad_blocks_are_refused(name):
    assert check_message({"text": "t", "blocks": BAD[name]}) == "invalid_blocks"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "no_text"),
        ({"text": "  "}, "no_text"),
        ({"text": "", "blocks": []}, "no_text"),
        ({"text": "x" * 40000}, None),
        ({"text": "x" * 40001}, "msg_too_long"),
        ({"blocks": [{"type": "markdown", "text": "x" * 6000}] * 2}, None),
        ({"blocks": [{"type": "markdown", "text": "x" * 6001}] * 2}, "msg_blocks_too_long"),
        ({"blocks": [section("x" * 2401)] * 5}, "msg_blocks_too_long"),
        ({"text": "t", "blocks": "[{"}, "invalid_blocks_format"),
        ({"text": "t", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"markdown_text": "x"}, None),
        ({"markdown_text": "x" * 12001}, "msg_too_long"),
        ({"markdown_text": "x", "text": "y"}, "markdown_text_conflict"),
        ({"text": "t", "metadata": {"event_type": "digest", "event_payload": {"id": "1"}}}, None),
        ({"text": "t", "metadata": {"event_type": "digest"}}, "invalid_metadata_format"),
        ({"text": "t", "metadata": {"event_type": "d", "event_payload": "x"}}, "invalid_metadata_format"),
        ({"text": "t", "metadata": {"event_type": "d", "event_payload": {}, "id": 1}}, "invalid_metadata_format"),
    ],
)
def test_message_level_rules(fields, code):
    assert check_message(fields) == code


# -- the Web API --------------------------------------------------------------------------------------------------
