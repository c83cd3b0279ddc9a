"""`/digest setup` on Slack: a form for the topic, a preview, then it is saved.

The form's view shows each step in turn. What takes time is a task; the view is changed when its result is there.
"""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack.form_fields import MAX_INPUT, capital, field, given, plain, sources, state
from bot.slack.intake_runner import IntakeRunner
from bot.slack.views import MAX_SECTION, MAX_TITLE, escaped
from bot.source_names import faults
from workers.intake.topic_setup import ASKED, CORRECTED, Setup, TaskOutcome
from workers.models.topic import Preview
from workers.store.channels.topic_drafts import TopicDraft
from workers.words import Words

SAY, CORRECT, SHOW = "setup", "setup_correct", "setup_show"
"""callback_ids of the three steps."""

CHANGE = "setup_change"
"""action_id of the button that goes back from the preview."""

LOOK_S, LONGEST_S = 0.3, 120.0
"""Seconds between two looks for a result, and after which it is given up: all sources together may take a minute."""

Block = dict[str, Any]
Fields = dict[str, Any]


class TopicSetup:
    """Listens for the steps. `runner`: what all listeners share."""

    def __init__(self, runner: IntakeRunner) -> None:
        self.runner, self.setup = runner, Setup(runner.intake)

    def register(self, app: AsyncApp) -> None:
        """Give the listeners to Bolt."""
        app.view(SAY)(self.on_said)
        app.view(CORRECT)(self.on_corrected)
        app.view(SHOW)(self.on_right)
        app.action(CHANGE)(self.on_change)

    async def open(self, command: Fields, respond: Any) -> None:
        """Show the first step to who typed the command."""
        room, user = command["channel_id"], command["user_id"]

        def form_of() -> Block:
            draft = self.setup.begin(f"slack:{room}", f"slack:{user}")
            return said_form(self.setup.words(draft), draft)

        try:
            form = await self.runner.work(form_of)
            await self.runner.client.views_open(trigger_id=command["trigger_id"], view=form)
        except Exception as error:  # noqa: BLE001 - a person must get an answer
            await respond(self.runner.trouble("setup", error))

    async def on_said(self, ack: Any, body: Fields, view: Fields, context: Any) -> None:
        """The first step was sent: a proposal is made from it."""
        tried: Fields = {name: given(view, name) for name in ASKED}
        tried["text"] = state(view["state"]["values"].get("text", {}).get("text", {}))
        if places := given(view, "sources"):
            tried["sources"] = places
        await self._step(ack, body, view, context, tried, self.setup.propose, "setup_working")

    async def on_corrected(self, ack: Any, body: Fields, view: Fields, context: Any) -> None:
        """The second step was sent: its preview is made."""
        tried = {name: given(view, name) for name in CORRECTED}
        await self._step(ack, body, view, context, tried, self.setup.preview, "setup_looking")

    async def _step(
        self,
        ack: Any,
        body: Fields,
        view: Fields,
        context: Any,
        tried: Fields,
        then: Callable[[TopicDraft], None],
        saying: str,
    ) -> None:
        """Take over what was given and begin the next step, or mark what does not fit."""
        first = view["blocks"][-1]["block_id"] if view["blocks"] else "text"

        def take() -> tuple[Fields, TopicDraft | None, Words]:
            draft, w = self._draft(body, view)
            if draft is None:
                return {first: w.setup_gone}, None, w
            faults = dict(self.setup.give(draft, tried))
            if not faults:
                then(draft)
            return faults, draft, self.setup.words(draft)

        try:
            if not await self._may(body, view, context):
                await ack(response_action="errors", errors={first: self.runner.words.admins_only})
                return
            faults, draft, w = await self.runner.work(take)
        except Exception as error:  # noqa: BLE001 - a person must get an answer
            await ack(response_action="errors", errors={first: self.runner.trouble("setup", error)})
            return
        if faults or draft is None:
            await ack(response_action="errors", errors=faults)
            return
        await ack(response_action="update", view=plain_view(w, w[saying]))
        self.runner.dispatch([draft.task])
        self.runner.later(self._follow(view["id"], draft))

    async def _follow(self, view: str, draft: TopicDraft) -> None:
        """Show what the draft's task found, once it is there."""
        w, until = self.setup.words(draft), time.monotonic() + LONGEST_S
        found = TaskOutcome()
        while not found.ended and time.monotonic() < until:
            await asyncio.sleep(LOOK_S)
            found = await self.runner.work(lambda: self.setup.done(draft.id))
        if found.preview and found.draft:
            shown = preview_form(w, found.draft, found.preview)
        elif found.draft:
            shown = correct_form(w, found.draft)
        else:
            shown = plain_view(w, w.setup_failed)
        await self.runner.client.views_update(view_id=view, view=shown)

    async def on_change(self, ack: Any, body: Fields) -> None:
        """Back from the preview to what can be corrected."""
        await ack()

        def form_of() -> Block:
            draft, w = self._draft(body, body["view"])
            return correct_form(w, draft) if draft else plain_view(w, w.setup_gone)

        async def show() -> None:
            form = await self.runner.work(form_of)
            await self.runner.client.views_update(view_id=body["view"]["id"], view=form)

        self.runner.later(show())

    async def on_right(self, ack: Any, body: Fields, view: Fields, context: Any) -> None:
        """It looks right: it is saved and subscribed."""

        def save() -> tuple[str, str]:
            draft, w = self._draft(body, view)
            if draft is None:
                return "", w.setup_gone
            taken = self.setup.save(draft)
            w = self.runner.intake.words(draft.channel)
            said = taken.say if taken.refused else w.say("setup_saved", said=taken.say)
            return draft.channel.partition(":")[2], said

        try:
            may = await self._may(body, view, context)
            room, said = await self.runner.work(save) if may else ("", self.runner.words.admins_only)
        except Exception as error:  # noqa: BLE001 - a person must get an answer
            room, said = "", self.runner.trouble("setup", error)
        if not room:
            await ack(response_action="update", view=plain_view(self.runner.words, said))
            return
        await ack(response_action="clear")
        self.runner.later(self.runner.tell({"channel": room, "user": body["user"]["id"]}, said))

    def _draft(self, body: Fields, view: Fields) -> tuple[TopicDraft | None, Words]:
        """The draft of a view, if this person began it for the view's channel."""
        about = json.loads(view["private_metadata"])
        draft = self.setup.drafts.get(about["draft"])
        if draft is None or (draft.channel, draft.person) != (
            f"slack:{about['channel']}",
            f"slack:{body['user']['id']}",
        ):
            return None, self.runner.words
        return draft, self.setup.words(draft)

    async def _may(self, body: Fields, view: Fields, context: Any) -> bool:
        room = json.loads(view["private_metadata"])["channel"]
        return self.runner.intake.may_use(context.team_id or "", room) and await self.runner.may_change(
            body["user"]["id"], room
        )


