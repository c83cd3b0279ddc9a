"""Streamed messages and the "is thinking" status of the Slack double."""

from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.doubles.slack_blocks import MAX_MARKDOWN, check_blocks
from tests.doubles.slack_rules import MAX_BLOCKS, MAX_STREAM_TEXT, check_metadata, parsed
from tests.doubles.slack_state import APP, BOT_ID, BOT_USER, Refusal, as_reply

if TYPE_CHECKING:
    from tests.doubles.slack import SlackDouble

STREAM_LIFETIME_S = 300.0
"""Seconds a stream can be appended to and stopped (undocumented; python-slack-sdk#1859, node-slack-sdk#2702)."""

STATUS_LIFETIME_S = 120.0
"""Seconds until a thread status disappears by itself (docs.slack.dev assistant.threads.setStatus)."""

MAX_LOADING_MESSAGES = 10
"""Entries of `loading_messages` (docs.slack.dev assistant.threads.setStatus)."""

MAX_PROMPTS = 4
"""Suggested prompts (docs.slack.dev assistant.threads.setSuggestedPrompts)."""

CHUNKS = ("markdown_text", "task_update", "plan_update", "blocks")
"""Kinds of stream chunks (slack_sdk 3.47 models/messages/chunk)."""


class Streams:
    """Mixin of SlackDouble: chat.*Stream and assistant.threads.setStatus."""

    def _is_streaming(self: "SlackDouble", message: dict[str, Any]) -> bool:
        return bool(message.get("streaming")) and self.clock() - message["started"] <= self.stream_lifetime

    def _stream_content(self: "SlackDouble", fields: dict[str, Any], so_far: str) -> tuple[str, list[Any], list[Any]]:
        """(text, blocks, chunks) that a call adds; refuses what is over the ceilings."""
        text = str(fields.get("markdown_text") or "")
        chunks = parsed(fields.get("chunks")) or []
        blocks: list[Any] = []
        for chunk in chunks:
            if not isinstance(chunk, dict) or chunk.get("type") not in CHUNKS:
                raise Refusal("invalid_chunks")
            if chunk["type"] == "markdown_text":
                if not isinstance(chunk.get("text"), str):
                    raise Refusal("invalid_chunks")
                text += chunk["text"]
            elif chunk["type"] == "blocks":
                blocks += chunk.get("blocks") or []
        if len(text) > MAX_MARKDOWN or len(so_far) + len(text) > MAX_STREAM_TEXT:
            raise Refusal("msg_too_long")
        problems = check_blocks(blocks, MAX_BLOCKS)
        if problems:
            raise Refusal("invalid_blocks", problems)
        return text, blocks, chunks

    def _start_stream(self: "SlackDouble", request: web.Request, fields: dict[str, Any]) -> dict[str, Any]:
        self._need(fields, "channel")
        channel = self._find(str(fields["channel"]), must_write=True)
        if not channel.is_im:
            for name in ("recipient_user_id", "recipient_team_id"):
                if not fields.get(name):
                    raise Refusal(f"missing_{name}")
        self._slow_down(channel)
        root = self._root(channel, fields.get("thread_ts"))
        text, blocks, chunks = self._stream_content(fields, "")
        message = self._store(
            channel,
            text=text,
            blocks=blocks or None,
            thread_ts=root,
            user=BOT_USER,
            bot_id=BOT_ID,
            app_id=APP,
            streaming=True,
            started=self.clock(),
            chunks=chunks or None,
        )
        self.accepted(request)
        return {"channel": channel.id, "ts": message["ts"]}

    def _running(self: "SlackDouble", fields: dict[str, Any]) -> dict[str, Any]:
        _, message = self._own(fields, "message_not_owned_by_app")
        if not self._is_streaming(message):
            raise Refusal("message_not_in_streaming_state")
        return message

    def _append_stream(self: "SlackDouble", request: web.Request, fields: dict[str, Any]) -> dict[str, Any]:
        message = self._running(fields)
        if not fields.get("markdown_text") and not fields.get("chunks"):
            raise Refusal("no_text")
        self._grow(message, fields)
        self.accepted(request)
        return {"channel": message["channel"], "ts": message["ts"]}

    def _stop_stream(self: "SlackDouble", request: web.Request, fields: dict[str, Any]) -> dict[str, Any]:
        message = self._running(fields)
        last = parsed(fields.get("blocks")) or []
        problems = check_blocks(last, MAX_BLOCKS)
        if problems:
            raise Refusal("invalid_blocks", problems)
        if fields.get("metadata") is not None:
            code = check_metadata(fields["metadata"])
            if code:
                raise Refusal(code)
        self._grow(message, fields)
        if fields.get("metadata") is not None:
            message["metadata"] = parsed(fields["metadata"])
        if last:
            message["blocks"] = (message.get("blocks") or []) + last
        message["streaming"] = False
        self.accepted(request)
        return {"channel": message["channel"], "ts": message["ts"], "message": as_reply(message)}

    def _grow(self: "SlackDouble", message: dict[str, Any], fields: dict[str, Any]) -> None:
        text, blocks, chunks = self._stream_content(fields, message["text"])
        message["text"] += text
        if blocks:
            message["blocks"] = (message.get("blocks") or []) + blocks
        if chunks:
            message["chunks"] = (message.get("chunks") or []) + chunks

    def _set_prompts(self: "SlackDouble", request: web.Request, fields: dict[str, Any]) -> dict[str, Any]:
        """assistant.threads.setSuggestedPrompts.

        One to four, each with title and message (docs.slack.dev).
        """
        self._need(fields, "channel_id", "prompts")
        prompts = parsed(fields["prompts"]) or []
        if not 0 < len(prompts) <= MAX_PROMPTS or any(not (p.get("title") and p.get("message")) for p in prompts):
            raise Refusal("invalid_arguments")
        self.pane.append((self._find(str(fields["channel_id"])).id, str(fields.get("thread_ts") or ""), prompts))
        return {}

    def _set_title(self: "SlackDouble", request: web.Request, fields: dict[str, Any]) -> dict[str, Any]:
        """assistant.threads.setTitle."""
        self._need(fields, "channel_id", "thread_ts", "title")
        self.pane.append((self._find(str(fields["channel_id"])).id, str(fields["thread_ts"]), str(fields["title"])))
        return {}

    def _set_status(self: "SlackDouble", request: web.Request, fields: dict[str, Any]) -> dict[str, Any]:
        self._need(fields, "channel_id", "thread_ts")
        if "status" not in fields:
            raise Refusal("invalid_arguments", ["missing required field: status"])
        channel = self._find(str(fields["channel_id"]), must_write=True)
        root = self._root(channel, fields["thread_ts"])
        lines = parsed(fields.get("loading_messages")) or []
        if len(lines) > MAX_LOADING_MESSAGES:
            raise Refusal("invalid_arguments", [f"no more than {MAX_LOADING_MESSAGES} items allowed"])
        self.statuses.append(
            {
                "channel": channel.id,
                "thread_ts": root,
                "status": str(fields["status"]),
                "loading_messages": lines,
                "at": self.clock(),
                "cleared": not fields["status"],
            }
        )
        self.accepted(request)
        return {}

    def _clear_status(self: "SlackDouble", channel: str, thread_ts: str) -> None:
        for status in self.statuses:
            if status["channel"] == channel and status["thread_ts"] == thread_ts:
                status["cleared"] = True

    def status_of(self: "SlackDouble", channel: str, thread_ts: str) -> str:
        """What the thread shows as status now.

        "" when nothing: never set, answered, or older than two minutes.
        """
        with self._state:
            own = [s for s in self.statuses if (s["channel"], s["thread_ts"]) == (channel, thread_ts)]
            if not own or own[-1]["cleared"] or self.clock() - own[-1]["at"] > STATUS_LIFETIME_S:
                return ""
            return str(own[-1]["status"])
