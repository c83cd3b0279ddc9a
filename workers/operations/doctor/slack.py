"""Checks Slack: tokens, scopes, and each channel of a digest."""

from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from workers import network
from workers.channels.recipients import Target
from workers.errors import BadSetting
from workers.operations.doctor.clock import Clock
from workers.operations.doctor.findings import Finding, State
from workers.platforms import SLACK_OPTIONAL, SLACK_PATH, SLACK_SCOPES, slack_code
from workers.platforms.slack_codes import follow
from workers.platforms.token_kinds import mistaken
from workers.settings import Settings

PART = "Slack"

ANSWER_S = 10
"""Seconds for one answer; Slack takes well under one."""

LOOKS = {"channels:read", "groups:read"}
"""Scopes of which one is needed to look at a channel (else its history is asked for one message). Without them the bot
works, but learns only when it posts that a channel is archived."""

MISSED = (SlackClientError, OSError, HTTPException, ValueError, AttributeError, KeyError, TypeError, RecursionError)
"""What the SDK (or reading its answer) raises where no answer of Slack's came: SlackApiError is one of them."""

NAMES = {"SLACK_BOT_TOKEN": "bot token", "SLACK_APP_TOKEN": "Socket Mode"}
"""What a finding about a token is called."""

COPY = {
    "SLACK_BOT_TOKEN": ("copy the Bot User OAuth Token (xoxb-…) anew from the app's page, or install the app again."),
    "SLACK_APP_TOKEN": (
        "make an app-level token (xapp-…) with connections:write and switch Socket Mode on in the app's settings."
    ),
    "SLACK_SIGNING_SECRET": "copy the Signing Secret from the app's page (Basic Information, App Credentials).",
}
"""What to do about a setting that holds nothing good."""

REASONS = {
    "account_inactive": (
        "is of an app that was taken out of the workspace",
        "install the app again (Install App) and copy the new token.",
    ),
    "token_revoked": ("was revoked", "install the app again (Install App) and copy the new token."),
    "token_expired": ("has run out", "switch token rotation off in the app's settings and install the app again."),
    "access_denied": (
        "may not be used from this machine",
        "add its address to the app's allowed IP ranges (OAuth & Permissions), or ask whoever runs the workspace.",
    ),
    "missing_scope": (
        "lacks a scope",
        "an app-level token needs connections:write, a bot token the scopes of slack-manifest.yaml: make it anew.",
    ),
    "not_allowed_token_type": ("is of the wrong kind", "put xoxb-… into SLACK_BOT_TOKEN, xapp-… into SLACK_APP_TOKEN."),
    "team_access_not_granted": (
        "is not let into this workspace",
        "have an admin of the organization add the app to the workspace.",
    ),
}
"""Code of a refusal of a token -> what it means, and what to do, where that is not a new copy."""

MILD = LOOKS | SLACK_OPTIONAL.keys() - {"users:read"}
"""Scopes whose lack is a warning: the bot works without, but for what `SLACK_OPTIONAL` says."""


def slack(settings: Settings, goals: list[tuple[Target, str]], clock: Clock) -> Iterator[Finding]:
    """Yield every finding about Slack.

    `goals`: the channels that get a digest, and why one is paused.
    """
    token = settings.slack_bot_token.get_secret_value()
    if not token:
        yield Finding(PART, "bot token", "off", "SLACK_BOT_TOKEN is not set: nothing is posted to Slack")
        if settings.slack_channels:
            todo = "set SLACK_BOT_TOKEN, or empty SLACK_CHANNELS."
            yield Finding(PART, "channels", "fail", "SLACK_CHANNELS is set, but no token", todo)
        return
    client = WebClient(
        token=token,
        base_url=settings.slack_api_url,
        timeout=ANSWER_S,
        retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=1)],
    )
    try:
        network.for_slack(client, settings, blocking=True)
    except BadSetting as error:
        yield Finding(PART, "proxy", "fail", str(error), "set OUTBOUND_PROXY.")
        return
    try:
        me = client.auth_test()
        clock.heard("Slack", _headers(me))
    except MISSED as error:
        yield _refused(error, "SLACK_BOT_TOKEN", token)
        return
    yield Finding(PART, "bot token", "ok", f"is {_name(me.get('user'))} in the workspace {_name(me.get('team'))}")
    scopes = _scopes(_headers(me))
    yield _granted(scopes, settings)
    yield from _listening(settings, client)
    for goal, paused in goals:
        yield _channel(client, goal.channel.partition(":")[2], paused, scopes, str(me.get("user", "paperboy")))


