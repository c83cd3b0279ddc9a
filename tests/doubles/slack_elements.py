"""Shape and limits of Block Kit's texts, buttons, menus and inputs, as tables.

Numbers: slack_sdk 3.47 `models/blocks` validators. Unknown keys are refused, as the service does.
"""

from tests.doubles.slack_rich import (
    MAX_URL,
    rich_text,
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
    one_of,
    shape,
    string,
    tagged,
    typed,
)

MAX_ID = 255
"""Characters of block_id, action_id, callback_id (slack_sdk `block_id_max_length`, `action_id_max_length`)."""
MAX_SECTION = 3000
"""Characters of a section's text, and of any text object (slack_sdk)."""
MAX_BUTTON_TEXT = 75
"""Characters on a button (slack_sdk)."""
MAX_BUTTON_VALUE = 2000
"""Characters of a button's value (slack_sdk)."""
MAX_OPTIONS = 100
"""Options of a select menu (slack_sdk)."""

ident = string(MAX_ID)


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


confirm = shape(
    {"title": plain(100), "text": any_text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
_option = shape({"text": any_text(75), "value": string(150)}, {"description": any_text(75), "url": string(MAX_URL)})
_options = items(_option, 1, MAX_OPTIONS)
_group = shape({"label": plain(75), "options": _options})
image_source = {"image_url": string(MAX_URL), "slack_file": anything}
image = both(alternatives("image_url", "slack_file"), typed("image", {"alt_text": string(2000)}, image_source))
_common: dict[str, Check] = {
    "action_id": ident,
    "confirm": confirm,
    "focus_on_load": boolean,
    "placeholder": plain(150),
}
_select_source = {"options": _options, "option_groups": items(_group, 1, 100), "initial_option": anything}
feedback = shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})


def _interactive(kind: str, **extra: Check) -> Check:
    return typed(kind, {}, {**_common, **extra})


button = typed(
    "button",
    {"text": plain(MAX_BUTTON_TEXT)},
    {
        "action_id": ident,
        "url": url,
        "value": string(MAX_BUTTON_VALUE),
        "style": one_of("primary", "danger"),
        "confirm": confirm,
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
    "button": button,
    "workflow_button": typed(
        "workflow_button",
        {"text": plain(75), "workflow": anything},
        {
            "action_id": ident,
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
        },
    ),
    "overflow": typed("overflow", {"options": items(_option, 1, 5)}, {"action_id": ident, "confirm": confirm}),
    "datepicker": _interactive("datepicker", initial_date=string(10)),
    "timepicker": _interactive("timepicker", initial_time=string(5), timezone=string()),
    "datetimepicker": _interactive("datetimepicker", initial_date_time=integer(0)),
    "checkboxes": both(alternatives("options"), _interactive("checkboxes", **_choices)),
    "radio_buttons": both(alternatives("options"), _interactive("radio_buttons", **_choices)),
    "image": image,
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
