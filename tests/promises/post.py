"""Three channels and digests for them.

What the promises about delivery are tried on.
"""

from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import TelegramDouble
from tests.promises import kit
from workers.models import Part
from workers.queueing.kinds import DELIVERY

SLACK, ASK, HOLD = "slack:C0ONE", "telegram:-1001000000001", "telegram:-1001000000005"
"""Three channels: Slack can be asked what arrived; Telegram cannot, so one is sent at most once (as answers are) and
one as scheduled digests are: the head rings, at most once, and the rest comes by placeholders that are edited."""

KEYS = {"quick": None, "pick:1": None, "analysis:1:0": "pick:1", "pick:2": None, "analysis:2:0": "pick:2"}
"""The five parts of a digest and what each hangs under."""


def parts(address, number):
    """A digest of five parts; every text says whose it is."""
    about = {"unfurl_links": False, "unfurl_media": False} if address == SLACK else {}
    quiet = {} if address == SLACK else {"disable_notification": True}
    more = {k: about if k == "quick" else about | quiet for k in KEYS}
    return [Part(key=k, parent=p, payload=more[k] | {"text": f"{k} of {number}"}) for k, p in KEYS.items()]


class Post:
    """Both platforms, and digests of five parts for the three channels."""

    def __init__(self, stack, crew, redis, clock):
        self.slack = stack.enter_context(SlackDouble(channels={"C0ONE": "one"}, pace=False))
        self.telegram = stack.enter_context(TelegramDouble(pace=False))
        self.telegram.add_chat(chat_of(HOLD), type="supergroup", title="Group")
        self.crew, self.drive = crew, kit.Drive(redis, clock)
        self.trap = kit.Trap(self.slack, self.telegram)
        crew.env |= {
            "SLACK_BOT_TOKEN": self.slack.bot_token, "SLACK_API_URL": self.slack.api_url,
            "TELEGRAM_BOT_TOKEN": self.telegram.token, "TELEGRAM_API_URL": self.telegram.url,
        }  # fmt: skip
        self.number, self.ended = 0, []
        self.pid = crew.worker(DELIVERY)

    def open(self):
        """A new digest for each channel."""
        self.number += 1
        self.keys = []
        outbox, clock = self.drive.outbox, self.drive.clock
        for address in (SLACK, ASK, HOLD):
            name = f"{self.number}|{address}"
            with outbox.redis.pipeline() as pipe:
                line = "preparing" if address == HOLD else ""
                outbox.put(pipe, name, address, parts(address, self.number), clock(), placeholder=line)
                pipe.execute()
            self.drive.dispatcher.open(f"delivery|{name}", "delivery", {"delivery": name})
            self.keys.append(f"delivery|{name}")

    def finish(self):
        """Drive until all is sent, with a new worker when ours has died.

        Other work has no worker here.
        """
        self.drive.until(self.sent, self.pids, "the end of the deliveries")

    def sent(self):
        """True when no delivery is open."""
        return not any(key.startswith("delivery|") for key in self.drive.dispatcher.ledger.open_keys())

    def pids(self):
        """Our worker, or a new one in its place."""
        if not kit.alive(self.pid):
            self.ended.append(self.crew.bury(self.pid))
            self.pid = self.crew.worker(DELIVERY)
        return [self.pid]

    def strike(self):
        """Kill the worker with its child."""
        kit.kill_tree(self.pid)

    def posts(self):
        """Every request that posts a text, oldest first."""
        found = [*self.slack.calls("*/chat.postMessage"), *self.telegram.calls("*Message*")]
        return [entry for entry in found if entry.data.get("text", "").endswith(f" of {self.number}")]

    def texts(self, address):
        """What stands in a channel of this round, in order."""
        mine = f" of {self.number}"
        found = (
            self.slack.messages("C0ONE") if address == SLACK else self.telegram.messages(chat_of(address), mine=True)
        )
        return [m["text"].removesuffix(mine) for m in found if m["text"].endswith(mine)]

    def points(self):
        """Every (phase, request) that one round has.

        Found by a round in which nobody is killed.
        """
        self.trap.seen.clear()
        self.open()
        self.finish()
        self.check("nobody killed")
        return [(phase, n) for phase in kit.PHASES for n in range(1, self.trap.seen[phase] + 1)]

    def left_over(self):
        """Placeholders that never became a text."""
        return sum(m["text"] == "preparing" for m in self.telegram.messages(chat_of(HOLD), mine=True, deleted=False))

    def check(self, why):
        """Checks that each part came once and in order; returns how many are missing.

        Where at most once is meant, what is missing is shown.
        """
        missing = 0
        for address in (SLACK, ASK, HOLD):
            rows = {row.key: row.state for row in self.drive.outbox.rows(f"{self.number}|{address}")}
            texts = self.texts(address)
            once = {SLACK: (), ASK: tuple(KEYS), HOLD: ("quick",)}[address]  # parts that are sent at most once
            lost = [key for key in once if key not in texts]
            assert texts == [key for key in KEYS if key not in lost], f"{why}: {address} has {texts}"
            unsure = [key for key, state in rows.items() if state == "uncertain" and key in once]
            assert set(lost) <= set(unsure), f"{why}: {lost} missing, {rows}"
            assert {rows[key] for key in KEYS if key not in unsure} <= {"sent"}, f"{why}: {address} {rows}"
            shown = {(r.delivery, r.key) for r in self.drive.outbox.trouble()}
            assert {(f"{self.number}|{address}", key) for key in unsure} <= shown, f"{why}: not shown"
            missing += len(unsure)
        return missing


def chat_of(address):
    """The id of a Telegram chat."""
    return int(address.partition(":")[2])
