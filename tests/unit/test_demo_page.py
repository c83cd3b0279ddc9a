"""The demo's page and terminal view show messages as they are held.

Show faults instead of hiding them.
"""

import io
import re
from html.parser import HTMLParser

import pytest
from rich.console import Console

from tests.demo.forms import filled, form_html
from tests.demo.page import Step, page, steps_page
from tests.demo.slack_tree import mrkdwn, slack_threads
from tests.demo.telegram_tree import telegram_nodes
from tests.demo.terminal import show
from tests.demo.tree import Run

VOID = {"meta", "hr", "br"}


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def entity(text: str, part: str, kind: str, **more) -> dict:
    return {"type": kind, "offset": units(text[: text.index(part)]), "length": units(part), **more}


def slack(*blocks, ts="1769414400.000100", thread_ts=None, text="", **more) -> dict:
    return {
        "ts": ts,
        "thread_ts": thread_ts,
        "text": text,
        "blocks": list(blocks),
        "edited": None,
        "deleted": False,
        **more,
    }


def telegram(text, *entities, message_id=1, **more) -> dict:
    return {"message_id": message_id, "chat": -100, "text": text, "entities": list(entities), **more}


def rich_text(*elements) -> dict:
    return {"type": "rich_text", "elements": list(elements)}


def section(*elements) -> dict:
    return {"type": "rich_text_section", "elements": list(elements)}


def text(value, **style) -> dict:
    return {"type": "text", "text": value, "style": style}


def bullets(indent, *values, style="bullet", **more) -> dict:
    return {
        "type": "rich_text_list",
        "style": style,
        "indent": indent,
        "elements": [section(text(value)) for value in values],
        **more,
    }


