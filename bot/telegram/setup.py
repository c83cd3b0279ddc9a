"""`/digest setup` on Telegram: a topic in steps, a preview, then it is saved.

Callback data: `setup:<draft>:<what>`, what being a setting, `language:<code>`, `show`, `right` or `back`; a
question ends in `#setup_<draft>_<what>`, and the reply to it is the answer. In a private chat the next message is.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.constants import ChatType

from bot.commands import is_only_link
from bot.source_names import faults
from bot.telegram import keyboards
from bot.telegram.message import PLATFORM, asked_by_us
from bot.telegram.replies import Replies
from workers.channels import typed_values
from workers.channels.settings_check import how_to
from workers.intake.topic_setup import ASKED, CORRECTED, Setup, TaskOutcome
from workers.models.topic import Preview
from workers.paper_ids.in_text import parse
from workers.store.channels.topic_drafts import TopicDraft
from workers.words import Words, languages

VERB = "setup"
"""First part of the callback data."""

BEGIN, SHOW, RIGHT, BACK, DROP = "begin", "show", "right", "back", "drop"

LOOK_S, LONGEST_S = 0.3, 120.0
"""Seconds between two looks for a result, and after which it is given up: all sources together may take a minute."""

_PROMPT = re.compile(rf"#setup_([0-9a-f]{{8}})_({'|'.join(('text', *CORRECTED, *ASKED))})\s*$")

Store = Callable[..., Awaitable[Any]]


class TopicSetup:
    """Takes people through the steps.

    `store` runs a call of Intake in a thread.
    """

    def __init__(self, replies: Replies, setup: Setup, store: Store) -> None:
        self.replies, self.setup, self.store = replies, setup, store
        self._following: set[asyncio.Task[None]] = set()

    # -- what people say -------------------------------------------------------------------------------------------

    async def begin(self, message: Message, channel: str, person: str) -> None:
        """Ask what the team works on.

        `channel`: whose topic it is; the talk goes on where `message` stands.
        """
        draft = await self.store(self.setup.begin, channel, person)
        await self._ask(message, draft, person, "text")

    async def heard(
        self, message: Message, person: str, text: str, me: Any, may: Callable[[], Awaitable[bool]], channel: str
    ) -> bool:
        """Deal with what answers a question of ours; False where it answers none."""
        found = _PROMPT.search(asked_by_us(message, me))
        what = f"{found[1]} {found[2]}" if found else ""
        if not what and message.chat.type == ChatType.PRIVATE and not (parse(text) and is_only_link(text)):
            what = await self.store(self.setup.drafts.awaited, _chat(message), person)
        if not what:
            return False
        draft, name = await self._draft(what.partition(" ")[0], channel), what.partition(" ")[2]
        await self.store(self.setup.drafts.await_, _chat(message), person, "")
        if draft is None:
            await self.replies.reply(message, (await self.store(self.setup.intake.words, _chat(message))).setup_gone)
        elif not await may():
            await self.replies.reply(message, self.setup.words(draft).admins_only)
        else:
            await self._take(message, draft, person, name, text)
        return True

    async def _take(self, message: Message, draft: TopicDraft, person: str, name: str, text: str) -> None:
        value = text if name == "text" else typed_values.value(name, text)
        faults = await self.store(self.setup.give, draft, {name: value})
        w = self.setup.words(draft)
        if faults:
            await self.replies.reply(message, faults[0][1])
            await self._ask(message, draft, person, name)
        elif name == "text":
            await self.store(self._propose, draft)
            await self.replies.reply(message, w.setup_working)
            self._follow(message, draft)
        else:
            await self.replies.reply(message, proposal(w, draft), proposal_keys(w, draft))

    async def pressed(self, query: CallbackQuery, message: Message, what: str, channel: str, *, may: bool) -> None:
        """A button of ours. `channel`: where it stands."""
        name, _, step = what.partition(":")
        person = f"{PLATFORM}:{query.from_user.id}"
        draft = None if name == BEGIN else await self._draft(name, channel)
        w = self.setup.words(draft) if draft else await self.store(self.setup.intake.words, channel)
        if not may or (draft is None and name != BEGIN):
            await self.replies.answer(query, w.setup_gone if may else w.admins_only, alert=True)
            return
        if name == BEGIN:
            await self.replies.answer(query)
            await self.begin(message.reply_to_message or message, channel, person)
        elif draft:
            await self._step(query, message, draft, step, person, w)

    async def _draft(self, name: str, channel: str) -> TopicDraft | None:
        """The draft with that id, if it is for this chat.

        Somebody who may change settings elsewhere may not use it here.
        """
        draft: TopicDraft | None = await self.store(self.setup.drafts.get, name)
        return draft if draft and draft.channel.partition("/")[0] == channel.partition("/")[0] else None

    async def _step(
        self, query: CallbackQuery, message: Message, draft: TopicDraft, step: str, person: str, w: Words
    ) -> None:
        if step == "language":
            await self.replies.answer(query)
            await self.replies.redraw(message, w.setting_language, language_keys(draft))
        elif step.startswith("language:"):  # what was proposed is said anew in it, what was given stays
            await self.store(self.setup.give, draft, {"language": step.partition(":")[2]})
            await self.store(self._propose, draft)
            await self.replies.answer(query)
            await self.replies.redraw(message, self.setup.words(draft).setup_working, None)
            self._follow(message, draft, redraw=True)
        elif step == BACK:
            await self.replies.answer(query)
            await self.replies.redraw(message, proposal(w, draft), proposal_keys(w, draft))
        elif step in (*CORRECTED, *ASKED):
            await self.replies.answer(query)
            await self._ask(message.reply_to_message or message, draft, person, step)
        elif step == SHOW:
            await self.replies.answer(query)
            await self.store(self._preview, draft)
            await self.replies.redraw(message, w.setup_looking, None)
            self._follow(message, draft, redraw=True)
        elif step == RIGHT:
            taken = await self.store(self.setup.save, draft)
            w = await self.store(self.setup.intake.words, draft.channel)
            await self.replies.answer(query)
            await self.replies.redraw(
                message, taken.say if taken.refused else w.say("setup_saved", said=taken.say), None
            )
        elif step == DROP:
            await self.store(self.setup.drafts.drop, draft)
            await self.replies.answer(query)
            await self.replies.redraw(message, w.setup_dropped, None)

    # -- what takes time -------------------------------------------------------------------------------------------

    def _propose(self, draft: TopicDraft) -> None:
        self.setup.propose(draft)
        self.setup.intake.hand_out([draft.task])

    def _preview(self, draft: TopicDraft) -> None:
        self.setup.preview(draft)
        self.setup.intake.hand_out([draft.task])

    def _follow(self, message: Message, draft: TopicDraft, *, redraw: bool = False) -> None:
        task = asyncio.get_running_loop().create_task(self._show(message, draft, redraw=redraw))
        self._following.add(task)
        task.add_done_callback(self._following.discard)

    async def _show(self, message: Message, draft: TopicDraft, *, redraw: bool) -> None:
        """Show what the draft's task found, once it is there."""
        w, until = self.setup.words(draft), time.monotonic() + LONGEST_S
        found = TaskOutcome()
        while not found.ended and time.monotonic() < until:
            await asyncio.sleep(LOOK_S)
            found = await self.store(self.setup.done, draft.id)
        text, keys = w.setup_failed, None
        if found.preview and found.draft:
            text, keys = preview(w, found.preview), preview_keys(w, found.draft)
        elif found.draft:
            text, keys = proposal(w, found.draft), proposal_keys(w, found.draft)
        if redraw:
            await self.replies.redraw(message, text, keys)
        else:
            await self.replies.reply(message, text, keys)

    async def _ask(self, message: Message, draft: TopicDraft, person: str, name: str) -> None:
        if message.chat.type == ChatType.PRIVATE:
            await self.store(self.setup.drafts.await_, _chat(message), person, f"{draft.id} {name}")
        w = self.setup.words(draft)
        await self.replies.reply(message, question(w, draft, name), keyboards.asking(message.chat.type))


