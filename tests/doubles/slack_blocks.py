"""Shape and limits of every Block Kit block, element and view, as one table.

Numbers: slack_sdk 3.47 `models/blocks` validators and docs.slack.dev; blocks that the SDK does not model yet
(`data_table`) from the reference. Unknown types and unknown keys are refused, as the service does.
"""

from typing import Any

from tests.doubles.slack_rich import (
    MAX_TABLE_TEXT,
    MAX_URL,
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
    shape,
    string,
    tagged,
    typed,
)

MAX_ID = 255
"""Characters of block_id, action_id, callback_id (slack_sdk `block_id_max_length`, `action_id_max_length`)."""
MAX_SECTION = 3000
"""Characters of a section's text, and of any text object (slack_sdk)."""
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
MAX_BUTTON_TEXT = 75
"""Characters on a button (slack_sdk)."""
MAX_BUTTON_VALUE = 2000
"""Characters of a button's value (slack_sdk)."""
MAX_MARKDOWN = 12_000
"""Characters of a markdown block, and of all of them together (slack_sdk; docs.slack.dev markdown-block)."""
MAX_OPTIONS = 100
"""Options of a select menu (slack_sdk)."""
MAX_VIEW_BLOCKS = 100
"""Blocks of a modal or Home tab (slack_sdk `View`)."""

_id = string(MAX_ID)


def plain(maximum: int = MAX_SECTION) -> Check:
    """A plain_text object."""
    return typed("plain_text", {"text": string(maximum)}, {"emoji": boolean})


def any_text(maximum: int = MAX_SECTION) -> Check:
    """A plain_text or mrkdwn object."""
    return tagged(
        {
            "plain_text": plain(maximum),
            "mrkdwn": typed("mrkdwn", {"text": string(maximum)}, {"verbatim": boolean}),
        }
    )


_confirm = shape(
    {"title": plain(100), "text": any_text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
_option = shape({"text": any_text(75), "value": string(150)}, {"description": any_text(75), "url": string(MAX_URL)})
_options = items(_option, 1, MAX_OPTIONS)
_group = shape({"label": plain(75), "options": _options})
_image_source = {"image_url": string(MAX_URL), "slack_file": anything}
_image = both(alternatives("image_url", "slack_file"), typed("image", {"alt_text": string(2000)}, _image_source))
_common: dict[str, Check] = {"action_id": _id, "confirm": _confirm, "focus_on_load": boolean, "placeholder": plain(150)}
_select_source = {"options": _options, "option_groups": items(_group, 1, 100), "initial_option": anything}
_feedback = shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})


def _interactive(kind: str, **extra: Check) -> Check:
    return typed(kind, {}, {**_common, **extra})