# -- the views, all pure ---------------------------------------------------------------------------------------------


def said_form(w: Words, draft: TopicDraft) -> Block:
    """The first step: what do you work on, where to look, language, time."""
    text = {"type": "plain_text_input", "multiline": True, "action_id": "text", "max_length": MAX_INPUT // 2}
    where = {**sources(w, draft.changes.get("sources", ())), "action_id": "sources"}
    blocks: list[Block] = [
        _input("text", w.setup_words, text | ({"initial_value": draft.text} if draft.text else {}), w.setup_words_hint),
        {**_input("sources", w.setting_sources, where, w.setup_where_hint), "optional": True},
        *(field(w, name, draft.changes[name], {}) for name in ASKED),
    ]
    return _view(w, SAY, draft, blocks, w.setup_next)


def correct_form(w: Words, draft: TopicDraft) -> Block:
    """The second step: the proposal, to be corrected."""
    told = w.setup_correct if draft.by != "local" else w.setup_correct_local
    blocks = [_section(told), *(field(w, name, draft.changes[name], {}) for name in CORRECTED)]
    return _view(w, CORRECT, draft, blocks, w.setup_preview_button)


def preview_form(w: Words, draft: TopicDraft, found: Preview) -> Block:
    """The third step: titles with scores, *looks right* or *change*."""
    day = w["and"].join(f"{d:%m-%d}" for d in found.days)
    blocks = [_section(w.say("setup_preview", day=day) if found.papers else w.setup_preview_none)]
    for paper in found.papers:
        score = w.say("setup_match", score=paper.score) if paper.local else str(paper.score)
        below = f" · {w.say('setup_below', bar=found.min_score)}" if (paper.score or 0) < found.min_score else ""
        line = f"*{escaped(score)}*{escaped(below)}\n{escaped(paper.title)}\n_{escaped(paper.why)}_"
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": line[:MAX_SECTION]}})
    told = [w.say("setup_counted", n=found.candidates, bar=found.min_score)]
    if found.failed:
        told.append(w.say("setup_preview_failed", names=faults(w, found.failed)))
    blocks.append({"type": "context", "elements": [plain(capital(line), MAX_SECTION) for line in told]})
    button = {"type": "button", "action_id": CHANGE, "text": plain(w.setup_change)}
    blocks.append({"type": "actions", "elements": [button]})
    return _view(w, SHOW, draft, blocks, w.setup_right)


def plain_view(w: Words, said: str) -> Block:
    """The view with one sentence, while something goes on or where it ended."""
    return {"type": "modal", "title": plain(w.setup_title, MAX_TITLE), "blocks": [_section(said)]}


def _view(w: Words, step: str, draft: TopicDraft, blocks: list[Block], submit: str) -> Block:
    return {
        "type": "modal",
        "callback_id": step,
        "private_metadata": json.dumps({"draft": draft.id, "channel": draft.channel.partition(":")[2]}),
        "title": plain(w.setup_title, MAX_TITLE),
        "submit": plain(submit, MAX_TITLE),
        "close": plain(w.settings_cancel, MAX_TITLE),
        "blocks": blocks,
    }


def _input(name: str, label: str, element: Block, hint: str) -> Block:
    below = plain(hint, MAX_SECTION)
    return {"type": "input", "block_id": name, "label": plain(label), "element": element, "hint": below}


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": escaped(text)[:MAX_SECTION]}}
