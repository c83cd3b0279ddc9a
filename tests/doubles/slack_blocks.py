"""Shape and limits of every Block Kit block and view, as one table.

Numbers: slack_sdk 3.47 `models/blocks` validators and docs.slack.dev; blocks that the SDK does not model yet
(`data_table`) from the reference. Unknown types and unknown keys are refused, as the service does.
"""

from typing import Any

from tests.doubles.slack_elements import (
    ELEMENTS,
    INPUTS,
    MAX_ID,
    MAX_SECTION,
    any_text,
    button,
    confirm,
    feedback,
    ident,
    image,
    image_source,
    plain,
)
from tests.doubles.slack_rich import (
    MAX_TABLE_TEXT,
    rich_text,
    rich_text_elements,
    table_columns,
    table_rows,
    text_length,
    url,
)
from tests.doubles.slack_schema import (
    Check,
    alternatives,
    anything,
    boolean,
    both,
    integer,
    items,
    number,
    one_of,
    say,
    string,
    tagged,
    typed,
)

MAX_FIELD = 2000
"""Characters of one section field (docs.slack.dev section-block)."""
MAX_FIELDS = 10
"""Fields of one section (slack_sdk)."""
MAX_HEADER = 150
"""Characters of a header (slack_sdk)."""
MAX_CONTEXT = 10
"""Elements of a context block (slack_sdk)."""
MAX_ACTIONS = 25
"""Elements of an actions block (slack_sdk)."""
MAX_CONTEXT_ACTIONS = 5
"""Elements of a context_actions block (slack_sdk)."""
MAX_MARKDOWN = 12_000
"""Characters of a markdown block, and of all of them together (slack_sdk; docs.slack.dev markdown-block)."""
MAX_VIEW_BLOCKS = 100
"""Blocks of a modal or Home tab (slack_sdk `View`)."""


_source = typed("url", {"url": url, "text": string()})
_status = one_of("pending", "in_progress", "complete", "error")


def _block(kind: str, required: dict[str, Check] | None = None, **optional: Check) -> Check:
    return typed(kind, required or {}, {"block_id": ident, **optional})


_task = _block(
    "task_card",
    {"task_id": string(), "title": string()},
    status=_status,
    details=rich_text(),
    output=rich_text(),
    sources=items(_source),
)
_card = both(
    alternatives("hero_image", "title", "actions", "body"),
    _block(
        "card",
        hero_image=image,
        icon=image,
        title=any_text(150),
        subtitle=any_text(150),
        body=any_text(200),
        actions=items(tagged({"button": button}), 1, 3),
    ),
)
_data_cell = tagged(
    {
        "raw_text": typed("raw_text", {"text": string()}),
        "rich_text": rich_text(),
        "raw_number": typed("raw_number", {"value": number}, {"text": string()}),
    }
)
HOME: dict[str, Check] = {
    "section": both(
        alternatives("text", "fields"),
        _block(
            "section",
            text=any_text(MAX_SECTION),
            fields=items(any_text(MAX_FIELD), 1, MAX_FIELDS),
            accessory=tagged(ELEMENTS),
            expand=boolean,
        ),
    ),
    "divider": _block("divider"),
    "header": _block("header", {"text": plain(MAX_HEADER)}),
    "context": _block(
        "context",
        {"elements": items(tagged({"image": image, "plain_text": plain(), "mrkdwn": any_text()}), 1, MAX_CONTEXT)},
    ),
    "actions": _block(
        "actions", {"elements": items(tagged({k: v for k, v in ELEMENTS.items() if k != "image"}), 1, MAX_ACTIONS)}
    ),
    "image": both(
        alternatives("image_url", "slack_file"),
        _block("image", {"alt_text": string(2000)}, title=plain(2000), **image_source),
    ),
    "input": _block(
        "input",
        {"label": plain(2000), "element": tagged(INPUTS)},
        hint=plain(2000),
        optional=boolean,
        dispatch_action=boolean,
    ),
    "rich_text": _block("rich_text", {"elements": rich_text_elements}),
    "video": _block(
        "video",
        {"alt_text": string(), "title": plain(199), "video_url": url, "thumbnail_url": url},
        author_name=string(49),
        description=plain(),
        provider_icon_url=url,
        provider_name=string(),
        title_url=url,
    ),
}
MESSAGE: dict[str, Check] = {
    **HOME,
    "markdown": _block("markdown", {"text": string(MAX_MARKDOWN)}),
    "table": _block("table", {"rows": table_rows}, column_settings=table_columns),
    "data_table": _block(
        "data_table",
        {"caption": string(), "rows": items(items(_data_cell, 1, 20), 2, 101)},
        page_size=integer(1, 100),
        row_header_column_index=integer(0),
    ),
    "context_actions": _block(
        "context_actions",
        {
            "elements": items(
                tagged(
                    {
                        "feedback_buttons": typed(
                            "feedback_buttons",
                            {"positive_button": feedback, "negative_button": feedback},
                            {"action_id": ident},
                        ),
                        "icon_button": typed(
                            "icon_button",
                            {"icon": one_of("trash"), "text": plain(75)},
                            {
                                "action_id": ident,
                                "value": string(2000),
                                "accessibility_label": string(75),
                                "confirm": confirm,
                                "visible_to_user_ids": items(string()),
                            },
                        ),
                    }
                ),
                1,
                MAX_CONTEXT_ACTIONS,
            )
        },
    ),
    "task_card": _task,
    "plan": _block("plan", {"title": string()}, tasks=items(tagged({"task_card": _task}), 0, 50)),
    "alert": _block("alert", {"text": any_text(200)}, level=one_of("default", "info", "warning", "error", "success")),
    "card": _card,
    "carousel": _block("carousel", {"elements": items(tagged({"card": _card}), 1, 10)}),
    "container": both(
        alternatives("title", "rich_text_title"),
        _block(
            "container",
            {"child_blocks": items(tagged(HOME), 1, 10)},
            title=plain(150),
            subtitle=any_text(150),
            rich_text_title=rich_text(),
            icon=image,
            is_collapsible=boolean,
            default_collapsed=boolean,
            has_header_divider=boolean,
            width=one_of("narrow", "standard", "wide", "full"),
        ),
    ),
    "file": _block("file", {"external_id": string(), "source": one_of("remote")}),
}


