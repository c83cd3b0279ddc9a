"""What the answers of talk look like in the outbox.

Which paper is meant, what each sentence stands on.
"""

import json
from datetime import date

import pytest

from tests.doubles.model import ModelDouble
from workers.conversations.deepdive import post_deepdive
from workers.conversations.question import answer_question
from workers.digest.make import DigestMaker
from workers.digest.parameters import DigestParameters
from workers.models import Analysis, Candidate, Day, Digest, Paper, Pick, Receipt, Score
from workers.queueing.dispatcher import Dispatcher
from workers.reading.text import PaperText
from workers.store.channels.day_candidates import DayCandidates
from workers.store.delivery.outbox import Outbox
from workers.store.papers.records import Papers
from workers.store.papers.texts import Texts
from workers.store.people.threads import ThreadPlace, Threads
from workers.store.tasks.ledger import Ledger

ONE, TWO = "2601.00001", "2601.00002"
TEXTS = {
    ONE: ("Old Maps", "We restore old maps. The loss is a plain L1 loss. It runs in 12 ms."),
    TWO: ("New Maps", "We draw new maps. The loss is an adversarial loss. It runs in 40 ms."),
}


@pytest.fixture
def settings(env):
    return env(SLACK_BOT_TOKEN="xoxb-test", SLACK_APP_TOKEN="xapp-test", TELEGRAM_BOT_TOKEN="1:test")


@pytest.fixture
def known(redis):
    """Two papers that were read from their abstracts."""
    for paper, (title, abstract) in TEXTS.items():
        text = PaperText(ref=f"{paper}v1", read_from="abstract", title=title, abstract=abstract)
        Texts(redis).put(text.ref, text.model_dump_json())
        Texts(redis).put_newest(paper, text.ref)
    Papers(redis).put_papers(Paper(id=p, version=1, title=t, abstract=a) for p, (t, a) in TEXTS.items())


def answered(redis, settings, text, channel, place, **more):
    number = len(redis.keys("pb:delivery:*")) + 1
    key = f"ask|{channel.partition(':')[0]}|T|{number}"
    data = {"channel": channel, "message": place.root, "text": text, "person": "x:1", "place": place.known, **more}
    assert answer_question(redis, settings, key, data)
    return Outbox(redis).rows(key)


@pytest.mark.parametrize("channel", ["slack:D1", "telegram:4242"])
def test_in_a_private_chat_a_line_says_which_paper_and_a_button_offers_others(redis, settings, known, channel):
    place, talk = ThreadPlace("9.9", ONE, 1), {"talk": f"paper:{ONE}"}
    (row,) = answered(redis, settings, "which loss?", channel, place, **talk)
    shown = json.dumps(row.payload, ensure_ascii=False)
    assert "About Old Maps (2601.00001v1)" in shown
    assert "plain L1 loss" in shown
    assert "Another paper" in shown
    assert row.parent == "msg:9.9"
    (row,) = answered(redis, settings, "and how fast?", channel, ThreadPlace("10.1", ONE, 1), **talk)
    assert len(Threads(redis).turns(channel, f"paper:{ONE}")) == 2, "one conversation, whatever the messages"
    (row,) = answered(redis, settings, "which loss?", channel, place)
    assert "Another paper" not in json.dumps(row.payload), "in its own thread nobody need say which"


# -- the day -------------------------------------------------------------------------------------------------------

SLOT = "digest|slack:C1|2026-01-27"


def candidate(number, title, abstract, score, why, *, local=False, id=""):
    return Candidate(
        id=id or f"2601.0010{score % 10}",
        title=title,
        abstract=abstract,
        score=score,
        why=why,
        number=number,
        local=local,
    )


@pytest.fixture
def day(redis):
    found = Day(
        date=date(2026, 1, 27),
        title="Papers",
        min_score=60,
        candidates=(
            candidate(1, "Old Maps", TEXTS[ONE][1], 91, "Title names map restoration.", id=ONE),
            candidate(2, "New Maps", TEXTS[TWO][1], 80, "Close to map drawing.", id=TWO),
            candidate(0, "Antibody Design", "We design antibodies with a language model.", 54, "Names none of it."),
            candidate(0, "Cats", "We look at cats.", 12, "Names none of the interests.", local=True),
        ),
    )
    DayCandidates(redis).put(SLOT, found)
    return found


