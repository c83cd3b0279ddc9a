"""Slack's settings form, Home tab and vote counts. Pure.

Words of people and papers are escaped wherever Slack would read them as markup.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.commands import help_text
from bot.slack.form_fields import field, initial, plain, state
from workers.channels import typed_values
from workers.channels.settings_check import ALL
from workers.intake.requests import MOST_OTHERS as MOST_OTHERS
from workers.platforms.actions import ABOUT, OTHER
from workers.words import Words

FIELDS = ALL
"""Settings of the form in order; each is a block id and the name that `Intake.change` knows."""

DEFAULTS = "defaults"
"""Block of the form with the settings that return to their defaults."""

SETTINGS = "settings"
"""callback_id of the form."""

UP, DOWN, DIVE, SAVE = "vote_up", "vote_down", "dive", "save"
"""action_id of the buttons under a paper; their value is the paper's id."""

MAX_SECTION = 3000
"""Characters of a section's text (slack_sdk)."""

MAX_TITLE = 24
"""Characters of a form's title and buttons (slack_sdk)."""

Block = dict[str, Any]


def escaped(text: str) -> str:
    """Escape plain text for a field that Slack reads as markup.

    No link and no mention can come of it.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def settings_form(
    w: Words,
    current: Mapping[str, Any],
    profiles: Mapping[str, str],
    about: Mapping[str, str],
    own: Sequence[str] = (),
) -> Block:
    """Build the settings form with the values that hold now.

    `profiles`: name -> title. `about` comes back with the submission.
    Settings that the channel has chosen for itself (`own`) can be returned to their defaults.
    """
    return {
        "type": "modal",
        "callback_id": SETTINGS,
        "private_metadata": json.dumps(about),
        "title": plain(w.settings_title, MAX_TITLE),
        "submit": plain(w.settings_save, MAX_TITLE),
        "close": plain(w.settings_cancel, MAX_TITLE),
        "blocks": [field(w, name, current[name], profiles) for name in FIELDS] + _defaults(w, own),
    }


def _defaults(w: Words, own: Sequence[str]) -> list[Block]:
    labels = {name: w[f"setting_{name}"] for name in FIELDS if name in own}
    if not labels:
        return []
    options = [{"text": plain(label), "value": name} for name, label in labels.items()]
    element = {"type": "multi_static_select", "action_id": DEFAULTS, "options": options}
    label = plain(w.setting_defaults)
    return [{"type": "input", "block_id": DEFAULTS, "optional": True, "label": label, "element": element}]


def changes(view: Mapping[str, Any]) -> dict[str, Any]:
    """What a person changed in the form; None: returned to its default.

    Only that is set, all else goes on following the profile.
    """
    given = view.get("state", {}).get("values", {})
    found = {}
    for block in view.get("blocks", []):
        name, element = block.get("block_id"), block.get("element", {})
        if name in FIELDS and name in given:
            before, after = initial(element), state(given[name].get(name, {}))
            if typed_values.value(name, after) != typed_values.value(name, before):
                found[name] = typed_values.value(name, after)
    back = given.get(DEFAULTS, {}).get(DEFAULTS, {}).get("selected_options") or []
    return found | {option["value"]: None for option in back if option["value"] in FIELDS}


def voted(blocks: Sequence[Block], paper: str, up: int, down: int) -> list[Block]:
    """Put the counts on the two voting buttons of `paper`, and keep all else.

    `blocks`: those of the message.
    """
    labels = {UP: f"👍 {up}" if up else "👍", DOWN: f"👎 {down}" if down else "👎"}

    def relabelled(element: Block) -> Block:
        if element.get("action_id") not in labels or element.get("value") != paper:
            return element
        return {**element, "text": {**element["text"], "text": labels[element["action_id"]]}}

    return [
        {**block, "elements": [relabelled(e) for e in block["elements"]]} if block.get("type") == "actions" else block
        for block in blocks
    ]


def offered(blocks: Sequence[Block], task: str, papers: Sequence[tuple[str, str]]) -> list[Block]:
    """Replace *another paper* under an answer by a button for each of `papers`.

    `papers`: (id, title).
    """
    buttons = [
        {"type": "button", "action_id": f"{ABOUT}{n}", "value": f"{task} {paper}", "text": plain(title)}
        for n, (paper, title) in enumerate(papers)
    ]
    return [{**block, "elements": buttons} if block.get("block_id") == OTHER else block for block in blocks]


def home(w: Words, subscriptions: Sequence[tuple[str, str]]) -> Block:
    """The Home tab. `subscriptions`: (channel id, its lines) of each channel."""
    blocks: list[Block] = [_header(w.home_title), _section(help_text(w)), {"type": "divider"}]
    blocks.append(_header(w.home_subscriptions))
    if not subscriptions:
        blocks.append(_section(w.home_none))
    for channel, lines in subscriptions:
        name = f"<#{channel}>" if channel.startswith(("C", "G")) else ""
        blocks.append(_section(lines, before=f"*{name}*\n" if name else ""))
    return {"type": "home", "blocks": blocks}


def plain_home(text: str) -> Block:
    """The Home tab with one sentence, for when there is nothing else to show."""
    return {"type": "home", "blocks": [_section(text)]}


def _header(text: str) -> Block:
    return {"type": "header", "text": plain(text)}


def _section(text: str, before: str = "") -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": (before + escaped(text))[:MAX_SECTION]}}


def texts(node: Any) -> Iterator[str]:
    """Every string inside blocks and attachments."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for inner in node.values() if isinstance(node, dict) else node:
            yield from texts(inner)
