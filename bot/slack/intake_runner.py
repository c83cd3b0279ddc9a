"""Runs Intake for the listeners: in threads with limits, in order, with notices.

It also knows who is an admin.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from redis.exceptions import RedisError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.batching import Batcher
from bot.slack.views import escaped
from prompts import load_profile
from workers.intake import Intake, Taken
from workers.platforms import slack_code
from workers.platforms.refusals import cannot_post, closed_slack
from workers.platforms.slack_codes import follow
from workers.store.batch import Call
from workers.words import words

log = logging.getLogger(__name__)

ANSWER_S = 2.0
"""Seconds that Intake may take for something a person waits for, a busy machine's slack included; then they are asked
to try again. A Redis that is away or hangs is noticed sooner, by the connection's own limit (`REDIS_S` in app)."""

STORE_S = 2.5
"""Seconds that Intake may take for an event: Slack waits three for the acknowledgement."""

ADMIN_S = 0.8
"""Seconds for Slack to say whether a person is an admin, so that ANSWER_S still fits into Slack's three."""

ADMIN_KEEP_S = 600.0
"""Seconds that answer is believed."""

PLACE_KEEP_S = 30.0
"""Seconds that Slack's word is believed that we can post somewhere; who is put out meanwhile is told so on posting."""

MOST_REMEMBERED = 10_000
"""Notices given, people and places asked about that are kept in mind: hours of a busy workspace, a few megabytes."""

THREADS = 50
"""Calls of Intake at the same time."""

STOP_S = 3.0
"""Seconds for what is still being said when the listener stops."""

T = TypeVar("T")