def _refused(error: Exception, setting: str, token: str) -> Finding:
    """Why Slack does not take one of the two tokens."""
    code, name = _code(error), NAMES[setting]
    if not code:
        said, todo = _silent(error)
        return Finding(PART, name, "fail", said, todo, heard=False)
    if follow(code) == "retry":
        return Finding(PART, name, "fail", f"Slack cannot answer now ({code})", "look again in a minute.")
    if wrong := mistaken(setting, token):
        return Finding(PART, name, "fail", f"{setting} {wrong} ({code})", COPY[setting])
    why, todo = REASONS.get(code, ("is refused", COPY[setting]))
    return Finding(PART, name, "fail", f"{setting} {why} ({code})", todo)


def _granted(scopes: set[str] | None, settings: Settings) -> Finding:
    if scopes is None:
        return Finding(PART, "scopes", "unknown", "Slack did not say which scopes the token has")
    mild = MILD if settings.admins_only else MILD | {"users:read"}
    missing = [scope for scope in SLACK_SCOPES if scope not in scopes]
    if not missing:
        more = sorted(scopes - SLACK_SCOPES.keys())
        extra = f"; not needed: {', '.join(map(_name, more))}" if more else ""
        return Finding(PART, "scopes", "ok", f"all {len(SLACK_SCOPES)} are granted{extra}")
    said = "missing: " + "; ".join(f"{scope} ({SLACK_SCOPES[scope]})" for scope in missing)
    state: State = "warn" if mild.issuperset(missing) else "fail"
    todo = "add them under OAuth & Permissions (or paste slack-manifest.yaml anew), then reinstall the app."
    return Finding(PART, "scopes", state, said, todo)


def _listening(settings: Settings, client: WebClient) -> Iterator[Finding]:
    """Yield how commands and replies reach us.

    HTTP where there is a signing secret, else Socket Mode.
    """
    app_token, secret = settings.slack_app_token.get_secret_value(), settings.slack_signing_secret.get_secret_value()
    if secret and (wrong := mistaken("SLACK_SIGNING_SECRET", secret)):
        yield Finding(PART, "HTTP mode", "fail", f"SLACK_SIGNING_SECRET {wrong}", COPY["SLACK_SIGNING_SECRET"])
        return
    if secret:
        if app_token:
            todo = "empty the one that you do not use: without a public address, SLACK_SIGNING_SECRET."
            said = "SLACK_SIGNING_SECRET and SLACK_APP_TOKEN are both set: HTTP is used, Socket Mode is not"
            yield Finding(PART, "Socket Mode", "warn", said, todo)
        said = "the signing secret is set; only a request from Slack proves it"
        todo = f"point Slack's request URLs to https://<your host>{SLACK_PATH}; Slack tests them when they are saved."
        yield Finding(PART, "HTTP mode", "unknown", said, todo)
        return
    if not app_token:
        said = "no SLACK_APP_TOKEN and no SLACK_SIGNING_SECRET: the bot posts, but hears nobody"
        yield Finding(PART, "Socket Mode", "warn", said, "set SLACK_APP_TOKEN (xapp-…, scope connections:write).")
        return
    try:
        client.apps_connections_open(app_token=app_token)
    except MISSED as error:
        yield _refused(error, "SLACK_APP_TOKEN", app_token)
    else:
        yield Finding(PART, "Socket Mode", "ok", "a connection may be opened")


