"""Saved papers in a Zotero library.

Each once, with every loss on the way, and what people and the operator hear.
"""

import json
import time
from datetime import date

import pytest

from tests.doubles.arxiv import Arxiv, make_item
from tests.doubles.zotero import TOKEN_S, ZoteroDouble
from tests.rendering import HOSTILE, digest, pick
from workers import jobs
from workers.intake import Intake
from workers.models import Paper, Score
from workers.models.library import LibraryEntry
from workers.operations.doctor.zotero import zotero
from workers.store.library.index import Library
from workers.store.library.zotero_handed import ZoteroHanded
from workers.store.operations.incidents import Incidents
from workers.store.papers.records import Papers
from workers.store.server.connection import key as k
from workers.store.tasks.ledger import Ledger
from workers.words import words

HERE, ME, ID, EN = "slack:C1", "slack:U1", "2601.16148", words("en")
LIBRARY = "groups/456"
TASK = f"zotero|{LIBRARY}|{ID}"
PAPER = Paper(
    id=ID, title="QuiltMAR: Masks at Dusk", abstract="We restore <b>dusk</b>.",
    authors=("Ada van der Berg", "Dusk Team"),
)  # fmt: skip


@pytest.fixture
def library(env, redis, no_pace):
    """A double with settings that lead to it, a posted paper, and the bot's intake."""
    item = make_item(ID, PAPER.title, abstract=PAPER.abstract, authors=PAPER.authors)
    with ZoteroDouble(LIBRARY) as double, Arxiv(papers=[item]) as double.arxiv:
        double.settings = env(
            ZOTERO_API_URL=double.url,
            ZOTERO_API_KEY=double.key,
            ZOTERO_LIBRARY=LIBRARY,
            DIGEST_PROFILE="cv-daily-en",
            ARXIV_API_URL=double.arxiv.api_url,
            ARXIV_URL=double.arxiv.url,
        )
        double.redis, double.intake = redis, Intake(redis, double.settings, time.time)
        jobs._url.cache_clear()
        Papers(redis).put_papers([PAPER])
        score = Score(id=ID, state="scored", value=91, why="Fits.", matched=("image restoration",), by="claude-x")
        made = digest(pick(id=ID, title=PAPER.title, score=score), language="en", channel=HERE)
        redis.set(k("digest", f"digest|{HERE}|2026-01-24"), made.model_dump_json())
        Library(redis).add(HERE, LibraryEntry(kind="paper", paper=ID, title=PAPER.title, date=date(2026, 1, 24)))
        yield double
    jobs._url.cache_clear()


def save(library, person=ME, paper=ID, channel=HERE):
    return library.intake.saving.toggle(channel, paper, person, EN)


def work(library, key=TASK):
    """One try of the task, as if its time had come; the task after it."""
    ledger = Ledger(library.redis)
    library.redis.hset(k("task", key), "lease", 0)
    library.redis.zadd(k("open"), {key: 0}, xx=True)
    library.redis.hset(k("task", key), "due", 0)
    attempt = ledger.get(key).attempt
    if not ledger.get(key).held:
        attempt = ledger.take(key, time.time(), 60)
    jobs.hand_to_zotero(key, attempt)
    return ledger.get(key)


def due(library, key=TASK):
    """When the task is handed out again."""
    return library.redis.zscore(k("open"), key)


def no_rest(library):
    library.redis.delete(k("zotero-rest", LIBRARY))


def test_a_saved_paper_is_put_there_with_all_that_is_known(library):
    assert save(library) == f"{EN.saved} {EN.saved_zotero}"
    assert work(library).state == "done"
    (item,) = library.top()
    assert item["itemType"] == "preprint"
    assert item["archiveID"] == f"arXiv:{ID}"
    assert (item["DOI"], item["date"]) == (f"10.48550/arXiv.{ID}", "2026-01-21")
    assert item["creators"][0] == {"creatorType": "author", "firstName": "Ada", "lastName": "van der Berg"}
    assert item["creators"][1] == {"creatorType": "author", "name": "Dusk Team"}
    assert item["tags"] == [{"tag": "image restoration"}]
    (note,) = library.notes()
    assert note["parentItem"] == item["key"]
    assert "Plain text." in note["note"]
    assert save(library) == f"{EN.unsaved} {EN.unsaved_zotero}"
    assert save(library, "slack:U2") == f"{EN.saved} {EN.saved_zotero_before}"
    assert (len(library.top()), len(library.calls("*", accepted=True))) == (1, 2)


def test_off_unless_both_are_set(library, env, redis):
    assert Intake(redis, env(ZOTERO_LIBRARY=""), time.time).saving.toggle(HERE, ID, ME, EN) == EN.saved
    assert Ledger(redis).get(TASK) is None


@pytest.mark.parametrize("lost", range(4))
@pytest.mark.parametrize("drop", ["before", "after"])
def test_an_answer_that_is_lost_makes_no_second_item(library, lost, drop):
    """The four requests of a hand-off: look-up, item, children, note."""
    paths = [f"/{LIBRARY}/items/top", f"/{LIBRARY}/items", f"/{LIBRARY}/items/*/children", f"/{LIBRARY}/items"]
    save(library)
    if lost == 3:
        library.fault(paths[3], drop=drop, when=lambda e: b'"note"' in e.body and b"parentItem" in e.body)
    else:
        library.fault(paths[lost], drop=drop)
    assert work(library).state == "open"
    assert work(library).state == "done"
    assert (len(library.top()), len(library.notes())) == (1, 1)
    assert ZoteroHanded(library.redis, LIBRARY).get([ID])["item"] == library.top()[0]["key"]


