"""Inline keyboards and what their buttons mean. Pure.

Callback data (at most 64 bytes): `up:<paper>`, `down:<paper>`, `dive:<paper>`, `save:<paper>` under a paper (of the
menu there: `bot.telegram.paper_menu`); `other:<update>` and `about:<update>:<paper>` under an answer in a private chat;
in the settings `set:` is the menu, `set:<name>` its page, `set:<name>=<value>` a choice, `set:defaults=<name>` back to
the default, `set:close` the end; `set@<place>:…` is the same for another place, from a private chat; `do:<verb>` is
`/digest <verb>`. A value that must be typed is asked for by a message that ends in `#set_<name>`
(`#set_<name>@<place>`); the reply to it is the value, so nothing is remembered.
"""

import re
from collections.abc import Sequence
from typing import Any

from telegram import Chat, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup

from bot.source_names import source_name
from prompts import MAX_PICKS, titles
from workers.channels import typed_values
from workers.channels.roundups import ROUNDUP
from workers.channels.settings_check import ANSWERS, how_to
from workers.paper_ids.paper_key import short
from workers.platforms.actions import ABOUT
from workers.settings.values import DAY_NAMES, parse_days
from workers.words import Words, languages

UP, DOWN, DIVE, SET, SAVE = "up", "down", "dive", "set", "save"
DO, SETTINGS, CLOSE, DEFAULTS = "do", "settings", "close", "defaults"
THUMBS = {UP: "👍", DOWN: "👎"}

DATA_MOST = 64
"""Bytes of callback data (InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)."""

CHOSEN = ("profile", "language", "picks", "min_score", "days", "quiet", "answers", "roundup")
TYPED = (
    "title", "interests", "not_wanted", "must", "never", "sources", "follow", "persona", "audience", "time", "timezone",
)  # fmt: skip
NUMBERS = ("picks", "min_score")

BARS = (0, 40, 50, 60, 70, 80, 90)
"""Lowest scores to choose from: the bands of the scoring prompt and the steps between them."""

IN_A_ROW = 5
"""Short buttons that stay readable beside each other on a telephone."""

_PROMPT = re.compile(rf"#set_({'|'.join(TYPED)})(?:@([-@]\S+))?\s*$")
_NOWHERE_ANSWERS = (Chat.PRIVATE, Chat.CHANNEL)
"""Chats without threads of comments, in which the choice of when to answer in one means nothing."""

Buttons = Sequence[Sequence[InlineKeyboardButton]]


def voted(markup: InlineKeyboardMarkup, paper: str, up: int, down: int) -> InlineKeyboardMarkup:
    """The keyboard with the votes as they stand now; other buttons as they are."""
    shown = {f"{UP}:{paper}": (UP, up), f"{DOWN}:{paper}": (DOWN, down)}

    def renamed(button: InlineKeyboardButton) -> InlineKeyboardButton:
        found = shown.get(str(button.callback_data))
        return _button(_counted(*found), str(button.callback_data)) if found else button

    return InlineKeyboardMarkup([[renamed(button) for button in row] for row in markup.inline_keyboard])


def offered(question: str, papers: Sequence[tuple[str, str]]) -> InlineKeyboardMarkup:
    """A button for each of `papers` (id, title), which asks the same question of it."""
    data = ((title, f"{ABOUT}:{question}:{short(paper)}") for paper, title in papers)
    return InlineKeyboardMarkup([[_button(title, known)] for title, known in data if len(known.encode()) <= DATA_MOST])


def _counted(thumb: str, count: int) -> str:
    return f"{THUMBS[thumb]} {count}" if count else THUMBS[thumb]


def text(w: Words, current: dict[str, Any], kind: str = Chat.SUPERGROUP) -> str:
    """The settings as they hold now. `kind`: type of the chat."""
    mean = {name: value for name, value in current.items() if name != "answers" or kind not in _NOWHERE_ANSWERS}
    rows = [f"• {_label(w, name)}{w.colon}{shown(w, name, value)}" for name, value in mean.items()]
    return "\n".join([w.settings_title, *rows])


def shown(w: Words, name: str, value: Any) -> str:
    """A setting's value for people."""
    if name == "days":
        days = parse_days(str(value))
        return w["and"].join(word for number, word in enumerate(w.weekdays.split()) if number in days)
    if isinstance(value, list):
        named = (source_name(w, one) for one in value) if name == "sources" else value
        return "".join(f"\n   – {one}" for one in named) or w.nothing_chosen
    if name == "language":
        return languages().get(value, str(value))
    return w[f"{name}_{value}"] if name in ("answers", "quiet", "roundup") else str(value)


def start(w: Words) -> InlineKeyboardMarkup:
    """Below the greeting: what most people want next."""
    buttons = [_button(w[f"start_{verb}"], f"{DO}:{verb}") for verb in ("subscribe", SETTINGS, "help")]
    return InlineKeyboardMarkup([[button] for button in buttons])


def places(w: Words, found: Sequence[tuple[str, str]]) -> InlineKeyboardMarkup:
    """This chat, and each of the places (address, title) that a person administers."""
    rows = [_button(w.settings_here, f"{SET}:"), *(_button(title, f"{_set(place)}:") for place, title in found)]
    return InlineKeyboardMarkup([*_rows(rows, 1), [_close(w)]])


