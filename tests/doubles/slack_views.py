"""Modals, the Home tab, blocks.validate and response URLs of the Slack double."""

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.doubles.slack_blocks import check_blocks
from tests.doubles.slack_rules import MAX_BLOCKS, explain, explain_view, parsed
from tests.doubles.slack_state import BOT_ID, BOT_USER, TEAM, Refusal, as_flag

if TYPE_CHECKING:
    from tests.doubles.slack import SlackDouble

RESPONSE_URL_USES = 5
"""Posts that one response_url takes (docs.slack.dev handling-user-interaction)."""

RESPONSE_URL_LIFETIME_S = 1800
"""Seconds that a response_url works (30 minutes, same page)."""

TRIGGER_LIFETIME_S = 3
"""Seconds in which a trigger_id opens a view (docs.slack.dev views.open)."""

Fields = dict[str, Any]


class Views:
    """Mixin of SlackDouble: views.*, blocks.validate, and the response_url endpoint."""

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

    def _answer_view(self: "SlackDouble", submitted: Fields, answer: Fields) -> None:
        """What the acknowledgement of a submitted modal does to it.

        AssertionError where Slack would show an error.
        """
        view_id, does = submitted["view"]["id"], answer["response_action"]
        if does == "errors":
            known = {b.get("block_id") for b in submitted["view"]["blocks"] if b["type"] == "input"}
            assert answer["errors"] and set(answer["errors"]) <= known, f"errors of no input block: {answer}"
            assert all(isinstance(said, str) and said for said in answer["errors"].values()), answer
        elif does == "update":
            code, problems = explain_view(answer.get("view"))
            assert not code, (code, problems)
            self.views[view_id] = {**deepcopy(parsed(answer["view"])), "id": view_id, "team_id": TEAM, "hash": view_id}
        else:
            assert does == "clear", f"this double knows no response_action {does}"
            self.views.pop(view_id, None)

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
                removing = as_flag(fields.get("delete_original"))
                content = {} if removing else self._content(fields)
            except Refusal as refusal:
                return web.json_response({"ok": False, "error": refusal.code, **refusal.extra}, status=400)
            slot["uses"] += 1
            channel = self._channels[slot["channel"]]
            original = channel.messages.get(slot.get("message_ts") or "")
            if original is not None and removing:
                original["deleted"] = True
            elif original is not None and as_flag(fields.get("replace_original")):
                original |= {**content, "edited": True, "edited_ts": self._stamps.next()}
            elif fields.get("response_type") == "in_channel":
                self._store(channel, **content, user=BOT_USER, bot_id=BOT_ID, thread_ts=fields.get("thread_ts"))
            else:
                self.ephemerals.append({"channel": channel.id, "user": slot["user"], "via": "response_url", **content})
            self.accepted(request)
        return web.Response(text="ok")
