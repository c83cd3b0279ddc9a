"""Fields of Slack's settings forms, each as its setting needs it. Pure.

Zones and sources are menus that Slack searches by itself while a person types; a name stands in the option's text.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.source_names import apart, source_name
from workers import taxonomy
from workers.channels import typed_values, zones
from workers.channels.roundups import ROUNDUP
from workers.channels.settings_check import ANSWERS, how_to
from workers.words import Words, languages

MAX_INPUT = 3000
"""Characters of a text input (slack_sdk)."""

MAX_HINT = 2000
"""Characters of the hint below an input (slack_sdk)."""

MAX_LABEL = 75
"""Characters of an option's or button's text (slack_sdk)."""

MAX_VALUE = 150
"""Characters of an option's value (slack_sdk): a longer source cannot stand in a menu, and stays as it is."""

MAX_OPTIONS = 100
"""Options of one group of a menu (slack_sdk)."""

TOPS = (10, 15, 30, 50)
"""Papers of Hugging Face's day that are offered."""

LISTED = ("interests", "not_wanted", "must", "never", "follow")
"""Settings that are lists of phrases, a line each."""

OPTIONAL = ("not_wanted", "must", "never", "follow")

HINTED = (*LISTED, "persona", "audience", "days", "picks", "min_score")
"""Those that are typed or need a word: how to write them stands below the field."""

Block = dict[str, Any]


def field(w: Words, name: str, current: Any, profiles: Mapping[str, str]) -> Block:
    """Build the input block of a setting with the value that holds.

    `profiles`: name -> title.
    """
    hint = {"hint": plain(w.say("sentence", text=capital(how_to(w, name))), MAX_HINT)} if name in HINTED else {}
    optional = {"optional": True} if name in OPTIONAL else {}
    element = {**_element(w, name, current, profiles), "action_id": name}
    return {
        "type": "input",
        "block_id": name,
        "label": plain(w[f"setting_{name}"]),
        "element": element,
        **hint,
        **optional,
    }


def _element(w: Words, name: str, current: Any, profiles: Mapping[str, str]) -> Block:
    if name in LISTED:
        return _text("\n".join(current), multiline=True)
    if name == "sources":
        return sources(w, current)
    if name == "timezone":
        return zone(current)
    if name == "time":
        return {"type": "timepicker", "initial_time": current}
    if name in ("picks", "min_score"):
        return {"type": "number_input", "is_decimal_allowed": False, "initial_value": str(current)}
    if name in ("profile", "language", "answers", "quiet", "roundup"):
        choices: Mapping[str, Mapping[str, str]] = {
            "profile": profiles,
            "language": languages() | {current: languages().get(current, current)},
            "answers": {one: w[f"answers_{one}"] for one in ANSWERS},
            "roundup": {one: w[f"roundup_{one}"] for one in ROUNDUP},
            "quiet": {"no": w.quiet_False, "yes": w.quiet_True},
        }
        return select(choices[name], {True: "yes", False: "no"}.get(current, current))
    return _text(current)


def zone(current: str) -> Block:
    """A menu of time zones, found by city or abbreviation."""
    groups: dict[str, list[Block]] = {}
    for name in dict.fromkeys([current, *zones.LEADING, *zones.zones()]):
        area = "★" if name in (current, *zones.LEADING) else name.partition("/")[0]
        groups.setdefault(area, []).append(_option(zones.label(name), name))
    return {
        "type": "static_select",
        "option_groups": _groups(groups),
        "initial_option": _option(zones.label(current), current),
    }


def sources(w: Words, current: Sequence[str]) -> Block:
    """A menu of sources by name.

    Hugging Face's list, arXiv's categories, bioRxiv's and medRxiv's areas.
    """
    chosen = [source for source in apart(current) if len(source) <= MAX_VALUE]
    known = [f"arxiv:{c}" for c in taxonomy.categories()] + list(taxonomy.collections())
    offered = dict.fromkeys([*(f"huggingface:{n}" for n in TOPS), *(s for s in chosen if s not in known), *known])
    groups: dict[str, list[Block]] = {}
    for source in offered:
        kind, _, name = source.partition(":")
        where = {"arxiv": f"arXiv {name.partition('.')[0]}", "biorxiv": "bioRxiv", "medrxiv": "medRxiv"}
        groups.setdefault(where.get(kind, w.sources_popular), []).append(_option(source_name(w, source), source))
    first = [_option(source_name(w, s), s) for s in chosen]
    return {
        "type": "multi_static_select", "option_groups": _groups(groups), **({"initial_options": first} if first else {})
    }  # fmt: skip


def initial(element: Mapping[str, Any]) -> str:
    """The value that a field was shown with, as text; several one to a line."""
    if "initial_options" in element or element.get("type") == "multi_static_select":
        return "\n".join(option["value"] for option in element.get("initial_options") or [])
    option = element.get("initial_option") or {}
    return str(option.get("value") or element.get("initial_time") or element.get("initial_value") or "")


def state(value: Mapping[str, Any]) -> str:
    """The value that a person left in a field, as text; several one to a line."""
    if "selected_options" in value:
        return "\n".join(option["value"] for option in value["selected_options"] or [])
    option = value.get("selected_option") or {}
    return str(option.get("value") or value.get("selected_time") or value.get("value") or "")


def given(view: Mapping[str, Any], name: str) -> Any:
    """What a person left in the field of a setting, as `Intake.change` takes it."""
    return typed_values.value(name, state(view["state"]["values"].get(name, {}).get(name, {})))


def capital(text: str) -> str:
    """With a capital letter."""
    return text[:1].upper() + text[1:]


def plain(text: str, most: int = MAX_LABEL) -> Block:
    """A plain text object of at most `most` characters."""
    return {"type": "plain_text", "text": text if len(text) <= most else text[: most - 1] + "…"}


def select(options: Mapping[str, str], chosen: Any) -> Block:
    """A menu. `options`: value -> text."""
    listed = {value: _option(title, value) for value, title in options.items()}
    first = {"initial_option": listed[chosen]} if chosen in listed else {}
    return {"type": "static_select", "options": list(listed.values()), **first}


def _text(value: str, *, multiline: bool = False) -> Block:
    more = {"multiline": True} if multiline else {}
    return {"type": "plain_text_input", **more, **({"initial_value": value[:MAX_INPUT]} if value else {})}


def _option(text: str, value: str) -> Block:
    return {"text": plain(text), "value": value}


def _groups(groups: Mapping[str, Sequence[Block]]) -> list[Block]:
    """Groups of at most MAX_OPTIONS options."""
    return [
        {"label": plain(label), "options": list(options[start : start + MAX_OPTIONS])}
        for label, options in groups.items()
        for start in range(0, len(options), MAX_OPTIONS)
    ]
