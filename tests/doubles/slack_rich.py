"""Shape of `rich_text` and `table` blocks, the two that carry generated text.

Element names, keys and style words: slack_sdk 3.47 `RichTextElementParts`. That empty texts and empty element lists
are refused: live rejections reported in NousResearch/hermes-agent#59621 ("must be more than 0 characters", "missing
element"); slack_sdk itself lets an empty list through, so a model of the SDK is no proof.
"""

from typing import Any

from tests.doubles.slack_schema import (
    Check,
    boolean,
    integer,
    items,
    number,
    one_of,
    say,
    shape,
    string,
    tagged,
    typed,
)

MAX_LIST_INDENT = 8
"""Deepest `indent` of a rich_text_list (Slack's clients nest to this depth; reported, not in the reference)."""

MAX_URL = 3000
"""Characters of any url field (slack_sdk blocks)."""

MAX_TABLE_ROWS = 100
"""Rows of one table block, header included (docs.slack.dev table-block)."""

MAX_TABLE_COLUMNS = 20
"""Cells of one row, and entries of `column_settings` (docs.slack.dev table-block)."""

MAX_TABLE_TEXT = 10_000
"""Characters over all cells of all tables of a message (docs.slack.dev table-block)."""

_STYLE_WORDS = ("bold", "italic", "strike", "code", "underline")
style = shape({}, dict.fromkeys(_STYLE_WORDS, boolean))
link_style = shape({}, dict.fromkeys((*_STYLE_WORDS, "unlink"), boolean))
mention_style = shape({}, dict.fromkeys((*_STYLE_WORDS, "highlight", "client_highlight", "unlink"), boolean))


def _url(value: Any, pointer: str, problems: list[str]) -> None:
    """An absolute address with a scheme, as the link element wants it."""
    before = len(problems)
    string(MAX_URL)(value, pointer, problems)
    if len(problems) == before and (":" not in value or any(c.isspace() for c in value)):
        say(problems, "must be a valid URL", pointer)


url = _url

INLINE: dict[str, Check] = {
    "text": typed("text", {"text": string()}, {"style": style}),
    "link": typed("link", {"url": url}, {"text": string(), "unsafe": boolean, "style": link_style}),
    "emoji": typed("emoji", {"name": string(100)}, {"skin_tone": integer(1, 6), "unicode": string(), "style": style}),
    "user": typed("user", {"user_id": string()}, {"style": mention_style}),
    "channel": typed("channel", {"channel_id": string()}, {"style": mention_style}),
    "usergroup": typed("usergroup", {"usergroup_id": string()}, {"style": mention_style}),
    "team": typed("team", {"team_id": string()}, {"style": mention_style}),
    "broadcast": typed("broadcast", {"range": one_of("here", "channel", "everyone")}, {"style": style}),
    "date": typed(
        "date", {"timestamp": integer(0), "format": string()}, {"url": url, "fallback": string(), "style": style}
    ),
    "color": typed("color", {"value": string()}, {"style": style}),
}

_inline = items(tagged(INLINE), minimum=1)
_plain_inline = items(tagged({k: INLINE[k] for k in ("text", "link")}), minimum=1)
_border = one_of(0, 1)
section = typed("rich_text_section", {"elements": _inline})
preformatted = typed("rich_text_preformatted", {"elements": _plain_inline}, {"border": _border, "language": string(50)})
quote = typed("rich_text_quote", {"elements": _inline}, {"border": _border})
listing = typed(
    "rich_text_list",
    {"style": one_of("bullet", "ordered"), "elements": items(tagged({"rich_text_section": section}), minimum=1)},
    {"indent": integer(0, MAX_LIST_INDENT), "offset": integer(0), "border": _border},
)
rich_text_elements = items(
    tagged(
        {
            "rich_text_section": section,
            "rich_text_list": listing,
            "rich_text_preformatted": preformatted,
            "rich_text_quote": quote,
        }
    ),
    minimum=1,
)


def rich_text(**extra: Check) -> Check:
    """Check of a rich_text block.

    `extra`: keys that depend on where it stands (block_id in a message).
    """
    return typed("rich_text", {"elements": rich_text_elements}, extra)


_cell = tagged(
    {
        "raw_text": typed("raw_text", {"text": string()}),
        "raw_number": typed("raw_number", {"value": number}, {"text": string()}),
        "rich_text": rich_text(block_id=string(255)),
    }
)


def _column_setting(value: Any, pointer: str, problems: list[str]) -> None:
    if value is not None:
        shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})(value, pointer, problems)


table_rows = items(items(_cell, 1, MAX_TABLE_COLUMNS), 1, MAX_TABLE_ROWS)
table_columns = items(_column_setting, 0, MAX_TABLE_COLUMNS)


def text_length(value: Any) -> int:
    """Characters of every visible string below `value`.

    What Slack's cumulative limits count (not urls, not ids).
    """
    if isinstance(value, list):
        return sum(text_length(item) for item in value)
    if not isinstance(value, dict):
        return 0
    total = 0
    for key, item in value.items():
        if isinstance(item, str) and key in ("text", "title", "alt_text", "fallback"):
            total += len(item)
        else:
            total += text_length(item)
    return total
