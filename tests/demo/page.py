"""One HTML page that shows what Slack and Telegram hold, side by side.

As a person would see it. It needs no script and loads nothing.
"""

import html
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import NamedTuple

from tests.demo.markup import button_html, nodes_html, runs_html
from tests.demo.slack_tree import mrkdwn, slack_nodes, slack_threads
from tests.demo.telegram_tree import asks_reply, telegram_buttons, telegram_nodes
from tests.demo.tree import BOT_NAME, Message, author, by_channel, by_topic, clock, plain, reply_target, unknown

CSS = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


class Step(NamedTuple):
    """One thing that a person did, and the screen after it."""

    did: str
    """In Slack's own markup."""
    screen: str
    """HTML."""


def _slack_message(m: Message, zone: tzinfo, css: str = "") -> str:
    who = author(m)
    badge = '<span class="app">APP</span>' if who == BOT_NAME else ""
    edited = '<span class="edited">(edited)</span>' if m.get("edited") else ""
    body = nodes_html(slack_nodes(m))
    if m.get("deleted"):
        body = '<div class="gone">This message was deleted.</div>'
    face = "🗞️" if who == BOT_NAME else html.escape(who[:1].upper())
    return (
        f'<div class="msg {css}"><div class="face">{face}</div><div class="body"><div class="by">'
        f"<b>{html.escape(who)}</b>{badge}<time>{clock(m, zone)}</time>{edited}</div>{body}"
    )


def _slack_channel(messages: Sequence[Message], zone: tzinfo) -> str:
    parts, day = [], ""
    for top, replies in slack_threads(messages):
        first = top or replies[0]
        date = datetime.fromtimestamp(float(first["ts"]), zone).strftime("%A, %-d %B %Y")
        if date != day:
            parts.append(f'<div class="day"><span>{date}</span></div>')
            day = date
        thread = "".join(_slack_message(reply, zone, "reply") + "</div></div>" for reply in replies)
        if top is None:
            parts.append(f'<div class="orphans">{runs_html([unknown("replies to a missing message")])}{thread}</div>')
            continue
        parts.append(_slack_message(top, zone))
        if replies:
            count = f"{len(replies)} {'reply' if len(replies) == 1 else 'replies'}"
            parts.append(f'<details class="thread" open><summary>{count}</summary>{thread}</details>')
        parts.append("</div></div>")
    return "".join(parts)


def _slack(messages: Sequence[Message], zone: tzinfo) -> str:
    channels = by_channel(messages, "channel", "paper-digest")
    side = "".join(f'<li class="{"" if n else "on"}"># {html.escape(name)}</li>' for n, name in enumerate(channels))
    rooms = "".join(
        f"<header><b># {html.escape(name)}</b><span>{_number(found, 'message')}</span></header>"
        f'<div class="stream">{_slack_channel(found, zone)}</div>'
        for name, found in channels.items()
    )
    empty = '<p class="empty">No messages.</p>'
    return (
        '<section class="window slack" aria-label="Slack"><aside><div class="team">Research team</div>'
        f'<div class="label">Channels</div><ul>{side}</ul><div class="label">Apps</div><ul><li>🗞️ {BOT_NAME}</li></ul>'
        f'</aside><div class="room">{rooms or empty}</div></section>'
    )


def _bubble(m: Message, known: dict[int, Message], zone: tzinfo) -> str:
    target = reply_target(m)
    reply = ""
    if target is not None:
        text = plain(telegram_nodes(known[target])) if target in known else f"[unknown: message {target}]"
        who = html.escape(author(known.get(target, {})))
        first = html.escape(text.splitlines()[0] if text else "")
        reply = f'<div class="answer"><b>{who}</b><span>{first}</span></div>'
    body = '<div class="gone">Message deleted.</div>' if m.get("deleted") else nodes_html(telegram_nodes(m))
    rows = "".join(f'<div class="keys">{"".join(map(button_html, row))}</div>' for row in telegram_buttons(m))
    if asks_reply(m):
        rows += '<div class="answering">↩ Reply …</div>'
    stamp = " ".join(filter(None, ["edited" if m.get("edited") else "", clock(m, zone) or f"#{m['message_id']}"]))
    return (
        f'<div class="post"><div class="bubble"><b class="from">{html.escape(author(m))}</b>'
        f"{reply}{body}<time>{stamp}</time></div>{rows}</div>"
    )


def _telegram(messages: Sequence[Message], zone: tzinfo) -> str:
    rooms = []
    for name, found in by_channel(messages, "chat", "Paper digest").items():
        known = {m["message_id"]: m for m in found}
        posts, topic = [], None
        for m in by_topic(found):
            if m.get("message_thread_id") != topic:
                topic = m.get("message_thread_id")
                posts.append(f'<div class="day"><span>Topic {html.escape(str(topic))}</span></div>')
            posts.append(_bubble(m, known, zone))
        rooms.append(
            f'<header><div class="face">🗞️</div><div><b>{html.escape(name)}</b>'
            f"<span>channel · {_number(found, 'message')}</span>"
            f'</div></header><div class="stream">{"".join(posts)}</div>'
        )
    inner = "".join(rooms) or '<p class="empty">No messages.</p>'
    return f'<section class="window telegram" aria-label="Telegram">{inner}</section>'


def _number(them: Sequence[object], what: str) -> str:
    return f"{len(them)} {what}{'' if len(them) == 1 else 's'}"


def page(
    slack_messages: Sequence[Message],
    telegram_messages: Sequence[Message],
    *,
    title: str,
    notes: str | Sequence[str] = (),
    zone: tzinfo = UTC,
) -> str:
    """The page: Slack left, Telegram right.

    `notes`: lines under the title. `zone`: of the times shown.
    """
    both = f"{_slack(slack_messages, zone)}\n{_telegram(telegram_messages, zone)}"
    return _document(title, [notes] if isinstance(notes, str) else notes, both)


def steps_page(slack: Sequence[Step], telegram: Sequence[Step], *, title: str, notes: Sequence[str] = ()) -> str:
    """What two people did, step by step: on Slack left, on Telegram right."""
    both = "".join(
        f'<section class="steps {name.lower()}"><h2>{name}: {_number(steps, "action")}</h2>'
        f"<ol>{''.join(map(_step, steps))}</ol></section>\n"
        for name, steps in (("Slack", slack), ("Telegram", telegram))
    )
    return _document(title, notes, both)


def _step(step: Step) -> str:
    return f'<li><div class="did">{runs_html(mrkdwn(step.did))}</div><div class="screen">{step.screen}</div></li>'


def note(text: str) -> str:
    """A message that Slack shows to one person only."""
    said = nodes_html(slack_nodes({"text": text}))
    return f'<div class="note"><div class="soft">Only visible to you</div>{said}</div>'


def stream(messages: Sequence[Message], zone: tzinfo = UTC) -> str:
    """A Slack channel's messages."""
    return _slack_channel(messages, zone)


def bubbles(messages: Sequence[Message], chat: Sequence[Message], zone: tzinfo = UTC) -> str:
    """Some of a Telegram chat's messages; `chat`: all of it, for what they reply to."""
    known = {m["message_id"]: m for m in chat}
    return f'<div class="stream">{"".join(_bubble(m, known, zone) for m in messages)}</div>'


def _document(title: str, notes: Sequence[str], main: str) -> str:
    head = "".join(f"<p>{html.escape(line)}</p>" for line in notes if line)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{html.escape(title)}</title><style>{CSS}</style></head>\n"
        f'<body><div class="top"><h1>{html.escape(title)}</h1>{head}</div>\n<main>{main}</main></body></html>\n'
    )
