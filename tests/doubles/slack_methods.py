"""The Web API methods of the Slack double, one function per method."""

from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.doubles.slack_rules import explain, parsed
from tests.doubles.slack_state import APP, BOT_ID, BOT_USER, TEAM, Channel, Refusal, as_flag, as_reply

if TYPE_CHECKING:
    from tests.doubles.slack import SlackDouble

Fields = dict[str, Any]


class Methods:
    """Mixin of SlackDouble: what each Web API method checks and does.

    Called with the state lock held.
    """

    def _handlers(self: "SlackDouble") -> dict[str, Callable[[web.Request, Fields], Fields]]:
        return {
            "auth.test": self._auth_test,
            "apps.connections.open": self._connections_open,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.postEphemeral": self._ephemeral,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.info": self._info,
            "conversations.open": self._open,
            "reactions.add": self._react,
            "users.info": self._user,
            "users.conversations": self._user_rooms,
            "views.open": self._view_open,
            "views.publish": self._view_publish,
            "views.update": self._view_update,
            "assistant.threads.setStatus": self._set_status,
            "assistant.threads.setSuggestedPrompts": self._set_prompts,
            "assistant.threads.setTitle": self._set_title,
            "blocks.validate": self._validate,
            "chat.startStream": self._start_stream,
            "chat.appendStream": self._append_stream,
            "chat.stopStream": self._stop_stream,
        }

    def _auth_test(self: "SlackDouble", request: web.Request, fields: Fields) -> Fields:
        return {
            "url": "https://test.slack.com/",
            "team": "Test",
            "user": "paperboy",
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": BOT_ID,
            "app_id": APP,
            "is_enterprise_install": False,
        }

    def _content(self: "SlackDouble", fields: Fields) -> Fields:
        """The checked content of a message, as it is stored."""
        code, problems = explain(fields)
        if code:
            raise Refusal(code, problems)
        blocks = parsed(fields.get("blocks"))
        if fields.get("markdown_text"):
            blocks = [{"type": "markdown", "text": fields["markdown_text"]}]
        return {
            "text": fields.get("text", ""),
            "blocks": blocks or None,
            "metadata": parsed(fields.get("metadata")),
            "unfurl_links": fields.get("unfurl_links"),
            "unfurl_media": fields.get("unfurl_media"),
        }

    def _root(self: "SlackDouble", channel: Channel, thread_ts: Any) -> str | None:
        """The thread that a reply belongs to; it must exist."""
        if not thread_ts:
            return None
        root = channel.messages.get(str(thread_ts))
        if root is None or root["deleted"]:
            raise Refusal("thread_not_found")
        return str(root.get("thread_ts") or root["ts"])

    def _post(self: "SlackDouble", request: web.Request, fields: Fields) -> Fields:
        self._need(fields, "channel")
        name = str(fields["channel"])
        if name in self.members:
            name = self.direct(name)
        by_name = {f"#{c.name}": c.id for c in self._channels.values() if c.name}
        channel = self._find(by_name.get(name, name), must_write=True)
        self._slow_down(channel)
        content = self._content(fields)
        root = self._root(channel, fields.get("thread_ts"))
        message = self._store(
            channel,
            **content,
            thread_ts=root,
            user=BOT_USER,
            bot_id=BOT_ID,
            app_id=APP,
            reply_broadcast=True if root and as_flag(fields.get("reply_broadcast")) else None,
        )
        self.accepted(request)
        return {"channel": channel.id, "ts": message["ts"], "message": as_reply(message)}

    def _own(self: "SlackDouble", fields: Fields, refusal: str) -> tuple[Channel, dict[str, Any]]:
        self._need(fields, "channel", "ts")
        channel = self._find(str(fields["channel"]))
        message = channel.messages.get(str(fields["ts"]))
        if message is None or message["deleted"]:
            raise Refusal("message_not_found")
        if message.get("bot_id") != BOT_ID:
            raise Refusal(refusal)
        return channel, message

    def _update(self: "SlackDouble", request: web.Request, fields: Fields) -> Fields:
        channel, message = self._own(fields, "cant_update_message")
        if channel.is_archived:
            raise Refusal("is_archived")
        if self._is_streaming(message):
            raise Refusal("streaming_state_conflict")
        code, problems = explain(fields)
        emptied = parsed(fields.get("blocks")) == [] and message.get("text")
        if code and not (code == "no_text" and emptied):
            raise Refusal(code, problems)
        new = self._content({**fields, "text": fields.get("text") or (message["text"] if emptied else "")})
        if fields.get("text") is not None:
            message["text"] = new["text"]
        message["blocks"] = new["blocks"]
        if fields.get("metadata") is not None:
            message["metadata"] = new["metadata"]
        message["edited"], message["edited_ts"] = True, self._stamps.next()
        self.accepted(request)
        return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": as_reply(message)}

    def _delete(self: "SlackDouble", request: web.Request, fields: Fields) -> Fields:
        channel, message = self._own(fields, "cant_delete_message")
        message["deleted"] = True
        self.accepted(request)
        return {"channel": channel.id, "ts": message["ts"]}

    def _ephemeral(self: "SlackDouble", request: web.Request, fields: Fields) -> Fields:
        self._need(fields, "channel", "user")
        channel = self._find(str(fields["channel"]), must_write=True)
        if fields["user"] not in self.members:
            raise Refusal("user_not_in_channel")
        self._slow_down(channel)
        content, ts = self._content(fields), self._stamps.next()
        self.ephemerals.append(
            {
                "channel": channel.id,
                "user": fields["user"],
                "ts": ts,
                "thread_ts": fields.get("thread_ts"),
                "via": "chat.postEphemeral",
                **deepcopy(content),
            }
        )
        self.accepted(request)
        return {"message_ts": ts}