_button = typed(
    "button",
    {"text": plain(MAX_BUTTON_TEXT)},
    {
        "action_id": _id,
        "url": url,
        "value": string(MAX_BUTTON_VALUE),
        "style": one_of("primary", "danger"),
        "confirm": _confirm,
        "accessibility_label": string(75),
        "visible_to_user_ids": items(string()),
    },
)
_pick_initial: dict[str, dict[str, Check]] = {
    "users": {"initial_user": string()},
    "channels": {"initial_channel": string(), "response_url_enabled": boolean},
    "conversations": {
        "initial_conversation": string(),
        "response_url_enabled": boolean,
        "filter": anything,
        "default_to_current_conversation": boolean,
    },
}
_multi: dict[str, Check] = {"max_selected_items": integer(1)}
SELECTS: dict[str, Check] = {
    "static_select": both(alternatives("options", "option_groups"), _interactive("static_select", **_select_source)),
    "multi_static_select": both(
        alternatives("options", "option_groups"),
        _interactive("multi_static_select", **{**_select_source, **_multi, "initial_options": anything}),
    ),
    "external_select": _interactive("external_select", min_query_length=integer(0), initial_option=anything),
    "multi_external_select": _interactive(
        "multi_external_select", min_query_length=integer(0), initial_options=anything, **_multi
    ),
    **{f"{who}_select": _interactive(f"{who}_select", **extra) for who, extra in _pick_initial.items()},
    **{
        f"multi_{who}_select": _interactive(
            f"multi_{who}_select", **{f"initial_{who}": items(string()), "filter": anything, **_multi}
        )
        for who in _pick_initial
    },
}
_choices = {"options": items(_option, 1, 10), "initial_options": anything, "initial_option": anything}
ELEMENTS: dict[str, Check] = {
    **SELECTS,
    "button": _button,
    "workflow_button": typed(
        "workflow_button",
        {"text": plain(75), "workflow": anything},
        {
            "action_id": _id,
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
        },
    ),
    "overflow": typed("overflow", {"options": items(_option, 1, 5)}, {"action_id": _id, "confirm": _confirm}),
    "datepicker": _interactive("datepicker", initial_date=string(10)),
    "timepicker": _interactive("timepicker", initial_time=string(5), timezone=string()),
    "datetimepicker": _interactive("datetimepicker", initial_date_time=integer(0)),
    "checkboxes": both(alternatives("options"), _interactive("checkboxes", **_choices)),
    "radio_buttons": both(alternatives("options"), _interactive("radio_buttons", **_choices)),
    "image": _image,
}
_typed_in: dict[str, Check] = {"initial_value": string(minimum=0), "dispatch_action_config": anything}
INPUTS: dict[str, Check] = {
    **{k: v for k, v in ELEMENTS.items() if k not in ("button", "workflow_button", "overflow", "image")},
    "plain_text_input": _interactive(
        "plain_text_input", multiline=boolean, min_length=integer(0, 3000), max_length=integer(1, 3000), **_typed_in
    ),
    "email_text_input": _interactive("email_text_input", **_typed_in),
    "url_text_input": _interactive("url_text_input", **_typed_in),
    "number_input": _interactive(
        "number_input", is_decimal_allowed=boolean, min_value=string(), max_value=string(), **_typed_in
    ),
    "rich_text_input": _interactive("rich_text_input", initial_value=rich_text(), dispatch_action_config=anything),
    "file_input": _interactive("file_input", filetypes=items(string()), max_files=integer(1, 10)),
}
_source = typed("url", {"url": url, "text": string()})
_status = one_of("pending", "in_progress", "complete", "error")


def _block(kind: str, required: dict[str, Check] | None = None, **optional: Check) -> Check:
    return typed(kind, required or {}, {"block_id": _id, **optional})


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
        hero_image=_image,
        icon=_image,
        title=any_text(150),
        subtitle=any_text(150),
        body=any_text(200),
        actions=items(tagged({"button": _button}), 1, 3),
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
        {"elements": items(tagged({"image": _image, "plain_text": plain(), "mrkdwn": any_text()}), 1, MAX_CONTEXT)},
    ),
    "actions": _block(
        "actions", {"elements": items(tagged({k: v for k, v in ELEMENTS.items() if k != "image"}), 1, MAX_ACTIONS)}
    ),
    "image": both(
        alternatives("image_url", "slack_file"),
        _block("image", {"alt_text": string(2000)}, title=plain(2000), **_image_source),
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
                            {"positive_button": _feedback, "negative_button": _feedback},
                            {"action_id": _id},
                        ),
                        "icon_button": typed(
                            "icon_button",
                            {"icon": one_of("trash"), "text": plain(75)},
                            {
                                "action_id": _id,
                                "value": string(2000),
                                "accessibility_label": string(75),
                                "confirm": _confirm,
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
            icon=_image,
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
        elements = block.get("elements") if isinstance(block.get("elements"), list) else []
        for at, element in enumerate(elements):
            action = element.get("action_id") if isinstance(element, dict) else None
            if action and action in actions:
                say(problems, f'"action_id" {action} already exists', f"{pointer}/{index}/elements/{at}/action_id")
            actions.add(str(action))


def check_blocks(blocks: Any, most: int, kinds: dict[str, Check] = MESSAGE, pointer: str = "/blocks") -> list[str]:
    """Everything wrong with a list of blocks; empty when Slack would take it. `most` = blocks allowed."""
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