class IntakeRunner:
    """Runs Intake for the listeners.

    `bot_user`: our own user id. `name`: how people call us (`@paperboy`).
    """

    def __init__(self, intake: Intake, client: AsyncWebClient, bot_user: str, name: str = "") -> None:
        self.intake, self.client, self.bot_user, self.name = intake, client, bot_user, name
        self.words = words(load_profile(intake.settings.digest_profile).language)
        """Words for when the channel's own language cannot be looked up."""
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="intake")
        self._gather = Batcher(intake.arrivals.batch, self._pool)
        self._saying: set[asyncio.Task[None]] = set()
        self._turns: dict[str, tuple[asyncio.Lock, int]] = {}
        self._told: dict[str, None] = {}
        self._admins: dict[str, tuple[float, bool]] = {}
        self.places: dict[str, tuple[float, asyncio.Task[str]]] = {}

    async def work(self, call: Callable[[], T], within: float = ANSWER_S) -> T:
        """Run a call of Intake in a thread. TimeoutError after `within` seconds."""
        return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(self._pool, call), within)

    async def ask(self, call: Call[T], within: float = ANSWER_S) -> T:
        """Make a call of Intake, together with others that come now.

        TimeoutError after `within` seconds.
        """
        return await asyncio.wait_for(self._gather.ask(call), within)

    async def dive(self, call: Call[Taken]) -> str:
        """Ask for a deep dive: what to tell whoever waits."""
        taken = await self.ask(call)
        self.dispatch(taken.tasks)
        return taken.say

    def dispatch(self, tasks: Sequence[str]) -> None:
        """Hand out what was entered, after the acknowledgement."""
        if tasks:
            self.later(self.work(lambda: self.intake.hand_out(tasks), STORE_S))

    async def answer(
        self, team: str | None, room: str, asked: Callable[[], Awaitable[str]], *, posts: bool = False
    ) -> str:
        """What to tell a person who waits, ready for Slack; never raises.

        `posts`: what they ask for is posted here, so that they are told at once where that cannot be.
        """
        if not self.intake.may_use(team or "", room):
            return escaped(self.words.not_allowed)
        closed = asyncio.ensure_future(self.closed(room)) if posts else None
        try:
            said = escaped(await asked())
        except Exception as error:  # noqa: BLE001 - a person must get an answer
            said = escaped(self.trouble("command", error))
        why = await closed if closed else ""
        return f"{said}\n⚠️ {self.cannot_post(room, why)}" if why else said

    def cannot_post(self, room: str, why: str) -> str:
        """Why nothing can be posted there, and what the person can do."""
        return cannot_post(self.words, f"slack:{room}", why, self.name)

    async def closed(self, room: str) -> str:
        """Ask Slack why we cannot post in a conversation; the class of the reason.

        Nothing where we can, and where Slack does not tell within ADMIN_S. All who type at one moment share one call,
        and a place where we can post is asked about again after PLACE_KEEP_S.
        """
        known = self.places.get(room)
        if known is None or time.monotonic() >= known[0] or (known[1].done() and known[1].result()):
            if len(self.places) >= MOST_REMEMBERED:
                self.places.clear()
            known = time.monotonic() + PLACE_KEEP_S, asyncio.create_task(self._ask_closed(room))
            self.places[room] = known
        return await asyncio.shield(known[1])

    async def _ask_closed(self, room: str) -> str:
        try:
            reply = await asyncio.wait_for(self.client.conversations_info(channel=room), ADMIN_S)
            return closed_slack(reply.get("channel") or {})
        except SlackApiError as error:
            code = slack_code(error.response)
            return code if follow(code) == "place" else ""
        except Exception as error:  # noqa: BLE001 - then it turns out on posting
            log.info("place_unknown", extra={"error": type(error).__name__})
            return ""

    def trouble(self, what: str, error: Exception) -> str:
        """What to tell a person after a failure, which is logged by its class."""
        away = isinstance(error, RedisError | OSError | TimeoutError)
        log.log(
            logging.WARNING if away else logging.ERROR,
            "listener_failed",
            extra={"what": what, "error": type(error).__name__},
        )
        return self.words.away if away else self.words.failed

    def later(self, saying: Awaitable[Any]) -> None:
        """Do something after the acknowledgement; a failure is logged by its class."""

        async def quietly() -> None:
            try:
                await saying
            except Exception as error:  # noqa: BLE001 - nobody waits for it
                log.warning("not_said", extra={"error": type(error).__name__})

        task = asyncio.get_running_loop().create_task(quietly())
        self._saying.add(task)
        task.add_done_callback(self._saying.discard)

    async def tell(self, event: dict[str, Any], text: str, *, under: str = "") -> None:
        """Tell the person of an event, where nobody else sees it.

        `under`: their message, to answer below it.
        A thread's ephemeral message is seen by those who have it open only, so that one that answers a message outside
        of any thread goes to the channel.
        """
        room, thread = event["channel"], event.get("thread_ts")
        if room.startswith("D"):
            await self.client.chat_postMessage(
                channel=room, text=escaped(text), thread_ts=thread or under or None, unfurl_links=False
            )
            return
        try:
            await self.client.chat_postEphemeral(
                channel=room, user=event["user"], text=escaped(text), thread_ts=thread or None
            )
        except SlackApiError as error:
            code = slack_code(error.response)
            log.warning("place_refuses", extra={"error": code})
            more = f"\n⚠️ {self.cannot_post(room, code)}" if follow(code) == "place" else ""
            await self.client.chat_postMessage(channel=event["user"], text=escaped(text) + more, unfurl_links=False)

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """One after the other, in order of coming, for everything with the same key."""
        lock, waiting = self._turns.get(key, (asyncio.Lock(), 0))
        self._turns[key] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._turns.pop(key)
            if waiting > 1:
                self._turns[key] = (lock, waiting - 1)

    def first(self, key: str) -> bool:
        """True the first time: an event that comes again is not answered again."""
        if key in self._told:
            return False
        self._told[key] = None
        if len(self._told) > MOST_REMEMBERED:
            del self._told[next(iter(self._told))]
        return True

    async def may_change(self, user: str, room: str) -> bool:
        """True if the person may change the channel's settings.

        Everyone may in their own direct messages.
        """
        person = f"slack:{user}"
        if self.intake.may_change(person, admin=room.startswith("D")):
            return True
        return self.intake.may_change(person, admin=await self._is_admin(user))

    async def _is_admin(self, user: str) -> bool:
        """What Slack says; no where it does not say."""
        until, known = self._admins.get(user, (0.0, False))
        if time.monotonic() < until:
            return known
        try:
            about = (await asyncio.wait_for(self.client.users_info(user=user), ADMIN_S)).get("user") or {}
            found = bool(about.get("is_admin") or about.get("is_owner"))
        except SlackApiError as error:
            log.warning("admin_unknown", extra={"error": slack_code(error.response)})
            found = False
        except Exception as error:  # noqa: BLE001 - no answer means no
            log.warning("admin_unknown", extra={"error": type(error).__name__})
            return False
        if len(self._admins) >= MOST_REMEMBERED:
            self._admins.clear()
        self._admins[user] = (time.monotonic() + ADMIN_KEEP_S, found)
        return found

    async def close(self) -> None:
        """Finish what is being said and let go of the threads."""
        if self._saying:
            await asyncio.wait(set(self._saying), timeout=STOP_S)
        self._pool.shutdown(wait=False, cancel_futures=True)
