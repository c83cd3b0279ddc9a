"""Slack's assistant pane: first prompts, and a title from the first words.

What people write there is answered by `talk`.

An app with the agent view is told by `app_home_opened` (tab `messages`), an older one by `assistant_thread_started`. An
app without the pane, or without the scope `assistant:write`, is not asked for anything.
"""

from typing import Any

from bot.slack.intake_runner import IntakeRunner
from workers.words import Words

STARTED = "assistant_thread_started"
MOST_TITLE = 80
"""Characters of a thread's title: more is cut off in the pane's list."""

PROMPTS = ("today", "left_out", "read")
"""Prompts that are offered (Slack shows four at most); each is two phrases, `pane_<name>` and `pane_<name>_says`."""

Fields = dict[str, Any]


class AssistantPane:
    """The pane of one workspace. `runner`: what all listeners share."""

    def __init__(self, runner: IntakeRunner) -> None:
        self.runner = runner
        self._untitled: dict[str, None] = {}

    def opened(self, event: Fields) -> None:
        """Offer something to begin with in a pane that somebody has opened.

        The messages of the agent view count as one.
        """
        thread = event.get("assistant_thread") or {}
        room, root = str(thread.get("channel_id") or event.get("channel") or ""), str(thread.get("thread_ts") or "")
        if room.startswith("D") and self.runner.first(f"pane|{room}|{root}"):
            if root:
                self._untitled[root] = None
            self.runner.later(self._offer(room, root))

    def said(self, room: str, root: str, text: str) -> None:
        """Somebody wrote in a thread: the first words are its title."""
        if root in self._untitled and text:
            del self._untitled[root]
            call = self.runner.client.assistant_threads_setTitle
            self.runner.later(call(channel_id=room, thread_ts=root, title=text[:MOST_TITLE]))

    async def _offer(self, room: str, root: str) -> None:
        w = await self.runner.work(lambda: self.runner.intake.words(f"slack:{room}"))
        where = {"channel_id": room, **({"thread_ts": root} if root else {})}
        call = self.runner.client.api_call  # the SDK's own method wants a thread, which the agent view has none of
        await call("assistant.threads.setSuggestedPrompts", json={**where, "prompts": prompts(w)})


def prompts(w: Words) -> list[dict[str, str]]:
    """What is offered."""
    return [{"title": w[f"pane_{name}"], "message": w[f"pane_{name}_says"]} for name in PROMPTS]
