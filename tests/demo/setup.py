"""Lets two labs set up a topic of their own, from chat alone.

Each step is kept as a person saw it, for `demo-out/setup.html`.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console

from tests.demo.forms import filled, form_html
from tests.demo.page import Step, bubbles, note, stream
from tests.demo.talk import Talk
from tests.doubles.arxiv import Arxiv
from workers.sources.listing.list_days import arxiv_day, weekdays_before

ROOM, GROUP, ALICE = "C0PROTEINS", -1001000000002, 4242
WORDS, ZH_WORDS = "protein language models; antibody design", "蛋白质语言模型、抗体设计"
TITLE, ZH_TITLE = "Protein Models Daily", "蛋白质模型日报"
SOURCES = ("arxiv:q-bio.BM", "biorxiv:bioinformatics", "arxiv:cs.LG")

Fields = dict[str, Any]


def announce(arxiv: Arxiv) -> None:
    """Let arXiv announce the sample day's papers on proteins on its latest day."""
    arxiv.announced = [item for item in arxiv.papers.values() if "q-bio.BM" in item.categories]
    arxiv.known.add("q-bio.BM")
    arxiv.day = next(weekdays_before(arxiv_day(datetime.now(UTC)) + timedelta(days=1), 1))


class OnSlack:
    """A person sets up a topic in a Slack channel."""

    def __init__(self, talk: Talk) -> None:
        self.talk, self.slack, self.steps = talk, talk.slack, list[Step]()
        self.slack.add_channel(ROOM, "protein-lab")

    def run(self) -> list[Step]:
        """From `/digest setup` to the digest."""
        self._type("setup")
        first = self._view("setup")
        self._did("Type `/digest setup` in the channel", form_html(first))
        answer = self._send(first)
        self._did("Press *Next*, with nothing written", form_html(first, errors=answer["errors"]))
        typed = {"text": WORDS}
        self._did("Say what the lab works on", form_html(first, typed))
        self._send(first, **typed)
        second = self._view("setup_correct")
        self._did("Press *Next*", form_html(second))
        typed = {"title": TITLE}
        self._did("Change the title", form_html(second, typed))
        self._did("Choose the lists to look through", form_html(second, typed | {"sources": SOURCES}))
        self._send(second, **typed, sources=SOURCES)
        third = self._view("setup_show")
        self._did("Press *See a preview*", form_html(third))
        self._send(third)
        told = self.talk.until("the set-up to be saved", self._told)
        self._did("Press *Looks right*", note(told))
        self._type("now")
        self.talk.until("the digest on Slack", lambda: self._posted(3))
        self._did("Type `/digest now`", stream([m for m in self._posted(3) if not m["thread_ts"]]))
        return self.steps

    def _did(self, what: str, screen: str) -> None:
        self.steps.append(Step(what, screen))

    def _type(self, words: str) -> None:
        self.slack.ack_of(self.slack.play_slash("/digest", words, ROOM))

    def _view(self, step: str) -> Fields:
        def there() -> Fields | None:
            mine = (v for v in list(self.slack.views.values()) if ROOM in v.get("private_metadata", ""))
            return next((v for v in mine if v.get("callback_id") == step), None)

        found: Fields = self.talk.until(f"the form {step}", there)
        return found

    def _send(self, view: Fields, **typed: Any) -> Fields:
        answer = self.slack.ack_of(self.slack.play_view_submission(view["id"], filled(view, **typed)))
        found: Fields = answer["payload"]
        return found

    def _told(self) -> str:
        said = [e["text"] for e in self.slack.ephemerals if e["channel"] == ROOM and e.get("via") != "ack"]
        return str(said[-1]) if said else ""

    def _posted(self, least: int) -> list[Fields]:
        found = self.slack.messages(ROOM)
        return found if len(found) >= least else []


class OnTelegram:
    """An admin sets up a topic in a Telegram group."""

    def __init__(self, talk: Talk) -> None:
        self.talk, self.telegram, self.steps = talk, talk.telegram, list[Step]()
        self.telegram.add_chat(GROUP, type="supergroup", title="Protein lab", admins={ALICE})
        self._before: list[Fields] = []

    def run(self) -> list[Step]:
        """From `/digest setup` to the digest."""
        self._write("/digest setup")
        self._did("Write `/digest setup` in the group", "#setup_")
        self._write(ZH_WORDS, answering=True)
        self._did("Answer in one's own words: who writes Chinese is answered in Chinese", "专家")
        self._press("title")
        self._did("Press *标题*", "#setup_")
        self._write(ZH_TITLE, answering=True)
        self._did("Answer with a title", ZH_TITLE)
        self._press("sources")
        self._did("Press *来源*", "#setup_")
        self._write(", ".join(SOURCES), answering=True)
        self._did("Answer with the lists to look through", "cs.LG")
        self._press("show")
        self._did("Press *预览*", "Tidepool")
        self._press("right")
        self._did("Press *就这样*", ZH_TITLE)
        self._write("/digest now")
        self._did("Write `/digest now`", "", lambda: len(self._mine()) > 8)
        return self.steps

    def _mine(self) -> list[Fields]:
        return self.telegram.messages(GROUP, mine=True)

    def _did(self, what: str, words: str, there: Callable[[], Any] | None = None) -> None:
        """Keep what is new or changed since the step before.

        Waits for `there`, or until our last message has `words`.
        """
        self.talk.until(what, there or (lambda: any(words in m["text"] for m in self._mine()[-1:])))
        now = [m | {"from": self.telegram.users.get(m["from"], {})} for m in self.telegram.messages(GROUP)]
        self.steps.append(Step(what, bubbles([m for m in now if m not in self._before], now)))
        self._before = now

    def _write(self, text: str, *, answering: bool = False) -> None:
        self.telegram.play_message(GROUP, text, reply_to=self._mine()[-1]["message_id"] if answering else None)

    def _press(self, ends: str) -> None:
        message = self._mine()[-1]
        rows = message["reply_markup"]["inline_keyboard"]
        data = next(b["callback_data"] for row in rows for b in row if b["callback_data"].endswith(f":{ends}"))
        self.telegram.play_callback(GROUP, message["message_id"], data)


def set_up(talk: Talk, console: Console) -> tuple[list[Step], list[Step]]:
    """Both labs, one after the other; the steps on Slack and on Telegram."""
    slack, telegram = OnSlack(talk).run(), OnTelegram(talk).run()
    console.print(f"  Slack: a lab sets up its own topic, from a form to its digest: {len(slack)} actions")
    console.print(f"  Telegram: a group does the same, by messages and buttons: {len(telegram)} actions")
    return slack, telegram