def menu(w: Words, at: str = "", kind: str = Chat.SUPERGROUP) -> InlineKeyboardMarkup:
    """Build the menu: one button for each setting, two in a row.

    Below them are the way back to the defaults, and the way out.
    `at`: place that it is about, where that is another one; `kind`: type of the chat.
    """
    names = [name for name in (*CHOSEN, *TYPED) if name != "answers" or kind not in _NOWHERE_ANSWERS]
    buttons = [_button(_label(w, name), f"{_set(at)}:{name}") for name in names]
    last = [_button(w.setting_defaults, f"{_set(at)}:{DEFAULTS}"), _close(w, at)]
    return InlineKeyboardMarkup([*_rows(buttons, 2), last])


def defaults(w: Words, own: Sequence[str], at: str = "") -> InlineKeyboardMarkup:
    """A button for each setting that was chosen here (`own`), which takes it back."""
    known = [name for name in (*CHOSEN, *TYPED) if name in own]
    buttons = [_button(f"↺ {_label(w, name)}", f"{_set(at)}:{DEFAULTS}={name}") for name in known]
    return InlineKeyboardMarkup([*_rows(buttons, 2), [_button(w.settings_back, f"{_set(at)}:")]])


def place_of(verb: str) -> str:
    """The other place that a button of the settings is about, or nothing.

    `set@-100123/7` is about `-100123/7`.
    """
    head, _, place = verb.partition("@")
    return place if head == SET else ""


def _set(at: str) -> str:
    return f"{SET}@{at}" if at else SET


def _close(w: Words, at: str = "") -> InlineKeyboardButton:
    return _button(w.settings_close, f"{_set(at)}:{CLOSE}")


def page(w: Words, name: str, current: dict[str, Any], at: str = "") -> InlineKeyboardMarkup:
    """The choices of one setting; the present one is ticked."""
    back = [[_button(w.settings_back, f"{_set(at)}:"), _close(w, at)]]
    if name == "days":
        return InlineKeyboardMarkup([*_days(w, parse_days(str(current["days"])), at), *back])
    values: dict[str, Sequence[Any]] = {
        "profile": list(titles()),
        "language": tuple(languages()),
        "picks": range(1, MAX_PICKS + 1),
        "min_score": sorted({*BARS, current["min_score"]}),
        "answers": ANSWERS,
        "roundup": ROUNDUP,
        "quiet": (True, False),
    }
    buttons = [
        _button(("✓ " if value == current[name] else "") + shown(w, name, value), data)
        for value in values[name]
        if len((data := f"{_set(at)}:{name}={value}").encode()) <= DATA_MOST
    ]
    return InlineKeyboardMarkup([*_rows(buttons, IN_A_ROW if name in NUMBERS else 1), *back])


def _days(w: Words, chosen: frozenset[int], at: str) -> Buttons:
    """A button for each day, which turns it on or off; the last day stays."""
    buttons = []
    for number, word in enumerate(w.weekdays.split()):
        days = sorted(chosen ^ {number}) or sorted(chosen)
        data = f"{_set(at)}:days={','.join(DAY_NAMES[day] for day in days)}"
        buttons.append(_button(("✓ " if number in chosen else "") + word, data))
    return _rows(buttons, 4)


def choice(data: str) -> tuple[str, str | None]:
    """Parse a button of the settings: (name, value).

    No name is the menu, no value the setting's page.
    """
    name, equals, value = data.partition(":")[2].partition("=")
    known = (*CHOSEN, *TYPED, DEFAULTS, CLOSE)
    if name == DEFAULTS and equals and value not in (*CHOSEN, *TYPED):
        return "", None
    return (name, value if equals else None) if name in known else ("", None)


def prompt(w: Words, name: str, at: str = "") -> str:
    """The message that asks for a value (for the place `at`)."""
    how = w.say("brackets", text=how_to(w, name))
    return f"{w.say('setting_send', name=_label(w, name))}{how}\n#set_{name}{f'@{at}' if at else ''}"


def asking(chat: str) -> ForceReply | None:
    """Open the reply field; in groups only for the person whom the prompt answers.

    `chat`: its type. A channel has none.
    """
    return None if chat == Chat.CHANNEL else ForceReply(selective=chat != Chat.PRIVATE)


def prompted(asked: str) -> str:
    """Name of the setting that a message of ours asked for, or nothing."""
    found = _PROMPT.search(asked)
    return found[1] if found else ""


def prompted_for(asked: str) -> str:
    """The other place that a message of ours asked a setting for, or nothing."""
    found = _PROMPT.search(asked)
    return found[2] or "" if found else ""


def value(name: str, said: str) -> Any:
    """What somebody typed or chose, as Intake wants it."""
    return typed_values.value(name, said)


def _label(w: Words, name: str) -> str:
    """The setting's name without the hint how to type it."""
    return re.sub(r"\s*[(（].*", "", w[f"setting_{name}"])


def _button(label: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=data)


def _rows(buttons: Sequence[InlineKeyboardButton], width: int) -> Buttons:
    return [buttons[i : i + width] for i in range(0, len(buttons), width)]