def _unique_ids(blocks: list[Any], pointer: str, problems: list[str]) -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        name = block.get("block_id")
        if name and name in seen:
            say(problems, f'"block_id" {name} already exists', f"{pointer}/{index}/block_id")
        seen.add(str(name))
        actions: set[str] = set()
        elements = block.get("elements")
        elements = elements if isinstance(elements, list) else []
        for at, element in enumerate(elements):
            action = element.get("action_id") if isinstance(element, dict) else None
            if action and action in actions:
                say(problems, f'"action_id" {action} already exists', f"{pointer}/{index}/elements/{at}/action_id")
            actions.add(str(action))


def check_blocks(blocks: Any, most: int, kinds: dict[str, Check] = MESSAGE, pointer: str = "/blocks") -> list[str]:
    """Everything wrong with a list of blocks; empty when Slack would take it.

    `most`: blocks allowed.
    """
    problems: list[str] = []
    items(tagged(kinds), 0, most)(blocks, pointer, problems)
    if isinstance(blocks, list):
        _unique_ids(blocks, pointer, problems)
        tables = [b for b in blocks if isinstance(b, dict) and b.get("type") == "table"]
        if len(tables) > 1:
            say(problems, "only_one_table_allowed", pointer)
        if text_length(tables) > MAX_TABLE_TEXT:
            say(problems, f"table text must be less than {MAX_TABLE_TEXT + 1} characters", pointer)
    return problems


_view = {
    "callback_id": string(MAX_ID, 0),
    "private_metadata": string(3000, 0),
    "external_id": string(MAX_ID, 0),
    "blocks": anything,
}
_modal = typed(
    "modal",
    {"title": plain(24), "blocks": anything},
    {
        **_view,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_home = typed("home", {"blocks": anything}, _view)


def check_view(view: Any) -> list[str]:
    """Everything wrong with a modal or Home tab."""
    problems: list[str] = []
    tagged({"modal": _modal, "home": _home})(view, "/view", problems)
    if isinstance(view, dict):
        problems += check_blocks(view.get("blocks"), MAX_VIEW_BLOCKS, HOME, "/view/blocks")
    return problems
