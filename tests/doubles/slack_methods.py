"""The Web API methods of the Slack double, one function per method."""

from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.doubles.slack_blocks import check_blocks
from tests.doubles.slack_rules import MAX_BLOCKS, explain, explain_view, parsed
from tests.doubles.slack_state import APP, BOT_ID, BOT_USER, TEAM, Channel, Refusal, as_reply

if TYPE_CHECKING:
    from tests.doubles.slack import SlackDouble

MAX_PAGE = 999
"""Largest `limit` of conversations.history and .replies (docs.slack.dev)."""

DEFAULT_PAGE = 100
"""Messages per page when `limit` is not given (docs.slack.dev)."""

RESPONSE_URL_USES = 5
"""Posts that one response_url takes (docs.slack.dev handling-user-interaction)."""

RESPONSE_URL_LIFETIME_S = 1800
"""Seconds that a response_url works (30 minutes, same page)."""

TRIGGER_LIFETIME_S = 3
"""Seconds in which a trigger_id opens a view (docs.slack.dev views.open)."""

Fields = dict[str, Any]


def _yes(value: Any) -> bool:
    return value is True or str(value).lower() in ("true", "1")


class Methods:
    """Mixin of SlackDouble: what each Web API method checks and does. Called with the state lock held."""

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
            "views.open": self._view_open,
            "views.publish": self._view_publish,
            "views.update": self._view_update,
            "assistant.threads.setStatus": self._set_status,
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
        return root.get("thread_ts") or root["ts"]

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
            reply_broadcast=True if root and _yes(fields.get("reply_broadcast")) else None,
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

    # -- reading -------------------------------------------------------------------------------------------------

    def _page(self: "SlackDouble", fields: Fields, found: list[dict[str, Any]], roots: bool) -> Fields:
        try:
            limit = int(fields.get("limit", DEFAULT_PAGE))
        except ValueError:
            raise Refusal("invalid_limit") from None
        if not 1 <= limit <= MAX_PAGE:
            raise Refusal("invalid_limit")
        oldest, latest = str(fields.get("oldest", "0")), str(fields.get("latest", "9" * 10))
        try:
            low, high = float(oldest), float(latest)
        except ValueError:
            raise Refusal("invalid_ts_oldest") from None
        inside = _yes(fields.get("inclusive"))

        def within(message: dict[str, Any]) -> bool:
            at = float(message["ts"])
            return low < at < high or (inside and at in (low, high)) or (not roots and "thread_ts" not in message)

        kept = [m for m in found if not m["deleted"] and within(m)]
        cursor = str(fields.get("cursor") or "")
        if cursor and not cursor.removeprefix("next:").isdigit():
            raise Refusal("invalid_cursor")
        start = int(cursor.removeprefix("next:") or 0)
        more = start + limit < len(kept)
        with_metadata = _yes(fields.get("include_all_metadata"))
        shown = []
        for message in kept[start : start + limit]:
            reply = as_reply(message, with_metadata)
            answers = [
                m
                for m in self._channels[message["channel"]].messages.values()
                if m.get("thread_ts") == message["ts"] and not m["deleted"]
            ]
            if answers and not message.get("thread_ts"):
                reply |= {"thread_ts": message["ts"], "reply_count": len(answers), "latest_reply": answers[-1]["ts"]}
            shown.append(reply)
        page: Fields = {"messages": shown, "has_more": more}
        if more:
            page["response_metadata"] = {"next_cursor": f"next:{start + limit}"}
        return page

    def _readable(self: "SlackDouble", fields: Fields) -> Channel:
        self._need(fields, "channel")
        channel = self._find(str(fields["channel"]))
        if not channel.is_member:
            raise Refusal("not_in_channel")
        return channel

    def _history(self: "SlackDouble", request: web.Request, fields: Fields) -> Fields:
        channel = self._readable(fields)
        top = [m for m in channel.messages.values() if not m.get("thread_ts") or m.get("reply_broadcast")]
        return self._page(fields, top[::-1], roots=True)

    def _replies(self: "SlackDouble", request: web.Request, fields: Fields) -> Fields:
        self._need(fields, "ts")
        channel = self._readable(fields)
        root = self._root(channel, fields["ts"])
        found = [m for m in channel.messages.values() if root in (m["ts"], m.get("thread_ts"))]
        return self._page(fields, found, roots=False)

    def _info(self: "SlackDouble", request: web.Request, fields: Fields) -> Fields:
        self._need(fields, "channel")
        return {"channel": self._find(str(fields["channel"])).described()}

    def _open(self: "SlackDouble", request: web.Request, fields: Fields) -> Fields:
        if fields.get("channel"):
            return {"channel": {"id": self._find(str(fields["channel"])).id}}
        users = fields.get("users") or []
        users = users.split(",") if isinstance(users, str) else users
        if not users:
            raise Refusal("users_list_not_supplied")
        if any(user not in self.members for user in users):
            raise Refusal("user_not_found")
        return {"channel": {"id": self.direct(users[0])}}

    def _user(self: "SlackDouble", request: web.Request, fields: Fields) -> Fields:
        name = self.members.get(str(fields.get("user")))
        if name is None:
            raise Refusal("user_not_found")
        profile = {"real_name": name.title(), "display_name": name}
        return {
            "user": {
                "id": fields["user"],
                "team_id": TEAM,
                "name": name,
                "real_name": name.title(),
                "profile": profile,
                "is_bot": False,
                "deleted": False,
                "tz": "Europe/Berlin",
                "tz_offset": 3600,
                "locale": "en-US",
            }
        }

    def _react(self: "SlackDouble", request: web.Request, fields: Fields) -> Fields:
        self._need(fields, "channel", "timestamp", "name")
        channel = self._find(str(fields["channel"]), must_write=True)
        message = channel.messages.get(str(fields["timestamp"]))
        if message is None or message["deleted"]:
            raise Refusal("message_not_found")
        name = str(fields["name"]).strip(":")
        if not name or not all(c.isalnum() or c in "_-+'" for c in name):
            raise Refusal("invalid_name")
        mark = (channel.id, message["ts"], name)
        if mark in self.reactions:
            raise Refusal("already_reacted")
        self.reactions.append(mark)
        self.accepted(request)
        return {}

    # -- views and checks ----------------------------------------------------------------------------------------

    def _keep_view(self: "SlackDouble", request: web.Request, fields: Fields, kind: str, view_id: str) -> Fields:
        code, problems = explain_view(fields.get("view"))
        view = parsed(fields["view"]) if not code else {}
        if not code and view.get("type") != kind and kind:
            code = "invalid_arguments"
        if code:
            raise Refusal(code, problems)
        self.views[view_id] = {**deepcopy(view), "id": view_id, "team_id": TEAM, "bot_id": BOT_ID, "hash": view_id}
        self.accepted(request)
        return {"view": deepcopy(self.views[view_id])}

    def _view_open(self: "SlackDouble", request: web.Request, fields: Fields) -> Fields:
        self._need(fields, "trigger_id", "view")
        trigger = self.triggers.get(str(fields["trigger_id"]))
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger["used"]:
            raise Refusal("exchanged_trigger_id")
        if self.clock() - trigger["at"] > TRIGGER_LIFETIME_S:
            raise Refusal("expired_trigger_id")
        reply = self._keep_view(request, fields, "modal", f"V{len(self.views) + 1:04d}")
        trigger["used"] = True
        return reply

    def _view_publish(self: "SlackDouble", request: web.Request, fields: Fields) -> Fields:
        self._need(fields, "user_id", "view")
        if fields["user_id"] not in self.members:
            raise Refusal("user_not_found")
        return self._keep_view(request, fields, "home", f"VHOME{fields['user_id']}")

    def _view_update(self: "SlackDouble", request: web.Request, fields: Fields) -> Fields:
        known = {v.get("external_id"): i for i, v in self.views.items() if v.get("external_id")}
        view_id = str(fields.get("view_id") or known.get(fields.get("external_id")))
        if view_id not in self.views:
            raise Refusal("not_found")
        return self._keep_view(request, fields, self.views[view_id]["type"], view_id)

    def _validate(self: "SlackDouble", request: web.Request, fields: Fields) -> Fields:
        given = [name for name in ("blocks", "message", "view") if fields.get(name) is not None]
        if len(given) != 1:
            raise Refusal("invalid_arguments", ["provide exactly one of blocks, message, view"])
        try:
            value = parsed(fields[given[0]])
        except ValueError:
            raise Refusal("invalid_arguments", [f"must be valid JSON [json-pointer:/{given[0]}]"]) from None
        if given[0] == "view":
            code, problems = explain_view(value)
        elif given[0] == "message":
            code, problems = explain(value)
        else:
            problems = check_blocks(value, MAX_BLOCKS)
            code = "invalid_blocks" if problems else None
        if code:
            raise Refusal(code, problems)
        return {}

    async def _respond(self: "SlackDouble", request: web.Request) -> web.Response:
        """A response_url: the answer to a command or action, without a token."""
        with self._state:
            slot = self.response_urls.get(request.match_info["key"])
            if slot is None:
                return web.json_response({"ok": False, "error": "invalid_url"}, status=404)
            if self.clock() - slot["at"] > RESPONSE_URL_LIFETIME_S:
                return web.json_response({"ok": False, "error": "expired_url"}, status=404)
            if slot["uses"] >= RESPONSE_URL_USES:
                return web.json_response({"ok": False, "error": "used_url"}, status=404)
            try:
                fields = self._fields(request)
                removing = _yes(fields.get("delete_original"))
                content = {} if removing else self._content(fields)
            except Refusal as refusal:
                return web.json_response({"ok": False, "error": refusal.code, **refusal.extra}, status=400)
            slot["uses"] += 1
            channel = self._channels[slot["channel"]]
            original = channel.messages.get(slot.get("message_ts") or "")
            if original is not None and removing:
                original["deleted"] = True
            elif original is not None and _yes(fields.get("replace_original")):
                original |= {**content, "edited": True, "edited_ts": self._stamps.next()}
            elif fields.get("response_type") == "in_channel":
                self._store(channel, **content, user=BOT_USER, bot_id=BOT_ID, thread_ts=fields.get("thread_ts"))
            else:
                self.ephemerals.append({"channel": channel.id, "user": slot["user"], "via": "response_url", **content})
            self.accepted(request)
        return web.Response(text="ok")
