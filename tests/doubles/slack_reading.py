"""Web API methods of the Slack double that read.

History, replies, channels, people; and reactions.
"""

from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.doubles.slack_state import TEAM, Channel, Refusal, as_flag, as_reply

if TYPE_CHECKING:
    from tests.doubles.slack import SlackDouble

MAX_PAGE = 999
"""Largest `limit` of conversations.history and .replies (docs.slack.dev)."""

DEFAULT_PAGE = 100
"""Messages per page when `limit` is not given (docs.slack.dev)."""

Fields = dict[str, Any]


class Reading:
    """Mixin of SlackDouble: reading methods. Called with the state lock held."""

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
        inside = as_flag(fields.get("inclusive"))

        def within(message: dict[str, Any]) -> bool:
            at = float(message["ts"])
            return low < at < high or (inside and at in (low, high)) or (not roots and not message.get("thread_ts"))

        kept = [m for m in found if not m["deleted"] and within(m)]
        cursor = str(fields.get("cursor") or "")
        if cursor and not cursor.removeprefix("next:").isdigit():
            raise Refusal("invalid_cursor")
        start = int(cursor.removeprefix("next:") or 0)
        more = start + limit < len(kept)
        with_metadata = as_flag(fields.get("include_all_metadata"))
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
        profile, told = {"real_name": name.title(), "display_name": name}, as_flag(fields.get("include_locale"))
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
                **({"locale": self.locales.get(fields["user"], "en-US")} if told else {}),
            }
        }

    def _user_rooms(self: "SlackDouble", request: web.Request, fields: Fields) -> Fields:
        """users.conversations: what the user is in, of the types asked for.

        As far as the bot may know of it.
        """
        user, types = str(fields.get("user", "")), str(fields.get("types") or "public_channel").split(",")
        if user not in self.members:
            raise Refusal("user_not_found")
        kinds = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
        wanted = {kinds[name] for name in types}
        found = [
            c.described()
            for c in self._channels.values()
            if c.kind in wanted
            and (c.people is None or user in c.people)
            and (c.is_member or not c.is_private)
            and not (c.is_archived and as_flag(fields.get("exclude_archived")))
        ]
        start = int(str(fields.get("cursor") or "0"))
        end = start + int(fields.get("limit") or 100)
        return {
            "channels": found[start:end],
            "response_metadata": {"next_cursor": str(end) if end < len(found) else ""},
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
