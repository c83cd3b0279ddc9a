"""The buttons under a paper: deep dive, 👍, 👎, save, and a menu."""

from typing import Any

from workers.models import Part
from workers.paper_ids.paper_key import short, unworn
from workers.platforms.actions import MENU, MENU_OF, OTHER
from workers.words import Words, words

DIVE, UP, DOWN, SAVE = "dive", "vote_up", "vote_down", "save"
"""Slack action ids; the value is the paper's id."""

TELEGRAM_DATA = {DIVE: "dive", UP: "up", DOWN: "down", SAVE: "save"}
"""Telegram callback data is `<this>:<paper id>`, at most 64 bytes (Bot API): of a long id its handle."""


def with_buttons(part: Part, platform: str, language: str) -> Part:
    """The head of a paper with its buttons; any other part as it is."""
    kind, _, own = part.key.partition(":")
    if kind != "pick" or ":" in own:
        return part
    paper = unworn(own)
    labels = {DIVE: words(language).button_dive, UP: "👍", DOWN: "👎", SAVE: f"🔖 {words(language).button_save}"}
    if platform == "slack":
        blocks = [*part.payload["blocks"], _actions(paper, labels, words(language))]
        return part.model_copy(update={"payload": part.payload | {"blocks": blocks}})
    row = [{"text": text, "callback_data": f"{TELEGRAM_DATA[name]}:{short(paper)}"} for name, text in labels.items()]
    row.append({"text": "⋯", "callback_data": f"{MENU}:{short(paper)}"})
    return part.model_copy(update={"payload": part.payload | {"reply_markup": {"inline_keyboard": [row]}}})


def _menu(w: Words) -> dict[str, Any]:
    """Slack's menu of three dots."""
    options = [{"text": {"type": "plain_text", "text": w[word]}, "value": name} for name, word in MENU_OF.items()]
    return {"type": "overflow", "action_id": MENU, "options": options}


def _actions(paper: str, labels: dict[str, str], w: Words) -> dict[str, Any]:
    elements = [
        {
            "type": "button",
            "action_id": name,
            "value": paper,
            "text": {"type": "plain_text", "text": text, "emoji": True},
        }
        for name, text in labels.items()
    ]
    return {"type": "actions", "block_id": f"paper:{paper}", "elements": [*elements, _menu(w)]}


def with_other(part: Part, platform: str, language: str, task: str) -> Part:
    """Add a button to an answer that asks the same of another paper.

    `task`: key of the question's task.
    """
    label = words(language).button_other
    if platform == "slack":
        button = {"type": "button", "action_id": OTHER, "value": task, "text": {"type": "plain_text", "text": label}}
        row = {"type": "actions", "block_id": OTHER, "elements": [button]}
        return part.model_copy(update={"payload": part.payload | {"blocks": [*part.payload["blocks"], row]}})
    data = f"{OTHER}:{task.split('|')[3]}"
    keyboard = {"inline_keyboard": [[{"text": label, "callback_data": data}]]}
    return part.model_copy(update={"payload": part.payload | {"reply_markup": keyboard}})
