"""Shows Slack's modal forms as HTML, and fills them in as a person does."""

import html
from collections.abc import Mapping
from typing import Any

from tests.demo.markup import nodes_html, runs_html
from tests.demo.slack_tree import block_nodes, text_runs
from tests.demo.tree import unknown

Fields = dict[str, Any]

CHOICES = ("static_select", "multi_static_select", "radio_buttons", "checkboxes")
"""Inputs with options; the others hold a text, a number or a time."""


def form_html(view: Fields, typed: Mapping[str, Any] | None = None, errors: Mapping[str, str] | None = None) -> str:
    """A modal as Slack shows it.

    `typed`: block id -> what a person wrote or chose. `errors`: block id -> the sentence under its field.
    """
    blocks = "".join(_block(block, (typed or {}).get(block.get("block_id")), errors or {}) for block in view["blocks"])
    keys = [(view.get("close"), ""), (view.get("submit"), "primary")]
    foot = "".join(f'<span class="button {look}">{runs_html(text_runs(text))}</span>' for text, look in keys if text)
    return (
        f'<div class="form"><div class="form-title">{runs_html(text_runs(view["title"]))}</div>{blocks}'
        f'<div class="form-foot">{foot}</div></div>'
    )


def filled(view: Fields, **typed: Any) -> Fields:
    """The form's state as a person leaves it: every initial value, with some changed.

    Options are given by their values, several of them as a list.
    """
    values: Fields = {}
    for block in view["blocks"]:
        if element := block.get("element"):
            state = _state(element, typed.get(block["block_id"]))
            values[block["block_id"]] = {element["action_id"]: {"type": element["type"], **state}}
    return values


def _state(element: Fields, new: Any) -> Fields:
    match element["type"]:
        case "static_select" | "radio_buttons":
            return {"selected_option": _options(element, [new])[0] if new else element.get("initial_option")}
        case "multi_static_select" | "checkboxes":
            return {"selected_options": _options(element, new) if new else element.get("initial_options", [])}
        case "timepicker":
            return {"selected_time": new or element.get("initial_time")}
    return {"value": new or element.get("initial_value")}


def _options(element: Fields, values: list[str]) -> list[Fields]:
    groups = [element.get("options") or [], *(group["options"] for group in element.get("option_groups") or [])]
    known = {option["value"]: option for group in groups for option in group}
    return [known[value] for value in values]


def _block(block: Fields, typed: Any, errors: Mapping[str, str]) -> str:
    if block["type"] != "input":
        return nodes_html(block_nodes(block))
    optional = ' <span class="soft">(optional)</span>' if block.get("optional") else ""
    wrong = errors.get(block["block_id"], "")
    error = f'<div class="form-error">{html.escape(wrong)}</div>' if wrong else ""
    hint = f'<div class="soft">{runs_html(text_runs(block["hint"]))}</div>' if block.get("hint") else ""
    return (
        f'<div class="field"><b>{runs_html(text_runs(block["label"]))}</b>{optional}'
        f"{_input(block['element'], typed, bool(wrong))}{error}{hint}</div>"
    )


def _input(element: Fields, typed: Any, wrong: bool) -> str:
    kind, state = element["type"], _state(element, typed)
    look = f"input {'wrong' if wrong else ''}"
    if kind in CHOICES:
        chosen = state.get("selected_options") or [state.get("selected_option")]
        labels = [runs_html(text_runs(option["text"])) for option in chosen if option]
        if kind in ("radio_buttons", "checkboxes"):
            return _ticks(element, [option["value"] for option in chosen if option])
        if kind == "multi_static_select":
            labels = [f'<span class="chip">{label}</span>' for label in labels]
        return f'<div class="{look} menu"><span>{"".join(labels) or "&nbsp;"}</span><i>▾</i></div>'
    if kind not in ("plain_text_input", "number_input", "timepicker"):
        return runs_html([unknown(kind)])
    value = html.escape(str(state.get("value") or state.get("selected_time") or ""))
    tall = " tall" if element.get("multiline") else ""
    return f'<div class="{look}{tall}">{value or "&nbsp;"}</div>'


def _ticks(element: Fields, chosen: list[str]) -> str:
    signs = ("◉", "○") if element["type"] == "radio_buttons" else ("☑", "☐")
    rows = (
        f"<div>{signs[option['value'] not in chosen]} {runs_html(text_runs(option['text']))}</div>"
        for option in element["options"]
    )
    return "".join(rows)