def test_nor_after_the_token_has_run_out_or_while_its_title_finds_nothing(library):
    save(library)
    library.fault(f"/{LIBRARY}/items", drop="after")
    work(library)
    library.clock = lambda: time.time() + TOKEN_S + 1
    library.top()[0]["title"] = "Renamed by somebody"
    assert work(library).state == "done"
    assert len(library.top()) == 1


def test_a_token_that_is_used_while_nothing_shows_the_item_is_waited_for(library):
    save(library)
    library.fault(f"/{LIBRARY}/items", drop="after")
    work(library)
    hidden = dict(library.items)
    library.items.clear()
    task = work(library)
    assert (task.state, task.error) == ("open", "strange")
    library.items |= hidden
    assert work(library).state == "done"
    assert len(library.top()) == 1


@pytest.mark.parametrize("known", [{"DOI": f"10.48550/ARXIV.{ID}"}, {"url": f"http://arxiv.org/abs/{ID}v2"}])
def test_an_item_that_somebody_has_there_is_left_and_gets_the_note(library, known):
    theirs = library.put(itemType="journalArticle", title="quiltmar: masks at dusk", **known)
    library.put(itemType="preprint", title=PAPER.title, DOI="10.48550/arXiv.2601.99999")
    save(library)
    assert work(library).state == "done"
    assert len(library.top()) == 2
    assert [note["parentItem"] for note in library.notes()] == [theirs]


@pytest.mark.parametrize("header", ["Retry-After", "Backoff"])
def test_too_many_requests_are_waited_out_and_nobody_is_told(library, header):
    save(library)
    library.fault("*", status=429, body="Too many requests", headers={header: "120"})
    before = time.time()
    task = work(library)
    assert task.state == "open"
    assert due(library) >= before + 120
    asked = len(library.calls())
    assert work(library).state == "open"
    assert len(library.calls()) == asked, "nothing is asked while it rests"
    assert not Incidents(library.redis).failing()
    no_rest(library)
    assert work(library).state == "done"
    assert len(library.top()) == 1


def test_a_backoff_on_a_good_answer_is_obeyed_by_the_next_paper(library):
    save(library)
    library.backoff = 90
    assert work(library).state == "done"
    other = PAPER.model_copy(update={"id": "2601.00002", "title": "Another"})
    Papers(library.redis).put_papers([other])
    save(library, paper=other.id)
    asked = len(library.calls())
    task = work(library, f"zotero|{LIBRARY}|{other.id}")
    assert (task.state, len(library.calls())) == ("open", asked)
    assert due(library, task.key) > time.time() + 60


@pytest.mark.parametrize(
    ("break_it", "kind", "quoted"),
    [
        (lambda z: setattr(z, "write", False), "rights", "403 Write access denied"),
        (lambda z: setattr(z, "key", "another"), "key", "403 Invalid key"),
        (lambda z: setattr(z, "library", "groups/9"), "library", "404 Not found"),
    ],
)
def test_what_the_operator_must_mend_is_told_at_once_and_the_paper_waits(library, break_it, kind, quoted):
    good = library.key, library.write, library.library
    save(library)
    break_it(library)
    task = work(library)
    assert (task.state, task.error) == ("open", kind)
    (failing,) = Incidents(library.redis).failing()
    assert (failing.what, failing.error, failing.said) == (f"zotero {LIBRARY}", kind, quoted)
    states = {f.name: f.state for f in zotero(library.settings)}
    assert "fail" in states.values()
    library.key, library.write, library.library = good
    assert work(library).state == "done"
    assert not Incidents(library.redis).failing()
    assert {f.state for f in zotero(library.settings)} == {"ok"}


def test_what_zotero_says_and_nobody_knows_is_quoted_without_the_key(library):
    save(library)
    library.fault("*", status=418, body=f"teapot of {library.key}", times=9)
    for _ in range(4):
        task = work(library)
    (failing,) = Incidents(library.redis).failing()
    assert (failing.error, failing.said) == ("strange", "418 teapot of ***")
    library.redis.hset(k("task", TASK), "data", json.dumps({**task.data, "until": 0}))
    assert work(library).state == "dead"


def test_an_item_that_it_refuses_is_left_out_and_told(library):
    save(library)
    library.fault(f"/{LIBRARY}/items", body={"failed": {"0": {"code": 400, "message": "no such field"}}}, status=200)
    assert work(library).state == "skipped"
    assert Incidents(library.redis).failing()[0].said == "400 no such field"
    save(library)
    assert save(library) == f"{EN.saved} {EN.saved_zotero}", "it may be tried again by hand"
    assert work(library).state == "done"


def test_a_made_up_paper_stays_here(library):
    Papers(library.redis).put_papers([PAPER.model_copy(update={"fictional": True})])
    assert save(library) == EN.saved


def test_strangers_words_are_text_in_the_note(library):
    made = digest(pick("\n\n".join(HOSTILE), id=ID, title="<script>x</script>"), language="en", channel=HERE)
    library.redis.set(k("digest", f"digest|{HERE}|2026-01-24"), made.model_dump_json())
    save(library)
    work(library)
    note = library.notes()[0]["note"]
    assert "<script" not in note
    assert "<img" not in note
    assert "evil.example/now" not in "".join(note.split('href="')[1:])
