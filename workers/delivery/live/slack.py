"""Slack: the "is reading" status, then a streamed message.

A stream only grows, so what is not a continuation of what was shown waits for the end, when the message is replaced.
Undocumented ceilings of a stream: 12,000 characters and five minutes; it goes on in a second message before that.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from slack_sdk.errors import SlackApiError

from workers.delivery.live.base import Background, Noted
from workers.delivery.slack import EVENT_TYPE, SlackPoster
from workers.models import Part
from workers.platforms import slack_code
from workers.render.answer import live_markdown
from workers.settings import Settings
from workers.words import words

MAX_STREAM, MAX_AGE_S = 10_500, 270.0
"""Characters and seconds of one streamed message: reported limits are 11,977 (CopilotKit 6064) and 300 s
(python-slack-sdk 1859)."""

STATUS_S = 90.0
"""Seconds after which the status is set again; it goes away after 120 (docs.slack.dev assistant.threads.setStatus)."""

FENCE_START, FENCE_END = "```\n", "\n```"
"""Around what goes on in a second message, where the first one ended inside of code."""

GONE = "message_not_found"

ATTEMPTS, PAUSE_S = 3, 0.5
"""Tries to make the message final, and seconds between: it may be edited any number of times without harm."""


class SlackLive(Background):
    """One thread."""

    gap_s = 0.6
    """chat.appendStream is Tier 4: 100 a minute and more."""
    tick_s = STATUS_S

    def __init__(
        self,
        settings: Settings,
        channel: str,
        thread: str,
        person: str,
        team: str,
        language: str,
        earlier: str,
        noted: Noted | None,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(earlier, noted, clock)
        poster = SlackPoster(settings)
        self.client: Any = poster.client
        self.channel, self.thread = channel, thread
        self.status = words(language).step_read
        self.to = {"recipient_user_id": person, "recipient_team_id": team} if person and team else {}
        self.may_stream = (bool(self.to) or channel.startswith("D")) and not earlier
        self.stream = earlier
        """Ts of the message that can be appended to."""
        self.more: list[str] = []
        """Messages that a long answer ran on into; the outbox posts its own in their place."""
        self.sent = ""
        self.size, self.since = 0, 0.0

    def started(self) -> None:
        """Set the status."""
        self.client.assistant_threads_setStatus(channel_id=self.channel, thread_ts=self.thread, status=self.status)

    def tick(self) -> None:
        """Keep the status up while there is nothing else to see."""
        if not self.stream:
            self.started()

    def show(self, text: str) -> None:
        """Append what is new."""
        safe = live_markdown(text)
        if not self.may_stream or not safe.startswith(self.sent):
            return
        while rest := safe[len(self.sent) :]:
            if self.stream and (self.size >= MAX_STREAM or self.clock() - self.since > MAX_AGE_S):
                self._stop(FENCE_END if self._in_code() else "")
                self.stream = ""
            piece = rest[: MAX_STREAM - self.size] if self.stream else rest[:MAX_STREAM]
            if self.stream:
                self.client.chat_appendStream(channel=self.channel, ts=self.stream, markdown_text=piece)
            else:
                self._open(piece)
            self.sent, self.size = self.sent + piece, self.size + len(piece)

    def _open(self, piece: str) -> None:
        again = FENCE_START if self._in_code() else ""
        where = {"channel": self.channel, "thread_ts": self.thread, **self.to}
        self.stream = str(self.client.chat_startStream(markdown_text=again + piece, **where)["ts"])
        self.since, self.size = self.clock(), len(again)
        if self.message:
            self.more.append(self.stream)
        else:
            self.note(self.stream)

    def _in_code(self) -> bool:
        return self.sent.count("```") % 2 == 1

    def _stop(self, tail: str = "") -> None:
        try:
            self.client.chat_stopStream(channel=self.channel, ts=self.stream, markdown_text=tail or None)
        except SlackApiError as error:
            if slack_code(error.response) != "message_not_in_streaming_state":  # too old already: that is as good
                raise

    def finish(self, part: Part, mark: str) -> None:
        """Replace the message by the part, with the outbox's mark."""
        fields = {n: v for n, v in part.payload.items() if n in ("text", "blocks")}
        if mark:
            fields["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"id": mark}}
        self._close()
        for left in reversed(range(ATTEMPTS)):
            try:
                self.client.chat_update(channel=self.channel, ts=self.message, **fields)
                return
            except (SlackApiError, OSError) as error:
                if isinstance(error, SlackApiError) and slack_code(error.response) == GONE:
                    self.message = ""
                    return
                if not left:
                    raise
            time.sleep(PAUSE_S)
            self._close()

    def take_back(self) -> None:
        """Delete the message and the status."""
        self._close()
        self.client.assistant_threads_setStatus(channel_id=self.channel, thread_ts=self.thread, status="")
        if self.message:
            self.client.chat_delete(channel=self.channel, ts=self.message)

    def _close(self) -> None:
        """End the stream, and take away what ran on into further messages."""
        if self.stream and self._tried("stop", self._stop):
            self.stream = ""
        self.more = [ts for ts in self.more if not self._tried("delete", partial(self._delete, ts))]

    def _delete(self, ts: str) -> None:
        self.client.chat_delete(channel=self.channel, ts=ts)