# -- texts and keyboards, all pure -------------------------------------------------------------------------------------


def question(w: Words, draft: TopicDraft, name: str) -> str:
    """The message that asks for a value."""
    if name == "text":
        asked = f"{w.setup_words}\n{w.setup_words_hint}\n{w.setup_reply}"
    else:
        asked = w.say("setup_ask", name=w[f"setting_{name}"]) + w.say("brackets", text=how_to(w, name))
    return f"{asked}\n#setup_{draft.id}_{name}"


def proposal(w: Words, draft: TopicDraft) -> str:
    """The proposal, and what it rests on."""
    told = w.setup_correct if draft.by != "local" else w.setup_correct_local
    rows = []
    for name in (*CORRECTED, *ASKED):
        value = draft.changes[name]
        shown = keyboards.shown(w, name, value)
        rows.append(f"• {w[f'setting_{name}']}{w.colon}{shown}")
    return "\n".join([told, *rows])


def proposal_keys(w: Words, draft: TopicDraft) -> InlineKeyboardMarkup:
    """A button for each setting, then the preview."""
    keys = [_key(w[f"setting_{name}"], draft, name) for name in (*CORRECTED, *ASKED)]
    rows: list[Sequence[InlineKeyboardButton]] = [keys[i : i + 2] for i in range(0, len(keys), 2)]
    return InlineKeyboardMarkup(
        [*rows, [_key(w.setup_preview_button, draft, SHOW), _key(w.settings_cancel, draft, DROP)]]
    )


def language_keys(draft: TopicDraft) -> InlineKeyboardMarkup:
    """A button for each language."""
    ticked = {code: "✓ " if code == draft.changes["language"] else "" for code in languages()}
    keys = [_key(ticked[code] + name, draft, f"language:{code}") for code, name in languages().items()]
    return InlineKeyboardMarkup([keys[i : i + 2] for i in range(0, len(keys), 2)])


def preview(w: Words, found: Preview) -> str:
    """The best titles with their scores."""
    day = w["and"].join(f"{d:%m-%d}" for d in found.days)
    lines = [w.say("setup_preview", day=day) if found.papers else w.setup_preview_none]
    for paper in found.papers:
        score = w.say("setup_match", score=paper.score) if paper.local else str(paper.score)
        below = w.say("brackets", text=w.say("setup_below", bar=found.min_score))
        lines.append(f"\n{score}{below if (paper.score or 0) < found.min_score else ''}\n{paper.title}\n{paper.why}")
    lines.append("\n" + w.say("setup_counted", n=found.candidates, bar=found.min_score))
    if found.failed:
        lines.append(w.say("setup_preview_failed", names=faults(w, found.failed)))
    return "\n".join(lines)


def preview_keys(w: Words, draft: TopicDraft) -> InlineKeyboardMarkup:
    """*Looks right* or *change*."""
    return InlineKeyboardMarkup([[_key(f"✓ {w.setup_right}", draft, RIGHT), _key(w.setup_change, draft, BACK)]])


def begin_key(w: Words) -> InlineKeyboardMarkup:
    """Offers to set up a topic of one's own."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(w.setup_own, callback_data=f"{VERB}:{BEGIN}")]])


def _key(label: str, draft: TopicDraft, what: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=f"{VERB}:{draft.id}:{what}")


def _chat(message: Message) -> str:
    return f"{PLATFORM}:{message.chat_id}"
