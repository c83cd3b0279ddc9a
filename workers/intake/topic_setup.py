"""Sets up a channel's topic: words, a proposal, a preview, saved settings.

For listeners, beside `Intake`: what takes time is a task, whose result is asked for (`done`). Nothing is saved before
the team has said that it looks right.
"""

from dataclasses import dataclass
from typing import Any

from workers.channels.recipients import OF_PROFILE, profile_of
from workers.channels.settings_check import wrong
from workers.intake import Intake, Taken
from workers.models.tasks import PreviewData, TopicData
from workers.models.topic import Preview, Topic
from workers.store.channels.topic_drafts import Drafts, TopicDraft
from workers.store.tasks.ledger import Kind
from workers.words import Words, language_of, words

MOST_WORDS = 1500
"""Characters of what a team says about its work: some sentences, and what a modal gives back whole."""

ASKED = ("language", "time", "timezone")
"""Settings that are asked for beside the team's words and where to look."""

CORRECTED = ("title", "interests", "not_wanted", "sources", "persona", "audience")
"""Settings that are shown for correction."""


@dataclass(frozen=True)
class TaskOutcome:
    """What became of a task.

    `ended` is False while it runs; without `preview` or `draft` it failed.
    """

    ended: bool = False
    draft: TopicDraft | None = None
    preview: Preview | None = None


class Setup:
    """One listener's way to set up topics."""

    def __init__(self, intake: Intake) -> None:
        self.intake, self.drafts = intake, Drafts(intake.dispatcher.redis)

    def is_new(self, channel: str) -> bool:
        """True for a place that has chosen nothing yet and that no setting names."""
        chosen = self.intake.channels.get(channel)
        chose = chosen.changes or chosen.profile or chosen.subscribed is not None
        return not chose and not self.intake.gets_digest(channel)

    def begin(self, channel: str, person: str) -> TopicDraft:
        """A new draft, kept: with the language, time and zone that hold in the channel."""
        draft, current = self.drafts.new(channel, person), self.intake.current(channel)
        draft.changes = {name: current[name] for name in ASKED}
        self.drafts.put(draft)
        return draft

    def words(self, draft: TopicDraft) -> Words:
        """The words in which the draft's team is spoken to."""
        return words(str(draft.changes.get("language") or self.intake.language(draft.channel)))

    def give(self, draft: TopicDraft, changes: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        """Take over what a person gave, all or nothing.

        Returns (setting, sentence) of every value that makes no sense.
        """
        w, said = self.words(draft), dict(changes)
        text = said.pop("text", None)
        chosen = self.intake.channels.get(draft.channel)
        faults = [(one.name, one.say(w)) for one in wrong(self.intake.settings, chosen, None, said)]
        if text is not None and not any(sign.isalnum() for sign in text):
            faults.insert(0, ("text", w.setup_no_words))
        elif text is not None and len(text) > MOST_WORDS:
            faults.insert(0, ("text", w.say("too_long", limit=MOST_WORDS)))
        if not faults:
            draft.text = draft.text if text is None else text.strip()
            if text and "language" not in (*draft.given, *said) and (spoken := language_of(text)):
                draft.changes["language"] = spoken
            draft.changes |= said
            draft.given = list(dict.fromkeys([*draft.given, *said]))
            self.drafts.put(draft)
        return tuple(faults)

    # -- what takes time -------------------------------------------------------------------------------------------

    def propose(self, draft: TopicDraft) -> None:
        """Have a proposal made from the words."""
        told: TopicData = {"text": draft.text, "language": draft.changes["language"]}
        self._open(draft, "topic", {**told, "channel": draft.channel, "person": draft.person})

    def preview(self, draft: TopicDraft) -> None:
        """Have a look at what the draft would have picked."""
        profile = self._profile(draft)
        told: PreviewData = {"name": profile.name, "profile": profile.values}
        self._open(draft, "preview", {**told, "channel": draft.channel, "person": draft.person})

    def done(self, draft_id: str) -> TaskOutcome:
        """Whether the draft's task has ended, and with what.

        A proposal is then part of the draft.
        """
        draft = self.drafts.get(draft_id)
        if draft is None or not draft.task:
            return TaskOutcome(ended=True)
        found = self.intake.memory.result(draft.task)
        if found is None:
            task = self.intake.dispatcher.ledger.get(draft.task)
            return TaskOutcome(ended=task is None or task.state != "open")
        if draft.task.startswith("preview|"):
            return TaskOutcome(True, draft, Preview.model_validate(found))
        topic = Topic.model_validate(found)
        told = topic.model_dump(mode="json", include=set(CORRECTED))
        draft.changes |= {name: value for name, value in told.items() if name not in draft.given}
        draft.changes.setdefault("not_wanted", [])
        draft.by, draft.error = topic.by, topic.error or ""
        self.drafts.put(draft)
        return TaskOutcome(True, draft)

    def save(self, draft: TopicDraft) -> Taken:
        """Settings and subscription of the channel, and the draft is gone."""
        current = self.intake.current(draft.channel)
        changes = {name: value for name, value in draft.changes.items() if value != current[name]}
        taken = self.intake.change(draft.channel, changes) if changes else Taken()
        if taken.refused:
            return taken
        self.drafts.drop(draft)
        return self.intake.subscribe(channel=draft.channel, person=draft.person)

    def _profile(self, draft: TopicDraft) -> Any:
        goal, chosen = self.intake.target(draft.channel), self.intake.channels.get(draft.channel)
        mine = {name: value for name, value in draft.changes.items() if name in OF_PROFILE}
        return profile_of(goal.profile, chosen).override(**mine)

    def _open(self, draft: TopicDraft, kind: Kind, data: TopicData | PreviewData) -> None:
        ledger, number = self.intake.dispatcher.ledger, 1
        while ledger.get(f"{kind}|setup|{draft.id}|{number}") is not None:
            number += 1
        draft.task = f"{kind}|setup|{draft.id}|{number}"
        self.drafts.put(draft)
        self.intake.dispatcher.open(draft.task, kind, data)