def of_the_day(redis, settings, text, channel="slack:C1"):
    rows = answered(redis, settings, text, channel, ThreadPlace("9.9", "", digest=SLOT))
    return json.dumps([row.payload for row in rows], ensure_ascii=False)


@pytest.mark.parametrize(
    ("asked", "named", "unnamed"),
    [
        ("which of these is about antibodies?", ["Antibody Design", "54/100", "below the bar of 60"], ["Cats"]),
        ("compare 1 and 2", ["1. Old Maps", "2. New Maps"], ["Antibody", "Cats"]),
        ("what did you leave out and why?", ["Antibody Design", "Cats", "match 12/100", "Names none"], ["Old Maps"]),
        ("why did you not pick the antibody paper?", ["Antibody Design", "below the bar"], ["Cats"]),
        ("今天漏掉了哪些，为什么？", ["Antibody Design", "低于入选线 60"], ["Old Maps"]),
        ("anything on dolphins?", ["No paper of that day has a word of the question", "1. Old Maps"], ["Cats"]),
        ("which is the best paper today?", ["1. Old Maps", "2. New Maps"], ["Cats"]),
    ],
)
def test_a_question_about_the_day_is_answered_without_a_model(redis, settings, day, asked, named, unnamed):
    shown = of_the_day(redis, settings, asked)
    for words in named:
        assert words in shown, words
    for words in unnamed:
        assert words not in shown, words
    assert "/abs/26" in shown, "each paper is linked"


def test_a_day_that_is_no_longer_kept_goes_by_its_digest(redis, settings):
    said = of_the_day(redis, settings, "what did you leave out?")
    assert "没有发过" in said or "no digest here" in said, "a day that nobody knows"
    paper = Paper(id=ONE, title="Old Maps", abstract=TEXTS[ONE][1])
    score = Score(id=ONE, state="scored", value=91, local=80, by="m", why="Fits.")
    written = Analysis(id=ONE, contribution="c", methodology="m", takeaway="t", limitations="l")
    pick = Pick(paper=paper, score=score, analysis=written)
    digest = Digest(
        date=date(2026, 1, 27), profile="p", title="T", language="en", channel="slack:C1", picks=(pick,),
        receipt=Receipt(candidates=9, min_score=60),
    )  # fmt: skip
    redis.set(f"pb:digest:{SLOT}", digest.model_dump_json())
    assert "no longer kept" in of_the_day(redis, settings, "what did you leave out?")
    assert "Old Maps" in of_the_day(redis, settings, "which one restores maps?")


def test_a_day_question_to_a_model_stands_on_papers(redis, env, day):
    with ModelDouble() as model:
        given = env(
            SLACK_BOT_TOKEN="xoxb-test", ANTHROPIC_API_KEY=model.key, ANTHROPIC_BASE_URL=model.url, MODEL_JUDGE=""
        )
        prompts = []

        def reply(asked):
            prompts.append(asked)
            number = next(n for n, p in enumerate(asked.passages, 1) if "antibodies with" in p)
            return f"Antibody Design is about antibodies [P{number}]. It took 77 hours [P{number}]."

        model.reply(reply)
        shown = of_the_day(redis, given, "which of these is about antibodies?")
    assert "Antibody Design is about antibodies" in shown and "not in the paper: 77" in shown
    assert "/abs/2601.00104" in shown
    text = " ".join(prompts[0].passages)
    assert "1. Old Maps: Abstract" in text and "below the bar of 60" in text
    assert "4 papers" in prompts[0].user


# -- across papers -------------------------------------------------------------------------------------------------


def test_two_papers_are_compared_each_cited_by_name(redis, settings, known):
    (row,) = answered(redis, settings, f"compare the loss with {TWO}", "slack:C1", ThreadPlace("9.9", ONE, 1))
    shown = json.dumps(row.payload, ensure_ascii=False)
    for words in ("plain L1 loss", "adversarial loss", "Old Maps", "New Maps", f"/abs/{ONE}", f"/abs/{TWO}"):
        assert words in shown, words
    (row,) = answered(redis, settings, "which loss is the adversarial one?", "slack:C1", ThreadPlace("9.9", ONE, 1))
    assert "New Maps" in json.dumps(row.payload), "the papers of the turn before are still meant"


def test_a_paper_that_does_not_exist_is_said(redis, settings, known, monkeypatch):
    (row,) = answered(redis, settings, "compare with 2601.99999", "slack:C1", ThreadPlace("9.9", ONE, 1))
    assert "2601.99999" in row.payload["text"]