class Balanced(HTMLParser):
    """Fails where tags do not nest."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def body(slack_messages=(), telegram_messages=()) -> str:
    """The page without its style sheet, tags checked."""
    made = page(slack_messages, telegram_messages, title="T", notes=["n"])
    Balanced(made)
    return re.sub(r"<style>.*?</style>", "", made, flags=re.S)


def terminal(slack_messages=(), telegram_messages=()) -> str:
    out = io.StringIO()
    show(slack_messages, telegram_messages, Console(file=out, width=80))
    return out.getvalue()


def test_page_is_self_contained_and_escapes_everything():
    evil = "<script>alert(1)</script>"
    made = page(
        [
            slack(
                rich_text(section(text(evil))),
                {"type": "header", "text": {"type": "plain_text", "text": evil}},
                username=evil,
                channel=evil,
            )
        ],
        [
            telegram(
                evil,
                {"type": "pre", "offset": 0, "length": 8, "language": evil},
                chat={"title": evil},
                reply_markup={"inline_keyboard": [[{"text": evil, "callback_data": "x"}]]},
            )
        ],
        title=evil,
        notes=evil,
    )
    Balanced(made)
    assert "<script" not in made and made.count("&lt;script&gt;") >= 8
    assert not re.search(r"""\b(src|srcset)=|@import|url\(|<link""", made)


def test_empty_channels_say_so():
    assert body().count("No messages.") == 2


def test_times_are_shown():
    made = body([slack(ts="1769414400.000100", text="x")], [telegram("x", date=1769414460)])
    assert "<time>08:00</time>" in made and "08:01</time>" in made


# -- Slack ---------------------------------------------------------------------------------------------------------


def test_nested_lists_with_numbers():
    made = body(
        [
            slack(
                rich_text(
                    bullets(0, "one", style="ordered"),
                    bullets(1, "a", "b"),
                    bullets(0, "two", style="ordered", offset=1),
                )
            )
        ]
    )
    assert (
        '<ol class="level0"><li value="1">one<ul class="level1"><li>a</li><li>b</li></ul></li>'
        '<li value="2">two</li></ol>'
    ) in made


def test_list_that_skips_a_level_or_changes_its_kind_stays_well_formed():
    made = body([slack(rich_text(bullets(0, "x"), bullets(2, "deep"), bullets(0, "n", style="ordered")))])
    assert '<li class="bare"><ul class="level2"><li>deep</li></ul></li></ul></li></ul><ol' in made


def test_rich_text_styles_links_and_mentions():
    made = body(
        [
            slack(
                rich_text(
                    section(
                        text("扩散模型（Diffusion）", bold=True),
                        text("是"),
                        text("x", code=True, strike=True),
                        {"type": "link", "url": "https://arxiv.org/abs/2601.99901", "text": "paper"},
                        {"type": "emoji", "name": "fire"},
                        {"type": "emoji", "name": "nope", "unicode": "1f468-200d-1f469"},
                        {"type": "user", "user_id": "U1"},
                        {"type": "broadcast", "range": "channel"},
                    )
                )
            )
        ]
    )
    assert "<b>扩散模型（Diffusion）</b>是" in made and "<code><s>x</s></code>" in made
    assert 'href="https://arxiv.org/abs/2601.99901"' in made
    assert "🔥👨‍👩" in made
    assert '<span class="mention">@U1</span><span class="ping">@channel</span>' in made


def test_quote_code_table_context_divider_and_buttons():
    made = body(
        [
            slack(
                rich_text(
                    {"type": "rich_text_quote", "elements": [text("q & a")]},
                    {"type": "rich_text_preformatted", "elements": [text("a < b")], "language": "c"},
                ),
                {
                    "type": "table",
                    "column_settings": [{}, {"align": "right"}],
                    "rows": [
                        [{"type": "raw_text", "text": "方法"}, {"type": "raw_text", "text": "dB"}],
                        [rich_text(section(text("ours", bold=True))), {"type": "raw_number", "value": 31.94}],
                    ],
                },
                {"type": "divider"},
                {"type": "context", "elements": [{"type": "mrkdwn", "text": "*b* &amp; c"}]},
                {
                    "type": "actions",
                    "elements": [
                        {"type": "button", "text": {"type": "plain_text", "text": "Deep dive"}, "style": "primary"},
                        {"type": "button", "text": {"type": "plain_text", "text": "arXiv"}, "url": "https://arxiv.org"},
                    ],
                },
            )
        ]
    )
    assert '<blockquote><div class="para">q &amp; a</div></blockquote>' in made
    assert "a &lt; b</code></pre>" in made
    assert '<th style="text-align:left">方法</th>' in made
    assert '<td style="text-align:left"><b>ours</b></td><td style="text-align:right">31.94</td>' in made
    assert "<hr>" in made and "<b>b</b> &amp; c" in made
    assert '<span class="button primary">Deep dive</span>' in made
    assert '<a class="button" href="https://arxiv.org"' in made


def test_mrkdwn_as_slack_reads_it():
    assert mrkdwn("*a _b_* <https://x.org/?a=1&amp;b|l> `<` 2*3*4") == [
        Run("a ", ("bold",)),
        Run("b", ("bold", "italic")),
        Run(" "),
        Run("l", (), "https://x.org/?a=1&b"),
        Run(" "),
        Run("<", ("code",)),
        Run(" 2*3*4"),
    ]
    assert mrkdwn("<!channel> <@U1> &lt;!here&gt;") == [
        Run("@channel", ("ping",)),
        Run(" "),
        Run("@U1", ("mention",)),
        Run(" <!here>"),
    ]


def test_replies_stand_in_the_thread_of_their_message():
    messages = [
        slack(ts="3.0", thread_ts="1.0", text="reply-b"),
        slack(ts="1.0", text="top-a"),
        slack(ts="2.0", thread_ts="2.0", text="top-b"),
        slack(ts="2.5", thread_ts="1.0", text="reply-a"),
        slack(ts="4.0", thread_ts="0.5", text="lost"),
    ]
    assert [(top and top["text"], [r["text"] for r in replies]) for top, replies in slack_threads(messages)] == [
        ("top-a", ["reply-a", "reply-b"]),
        ("top-b", []),
        (None, ["lost"]),
    ]
    made = body(messages)
    words = (
        "top-a",
        '<details class="thread" open>',
        "reply-a",
        "reply-b",
        "</details>",
        "top-b",
        "[unknown: replies to a missing message]",
        "lost",
    )
    places = [made.index(word) for word in words]
    assert places == sorted(places)
    assert "2 replies" in made


def test_people_are_told_from_the_bot():
    made = body(
        [slack(text="q", user="U7"), slack(ts="1769414401.0", text="a", user="UB", bot_id="B1")],
        [telegram("q", **{"from": {"id": 1, "is_bot": False, "first_name": "米娜"}})],
    )
    assert "<b>U7</b><time>" in made and '<b>Paperboy</b><span class="app">APP</span>' in made
    assert '<b class="from">米娜</b>' in made


def test_edited_and_deleted_messages():
    made = body([slack(text="kept", edited={"user": "B"}), slack(ts="1769414401.0", text="secret", deleted=True)])
    assert "kept" in made and "(edited)" in made
    assert "secret" not in made and "This message was deleted." in made


@pytest.mark.parametrize(
    "block",
    [
        {"type": "hologram"},
        rich_text({"type": "hologram"}),
        rich_text(section({"type": "hologram"})),
        {"type": "actions", "elements": [{"type": "hologram"}]},
        {"type": "section", "text": {"type": "hologram"}},
        {"type": "table", "rows": [[{"type": "hologram"}]]},
        rich_text(section(text("x", hologram=True))),
    ],
)
def test_unknown_parts_of_slack_are_visible(block):
    assert "[unknown: hologram]" in body([slack(block)])
    assert "[unknown: hologram]" in terminal([slack(block)])


def test_a_link_that_is_no_web_link_is_not_a_link():
    made = body([slack(rich_text(section({"type": "link", "url": "javascript:alert(1)", "text": "x"})))])
    assert "href=" not in made and "[bad link: javascript:alert(1)]" in made


# -- Telegram ------------------------------------------------------------------------------------------------------


def test_offsets_count_utf16_units():
    full = "😀 论文👨‍👩‍👧 粗体 and code"
    made = body((), [telegram(full, entity(full, "粗体", "bold"), entity(full, "code", "code"))])
    assert "😀 论文👨‍👩‍👧 <b>粗体</b> and <code>code</code>" in made


def test_nested_and_overlapping_entities():
    full = "abcdefgh"
    made = body(
        (),
        [
            telegram(
                full,
                {"type": "bold", "offset": 0, "length": 5},
                {"type": "italic", "offset": 3, "length": 5},
                {"type": "text_link", "offset": 4, "length": 2, "url": "https://x.org/?a=1&b=2"},
            )
        ],
    )
    assert "<b>abc</b><b><i>d</i></b>" in made
    assert '<a href="https://x.org/?a=1&amp;b=2" rel="noopener noreferrer nofollow"><b><i>e</i></b></a>' in made
    assert "<i>gh</i>" in made


def test_all_inline_kinds():
    full = "u s p m https://a.org b.org"
    made = body(
        (),
        [
            telegram(
                full,
                entity(full, "u", "underline"),
                entity(full, "s", "strikethrough"),
                entity(full, "p", "spoiler"),
                entity(full, "m", "mention"),
                entity(full, "https://a.org", "url"),
                entity(full, "b.org", "url"),
            )
        ],
    )
    assert '<u>u</u> <s>s</s> <span class="spoiler">p</span> <span class="mention">m</span>' in made
    assert 'href="https://a.org"' in made and 'href="http://b.org"' in made


def test_quotes_and_code_are_blocks_and_keep_their_inner_styles():
    full = "Head\n长引文 with bold inside\nshort\nx = 1\ntail"
    nodes = telegram_nodes(
        telegram(
            full,
            entity(full, "长引文 with bold inside", "expandable_blockquote"),
            entity(full, "bold", "bold"),
            entity(full, "short", "blockquote"),
            entity(full, "x = 1", "pre", language="python"),
        )
    )
    assert [node.kind for node in nodes] == ["para", "fold", "quote", "pre", "para"]
    assert nodes[0].runs == [Run("Head")] and nodes[4].runs == [Run("tail")]
    assert Run("bold", ("bold",)) in nodes[1].children[0].runs
    made = body((), [telegram(full, entity(full, "长引文 with bold inside", "expandable_blockquote"))])
    assert '<details class="fold"><summary>' in made


def test_bold_across_the_edge_of_a_quote_is_kept_on_both_sides():
    nodes = telegram_nodes(
        telegram("aabb", {"type": "bold", "offset": 1, "length": 2}, {"type": "blockquote", "offset": 2, "length": 2})
    )
    assert nodes[0].runs == [Run("a"), Run("a", ("bold",))]
    assert nodes[1].children[0].runs == [Run("b", ("bold",)), Run("b")]


@pytest.mark.parametrize(
    "fault",
    [
        {"type": "sparkle", "offset": 0, "length": 1},
        {"type": "bold", "offset": 1, "length": 9},
        {"type": "bold", "offset": 0, "length": 0},
    ],
)
def test_unknown_and_impossible_entities_are_visible(fault):
    assert f"[unknown: {fault['type']}" in body((), [telegram("ab", fault)])
    assert f"[unknown: {fault['type']}" in terminal((), [telegram("ab", fault)])


def test_an_entity_that_cuts_a_character_in_two_shows():
    assert "\ufffd" in body((), [telegram("😀", {"type": "bold", "offset": 0, "length": 1})])


def test_buttons_replies_and_topics():
    made = body(
        (),
        [
            telegram(
                "first <line>\nsecond",
                message_id=5,
                reply_markup={
                    "inline_keyboard": [
                        [{"text": "深度解读", "callback_data": "d"}, {"text": "arXiv", "url": "https://arxiv.org"}]
                    ]
                },
            ),
            telegram("answer", message_id=6, reply_to=5),
            telegram("lost", message_id=7, reply_to={"message_id": 99}),
            telegram("in topic", message_id=8, message_thread_id=7),
        ],
    )
    assert '<span class="button">深度解读</span><a class="button" href="https://arxiv.org"' in made
    assert "<span>first &lt;line&gt;</span>" in made and "[unknown: message 99]" in made
    assert "Topic 7" in made and made.index("Topic 7") < made.index("in topic")


def test_terminal_shows_both_services_with_threads_indented():
    quote = "\n".join(f"line {n}" for n in range(9))
    out = terminal(
        [
            slack(ts="1.0", text="*top*"),
            slack(rich_text(bullets(0, "条目"), bullets(1, "nested")), ts="2.0", thread_ts="1.0"),
        ],
        [
            telegram(
                "标题\n" + quote,
                {"type": "expandable_blockquote", "offset": 3, "length": len(quote)},
                reply_markup={"inline_keyboard": [[{"text": "👍", "callback_data": "u"}]]},
            )
        ],
    )
    lines = [line.rstrip() for line in out.splitlines()]
    assert "top" in lines and "    • 条目" in lines and "      ◦ nested" in lines
    assert "▎ line 2" in lines and "▎ line 3" not in lines and "▎ … 6 more lines" in lines
    assert "[👍]" in lines


# -- forms and steps -----------------------------------------------------------------------------------------------


def plain(text):
    return {"type": "plain_text", "text": text}


def option(name):
    return {"text": plain(f"the {name}"), "value": name}


def field(name, kind, **more):
    return {
        "type": "input",
        "block_id": name,
        "label": plain(f"Label {name}"),
        "element": {"type": kind, "action_id": name, **more},
    }


FORM = {
    "title": plain("Your <topic>"),
    "close": plain("Cancel"),
    "submit": plain("Next"),
    "blocks": [
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Say* it"}},
        field("words", "plain_text_input", multiline=True) | {"hint": plain("a hint"), "optional": True},
        field("one", "static_select", options=[option("a"), option("b")], initial_option=option("a")),
        field("many", "multi_static_select", option_groups=[{"label": plain("g"), "options": [option("c")]}]),
        field("dot", "radio_buttons", options=[option("x"), option("y")], initial_option=option("y")),
        field("time", "timepicker", initial_time="08:00"),
        field("odd", "hologram"),
    ],
}


def test_a_form_shows_values_hints_and_errors():
    made = form_html(FORM, {"words": "a < b", "many": ["c"]}, {"words": "Say more."})
    for shown in (
        "Your &lt;topic&gt;",
        "<b>Say</b> it",
        "a &lt; b",
        "Say more.",
        "a hint",
        "(optional)",
        "the a",
        "08:00",
    ):
        assert shown in made, shown
    assert "○ the x" in made and "◉ the y" in made and '<span class="chip">the c</span>' in made
    assert "[unknown: hologram]" in made and made.index("Cancel") < made.index("Next") and "the b" not in made


def test_a_form_is_filled_in_as_a_person_does():
    state = {name: value[name] for name, value in filled(FORM, words="w", one="b", many=["c"]).items()}
    assert state["words"]["value"] == "w" and state["one"]["selected_option"] == option("b")
    assert state["many"]["selected_options"] == [option("c")] and state["dot"]["selected_option"] == option("y")
    assert state["time"]["selected_time"] == "08:00"


def test_a_message_that_opens_a_reply_shows_it():
    asked = telegram("What?", reply_markup={"force_reply": True, "selective": True})
    assert "↩ Reply" in body((), [asked]) and "unknown" not in body((), [asked])
    assert "↩ Reply" in terminal((), [asked])


def test_steps_stand_beside_each_other_with_their_number():
    made = steps_page([Step("Type `x`", "<i>y</i>")], [Step("a", "b")] * 2, title="t")
    assert "Slack: 1 actions" not in made and "Slack: 1 action<" in made and "Telegram: 2 actions" in made
    assert "<code>x</code>" in made and "<i>y</i>" in made