def _channel(client: WebClient, address: str, paused: str, scopes: set[str] | None, me: str) -> Finding:
    name, heard = f"channel {address}", True
    try:
        state, said, todo = _posting(client, address, scopes, me)
    except MISSED as error:
        heard = bool(_code(error))
        state, said, todo = _no_channel(_code(error), error, me)
    if paused and state == "ok":
        todo = "send /digest subscribe there, or a digest by hand, to begin again."
        return Finding(PART, name, "warn", f"{said}; paused, since a post was refused ({paused})", todo)
    return Finding(PART, name, state, said, todo, heard)


def _posting(client: WebClient, address: str, scopes: set[str] | None, me: str) -> tuple[State, str, str]:
    if address.startswith("U"):
        client.users_info(user=address)
        return "ok", "a person; the digest comes as a direct message", ""
    if scopes is not None and not scopes & LOOKS:
        client.conversations_history(channel=address, limit=1)
        return "ok", "the bot reads along there", ""
    about: Any = client.conversations_info(channel=address).get("channel") or {}
    shown = f"#{_name(about['name'])}" if about.get("name") else "a direct message"
    if about.get("is_archived"):
        return "fail", f"{shown} is archived", "unarchive it, or take it out of SLACK_CHANNELS."
    if about.get("is_member") is False:
        return "fail", f"the bot is not in {shown}", f"type /invite @{_name(me)} there."
    if about.get("is_read_only"):
        return "fail", f"{shown} is read-only", "allow the app to post there, or choose another channel."
    return "ok", f"{shown}, the bot is a member", ""


def _no_channel(code: str, error: Exception, me: str) -> tuple[State, str, str]:
    if code in ("channel_not_found", "not_in_channel", "user_not_found"):
        todo = f"check the id (under 'About' of the channel), and type /invite @{_name(me)} in a private channel."
        return "fail", "Slack knows no such channel, or the bot is not in it", todo
    if code in ("ratelimited", "missing_scope"):
        why = "Slack asks us to wait" if code == "ratelimited" else "a scope to look at it is missing"
        return "unknown", why, ""
    if code:
        return "fail", f"Slack refuses it ({code})", "check the id, and that the bot may see the channel."
    return ("fail", *_silent(error))


def _code(error: Exception) -> str:
    """Slack's own word for a refusal, or empty where it gave none."""
    return slack_code(error.response) if isinstance(error, SlackApiError) else ""


def _silent(error: Exception) -> tuple[str, str]:
    """What came instead of an answer of Slack's, and what to do."""
    status = getattr(error.response, "status_code", 0) if isinstance(error, SlackApiError) else 0
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return (
            f"Slack is in trouble (HTTP {status})",
            "look at slack-status.com; if all is well there, at SLACK_API_URL.",
        )
    if status or isinstance(error, AttributeError | KeyError | TypeError | RecursionError):
        said = "the address answers, but not as Slack does" + (f" (HTTP {status})" if status else "")
        return said, "a proxy's or log-in page may be in the way: see to the network and SLACK_API_URL."
    return f"Slack cannot be reached ({type(error).__name__})", "check the network and SLACK_API_URL."


def _headers(reply: Any) -> dict[str, str]:
    """Header names in lower case; the SDK gives values as text or as a list of one."""
    return {str(n).lower(): str(v[0] if isinstance(v, list) else v) for n, v in dict(reply.headers or {}).items()}


def _scopes(headers: dict[str, str]) -> set[str] | None:
    raw = headers.get("x-oauth-scopes")
    return None if raw is None else {s.strip() for s in raw.split(",") if s.strip()}


def _name(raw: Any) -> str:
    """A short name from outside as it may stand in a line."""
    return "".join(c for c in str(raw or "") if c.isprintable())[:60]