def test_what_a_model_says_of_two_papers_is_looked_up_in_each(redis, env, known):
    with ModelDouble() as model:
        given = env(
            SLACK_BOT_TOKEN="xoxb-test", ANTHROPIC_API_KEY=model.key, ANTHROPIC_BASE_URL=model.url, MODEL_JUDGE=""
        )

        def reply(asked):
            at = {words: n for n, p in enumerate(asked.passages, 1) for words in ("12 ms", "40 ms") if words in p}
            return f"Old Maps takes 12 ms [P{at['12 ms']}]. New Maps takes 12 ms [P{at['40 ms']}]."

        model.reply(reply)
        (row,) = answered(redis, given, f"compare speed with {TWO}", "slack:C1", ThreadPlace("9.9", ONE, 1))
    shown = json.dumps(row.payload, ensure_ascii=False)
    assert "in the paper, but not where it is cited: 12" in shown, "a number of the other paper"
    assert "[1] Old Maps" in shown and "[2] New Maps" in shown


def test_a_digest_leaves_its_day_and_a_head_to_ask_under(redis, env):
    made = DigestMaker(redis, env(SLACK_BOT_TOKEN="xoxb-test", SLACK_APP_TOKEN="xapp-test"))
    order = DigestParameters("slack:C1", "cv-daily-en", date(2026, 1, 24), sample=True)
    task = "digest|slack:C1|2026-01-24|sample"
    Dispatcher(redis).open(task, "digest", {"channel": "slack:C1"})
    attempt = Ledger(redis).get(task).attempt
    digest = made.make(task, attempt, order)
    kept = DayCandidates(redis).get(task)
    assert [c.id for c in kept.candidates if c.number] == [pick.paper.id for pick in digest.picks]
    assert len(kept.candidates) == digest.receipt.candidates and kept.whole
    assert 0 < redis.ttl(f"pb:day:{task}") <= 14 * 86_400
    heads = [row for row in Outbox(redis).rows(task) if row.key.startswith("quick")]
    assert [row.about["digest"] for row in heads] == [task]


def test_the_answer_to_an_edited_question_takes_the_place_of_the_first(redis, settings, known):
    place = ThreadPlace("9.9", ONE, 1)
    (row,) = answered(redis, settings, "which loss?", "slack:C1", place)
    redis.hset(f"pb:part:{row.delivery}:answer", mapping={"state": "sent", "msg": "10.1"})
    data = {"channel": "slack:C1", "message": "9.9", "text": "how fast?", "person": "x:1", "place": place.known}
    assert answer_question(redis, settings, "ask|slack|T|9|edit", data | {"revises": row.delivery})
    (after,) = Outbox(redis).rows(row.delivery)
    assert (after.state, after.msg) == ("edit", "10.1")
    assert "12 ms" in json.dumps(after.payload) and "12 ms" not in json.dumps(row.payload)


def test_a_question_that_was_withdrawn_meanwhile_is_not_answered(redis, settings, known):
    key, ledger = "ask|slack|T|7", Ledger(redis)
    data = {"channel": "slack:C1", "message": "9.9", "text": "which loss?", "person": "x:1"}
    data["place"] = ThreadPlace("9.9", ONE, 1).known
    ledger.open(key, "ask", 0, data)
    ledger.end(key, ledger.get(key).attempt, 0, "skipped", "withdrawn")
    assert not answer_question(redis, settings, key, data)
    assert Outbox(redis).rows(key) == []


@pytest.mark.parametrize("model", [False, True])
def test_no_verdict_stands_above_a_paper_that_was_asked_for(redis, env, known, model):
    with ModelDouble() as double:
        more = {"ANTHROPIC_API_KEY": double.key, "ANTHROPIC_BASE_URL": double.url, "MODEL_JUDGE": ""} if model else {}
        given = env(SLACK_BOT_TOKEN="xoxb-test", SLACK_APP_TOKEN="xapp-test", **more)
        asked = {"id": ONE, "version": 1, "profile": "cv-daily-en", "channel": "slack:C1", "reply_to": "", "person": ""}
        post_deepdive(redis, given, "dive|x", asked, lambda: None)
        assert bool(double.asked("score")) == model, "the model scores where there is one"
    head = next(row for row in Outbox(redis).rows("dive|x") if row.key.startswith("pick:"))
    shown = json.dumps(head.payload, ensure_ascii=False)
    assert "Old Maps" in shown and "/100" not in shown and "not for us" not in shown
