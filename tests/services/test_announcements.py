"""arXiv's days.

The ledger, lists that come again, gaps from dated pages or OAI-PMH, robots.txt, and what is told.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.doubles.arxiv import Arxiv, make_feed, make_item
from tests.doubles.arxiv_pages import make_catchup, make_list
from tests.doubles.huggingface import HuggingFace, make_day
from workers.errors import SourceFailed
from workers.models import SourceCount
from workers.render.receipt import list_notes
from workers.settings import Settings
from workers.sources.arxiv import dated_lists as arxiv_lists
from workers.sources.arxiv import oai
from workers.sources.gather import gather
from workers.sources.http import robots
from workers.sources.http.client import HttpClient
from workers.sources.listing.list_days import announced_days
from workers.store.sources.announcements import LIST_S, TITLES_S, Announcements, DayList
from workers.store.sources.fetch_state import Fetches
from workers.words import words

MON, TUE, WED, THU, FRI, SAT, SUN = (date(2026, 8, 10) + timedelta(days=i) for i in range(7))
MORNING = 7


def batch(first, *, categories=("cs.AI",), count=3, **more):
    when = "2026-08-08T09:00:00Z"
    return [
        make_item(f"2608.{n:05}", categories=categories, published=when, **more) for n in range(first, first + count)
    ]


DAYS = {
    FRI - timedelta(days=7): batch(1),
    MON: batch(11),
    TUE: batch(21),
    WED: batch(31),
    THU: batch(41),
    FRI: batch(51),
}


@pytest.fixture
def world(redis):
    with Arxiv() as arxiv, HuggingFace() as hf:
        settings = Settings(
            _env_file=None, hf_endpoint=hf.url, arxiv_api_url=arxiv.api_url, arxiv_url=arxiv.url,
            arxiv_feed_url=f"{arxiv.url}/atom", arxiv_oai_url=arxiv.oai_url,
        )  # fmt: skip
        arxiv.hf, arxiv.redis = hf, redis

        def ask(day, *specs, hour=MORNING, covered=(), shown=None, listed=None, **more):
            """A digest on `day`: the feed shows the list of `shown` under the label `listed`."""
            now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
            arxiv.day, arxiv.announced = listed or day, DAYS.get(shown or day, [])
            arxiv.days = {d: items for d, items in DAYS.items() if d <= day}
            hf.today = day
            fetches = Fetches(redis, gap_s=0, clock=lambda: now.timestamp())
            own = more.pop("settings", settings)
            specs = specs or ("arxiv:cs.AI",)
            got = gather(
                specs,
                lambda _: set(covered),
                now=now,
                http=HttpClient(own, fetches),
                fetches=fetches,
                settings=own,
                **more,
            )
            return got[0] if len(got) == 1 else got

        arxiv.ask, arxiv.settings = ask, settings
        arxiv.lists = Announcements(redis)
        yield arxiv


def ids(fetched):
    return [p.id for p in fetched.papers]


def paths(world):
    return [e.path for e in world.calls() if e.path != "/robots.txt"]


def told(fetched, language="en"):
    return list_notes(SourceCount(source=fetched.spec, state="ok", lists=fetched.lists), words(language))


def test_a_day_that_a_digest_did_not_see_is_read_from_its_dated_page(world):
    world.ask(MON, first=True)
    got = world.ask(THU, covered={MON})
    assert ids(got) == [i.id for d in (TUE, WED, THU) for i in DAYS[d]]
    assert (got.days, got.had, got.error) == ((TUE, WED, THU), (TUE, WED, THU), None)
    assert told(got) == ["08-11 08-12 read from the listing"]
    assert [p.listed for p in got.papers[::3]] == [TUE, WED, THU]
    paper = got.papers[0]
    assert (paper.title, paper.abstract) == ("On the Restoration of 2608.00021", "We restore images. It works.")
    assert (paper.authors, paper.categories) == (("Ada Example", "Bo Sample"), ("cs.AI",))


def test_what_was_read_is_not_read_again(world):
    world.ask(MON, first=True)
    for _ in range(2):
        world.ask(THU, covered={MON})
    assert len(paths(world)) == 4  # two feeds, two dated pages


@pytest.mark.parametrize("label", [TUE, MON])
def test_an_old_list_is_known_whatever_its_date(world, label):
    world.ask(MON, first=True)
    got = world.ask(TUE, covered={MON}, shown=MON, listed=label)
    assert ids(got) == [i.id for i in DAYS[TUE]]
    assert (got.had, got.error) == ((TUE,), None)
    assert told(got) == ["the list of 08-10 again; 08-11 read from the listing"]
    again = world.ask(TUE, covered={MON}, shown=MON, listed=label)
    assert told(again) == told(got)
    assert told(got, "zh") == ["返回的仍是 08-10 的列表；08-11 改从列表页读取"]


def test_an_old_list_that_is_not_quite_the_same_is_known_by_its_numbers(world):
    world.ask(MON, first=True)
    DAYS[SAT] = [*DAYS[MON][1:], make_item("2608.00009", categories=("cs.AI",))]
    try:
        got = world.ask(TUE, covered={MON}, shown=SAT)
    finally:
        del DAYS[SAT]
    assert ids(got) == [i.id for i in DAYS[TUE]]


def test_a_paper_held_back_for_long_is_not_an_old_list(world):
    world.ask(MON, first=True)
    DAYS[SAT] = [make_item("2607.00009", categories=("cs.AI",))]
    try:
        got = world.ask(TUE, covered={MON}, shown=SAT)
    finally:
        del DAYS[SAT]
    assert (ids(got), got.lists) == (["2607.00009"], ())


def test_a_label_that_lags_behind_a_new_list_costs_nothing(world):
    world.ask(MON, first=True)
    got = world.ask(TUE, covered={MON}, listed=MON)
    assert (ids(got), got.had, got.lists) == ([i.id for i in DAYS[TUE]], (TUE,), ())


def test_one_category_is_old_while_its_neighbour_is_not(world):
    world.known.add("cs.CL")
    fresh = [make_item("2608.00099", categories=("cs.CL", "cs.AI"))]
    world.ask(MON, "arxiv:cs.AI", "arxiv:cs.CL", first=True)
    DAYS[SAT] = [*DAYS[MON], *fresh]
    DAYS[TUE] += fresh
    try:
        ai, cl = world.ask(TUE, "arxiv:cs.AI", "arxiv:cs.CL", covered={MON}, shown=SAT)
    finally:
        DAYS[TUE].remove(fresh[0])
        del DAYS[SAT]
    assert set(ids(ai)) == {"2608.00021", "2608.00022", "2608.00023", "2608.00099"}
    assert told(ai) == ["the list of 08-10 again; 08-11 read from the listing"]
    assert (ids(cl), cl.lists) == (["2608.00099"], ())


def test_of_several_categories_the_one_that_is_meant_is_named(world):
    world.ask(MON, "arxiv:cs.AI+cs.CV", first=True)
    got = world.ask(TUE, "arxiv:cs.AI+cs.CV", covered={MON}, shown=MON)
    assert "cs.AI: the list of 08-10 again; 08-11 read from the listing" in told(got)


def test_a_feed_that_fails_is_made_up_for_and_told(world):
    world.ask(MON, first=True)
    world.fault("/atom/*", status=500, times=9)
    got = world.ask(TUE, covered={MON})
    assert (ids(got), got.error) == ([i.id for i in DAYS[TUE]], None)
    assert told(got) == ["feed failed (the server answered with an error); 08-11 read from the listing"]


def test_the_query_api_is_not_needed_for_a_digest(world):
    world.fault("/api/*", status=429, times=99)
    assert len(world.ask(MON, first=True).papers) == 3
    assert world.calls("/api/*") == []


@pytest.mark.parametrize(
    "why", [{"robots": "User-agent: *\nDisallow: /catchup\nDisallow: /list"}, {"setting": True}, {"down": True}]
)
def test_where_dated_pages_are_not_to_be_had_oai_is_asked(world, why):
    world.ask(MON, first=True)
    world.robots = why.get("robots", world.robots)
    if "down" in why:
        for path in ("/list/*", "/catchup/*"):
            world.fault(path, status=500, times=9)
    own = world.settings.model_copy(update={"arxiv_listings": "setting" not in why})
    got = world.ask(WED, covered={MON}, settings=own)
    assert ids(got) == [i.id for d in (TUE, WED) for i in DAYS[d]]
    assert told(got) == ["08-11 read from OAI-PMH"]
    if "down" not in why:
        assert not world.calls("/list/*") and not world.calls("/catchup/*")


def test_a_day_that_nobody_has_is_told_and_comes_later(world):
    world.ask(MON, first=True)
    for path in ("/list/*", "/catchup/*", "/oai"):
        world.fault(path, status=500, times=99)
    got = world.ask(TUE, covered={MON}, shown=MON)
    assert (got.papers, got.had, got.error.kind) == ((), (), "stale")
    assert told(got) == ["the list of 08-10 again; 08-11 could not be read "
        "(the server answered with an error), tried again later"]  # fmt: skip
    asked = len(world.calls())
    world.ask(TUE, covered={MON}, shown=MON)
    assert len(world.calls()) == asked, "what has just failed is left alone for a quarter of an hour"
    world.faults.clear()
    world.redis.delete(*world.redis.keys("pb:fetch:gap:*"))
    got = world.ask(WED, covered={MON})
    assert ids(got) == [i.id for d in (TUE, WED) for i in DAYS[d]]


def test_an_empty_feed_on_a_weekday_is_not_believed(world):
    world.ask(MON, first=True)
    got = world.ask(TUE, covered={MON}, shown=SUN)
    assert (ids(got), got.had) == ([i.id for i in DAYS[TUE]], (TUE,))


def test_a_holiday_is_known_and_not_asked_for_again(world):
    world.ask(FRI, first=True)
    holiday = FRI + timedelta(days=3)
    for hour in (7, 9):
        got = world.ask(holiday, covered={FRI}, hour=hour)
        assert (got.papers, got.had, got.error) == ((), (holiday,), None)
    assert len(paths(world)) == 4  # two feeds, /list, /catchup


def test_an_empty_feed_that_nothing_can_confirm_is_shown_but_not_remembered(world):
    for path in ("/list/*", "/catchup/*", "/oai"):
        world.fault(path, status=500, times=99)
    got = world.ask(TUE, first=True, shown=SUN)
    assert (got.papers, got.had, got.error) == ((), (), None)


@pytest.mark.parametrize(("hour", "due"), [(0, FRI), (7, FRI), (16, FRI)])
def test_a_first_digest_at_a_weekend_has_the_last_list(world, hour, due):
    got = world.ask(SUN, first=True, hour=hour)
    assert (ids(got), got.days) == ([i.id for i in DAYS[due]], (due,))


def test_a_digest_of_a_day_gone_by(world):
    got = world.ask(SAT, first=True, upto=WED)
    assert (ids(got), got.days) == ([i.id for i in DAYS[WED]], (WED,))
    assert world.calls("/atom/*") == []


def test_pages_that_are_not_whole_are_refused(world):
    fetches = Fetches(world.redis, gap_s=0)
    whole = make_catchup(DAYS[TUE], "cs.AI", TUE)
    bad = [
        whole.replace("showing 3 of 3", "showing 4 of 4"),
        whole.replace("/abs/2608.00022", "/pdf/2608.00022"),
        whole.replace("11 Aug", "10 Aug"),
        make_catchup([], "cs.AI", TUE).replace("No updates", "Sorry"),
        make_catchup([], "cs.AI", TUE).replace("Total of 0", "Total of 9"),
        "<html><body>Just a moment</body></html>", "", "\x00",
    ]  # fmt: skip
    for body in bad:
        world.faults.clear()
        world.fault("/catchup/*", status=200, body=body, times=9)
        with pytest.raises(SourceFailed) as caught:
            arxiv_lists.read_day(
                HttpClient(world.settings, fetches), fetches, world.settings, "cs.AI", TUE, newest=False, wait_s=9
            )
        assert caught.value.kind == "garbage", body[:200]


def test_new_and_cross_listed_papers_of_the_latest_list(world):
    items = [*batch(1, count=2), *batch(5, categories=("cs.LG", "cs.AI"), count=1, kind="cross", comment="8 pages")]
    world.days = {TUE: [*items, *batch(8, kind="replace", version=2)]}
    fetches = Fetches(world.redis, gap_s=0)
    got = arxiv_lists.read_day(
        HttpClient(world.settings, fetches), fetches, world.settings, "cs.AI", TUE, newest=True, wait_s=9
    )
    assert [p.id for p in got.papers] == ["2608.00001", "2608.00002", "2608.00005"]
    assert (got.papers[2].categories, got.papers[2].comment) == (("cs.LG", "cs.AI"), "8 pages")
    assert "Showing new listings for Tuesday, 11 August 2026" in make_list(items, "cs.AI", TUE)


def test_oai_goes_on_where_it_is_told_to(world):
    world.days, world.oai_page = {TUE: batch(1, count=5)}, 2
    got = oai.new_on(HttpClient(world.settings, Fetches(world.redis, gap_s=0)), world.settings, "cs.AI", TUE, total_s=9)
    assert len(got.papers) == 5
    assert [e.query.get("set") for e in world.calls("/oai")] == ["cs:cs:AI", None, None]


@pytest.mark.parametrize(
    ("category", "spec"), [("cs.CV", "cs:cs:CV"), ("hep-th", "physics:hep-th"), ("astro-ph.GA", "physics:astro-ph:GA"),
                           ("math.AG", "math:math:AG"), ("cs", "cs")],
)  # fmt: skip
def test_names_of_sets(category, spec):
    assert oai.set_of(category) == spec


ROBOTS = [
    ("", "/list/cs.CV/new", True),
    ("User-agent: *\nDisallow: /", "/list/cs.CV/new", False),
    ("User-agent: *\nDisallow: /\nAllow: /list", "/list/cs.CV/new", True),
    ("User-agent: *\nAllow: /list\nDisallow: /", "/catchup/cs.CV/2026-08-11", False),
    ("User-agent: *\nDisallow: /catchup/*?abs", "/catchup/cs.CV/2026-08-11?abs=True", False),
    ("User-agent: *\nDisallow: /*.pdf$", "/catchup/a.pdf?x", True),
    ("User-agent: other\nDisallow: /", "/list/cs.CV/new", True),
    ("User-agent: *\nAllow: /\n\nUser-agent: Paperboy\nDisallow: /list", "/list/cs.CV/new", False),
    ("User-agent: other\nUser-agent: *\nDisallow: /list # not this", "/list/cs.CV/new", False),
    ("User-agent: *\nDisallow:", "/list/cs.CV/new", True),
    ("<html>no rules</html>", "/list/cs.CV/new", True),
]


@pytest.mark.parametrize(("text", "path", "allowed"), ROBOTS)
def test_robots(text, path, allowed):
    assert robots.parse(text).allows(path) is allowed


def test_the_pace_that_robots_txt_asks_for_is_kept(world):
    assert robots.parse("User-agent: *\nCrawl-delay: 15").delay_s == 15
    fetches = Fetches(world.redis)
    assert fetches.crawl("x", 15, 0)
    assert not fetches.crawl("x", 15, 0)
    assert 14_000 < world.redis.pttl("pb:fetch:crawl:x") <= 15_000


def test_the_ledger_forgets_papers_after_a_week_and_titles_after_a_month(world):
    world.ask(MON, first=True)
    assert LIST_S - 60 < world.redis.ttl(f"pb:fetch:announced:cs.AI:{MON}") <= LIST_S
    assert TITLES_S - 60 < world.redis.ttl(f"pb:fetch:titles:cs.AI:{MON}") <= TITLES_S
    world.redis.set(f"pb:fetch:announced:cs.AI:{MON}", "nonsense")
    assert world.lists.get("cs.AI", MON) is None
    world.lists.put("cs.AI", DayList(MON, (), 0, "listing", TUE, "status"))
    assert world.lists.get("cs.AI", MON) == DayList(MON, (), 0, "listing", TUE, "status")


@pytest.mark.parametrize(
    ("hour", "covered", "first", "days"),
    [(7, set(), True, [FRI]), (7, set(), False, [FRI]), (7, {FRI}, False, []), (7, {WED, FRI}, False, [THU]),
     (7, {TUE}, False, [WED, THU, FRI]), (2, {TUE}, False, [WED, THU])],
)  # fmt: skip
def test_announced_days(hour, covered, first, days):
    assert announced_days(datetime(2026, 8, 14, hour, tzinfo=UTC), covered, first) == days


def test_hugging_face_sends_the_list_of_the_day_before(world):
    hf = world.hf
    hf.days = {MON.isoformat(): make_day(9, MON)}
    world.ask(TUE, "huggingface:5", first=True)
    hf.days[TUE.isoformat()] = hf.days[MON.isoformat()]
    got = world.ask(WED, "huggingface:5", covered={MON})
    assert (got.papers, got.had, got.error.kind) == ((), (), "stale")
    assert told(got) == ["the list of 08-10 again"]
    hf.days[TUE.isoformat()] = make_day(9, TUE, first=50)
    hf.days[WED.isoformat()] = make_day(9, WED, first=70)
    got = world.ask(THU, "huggingface:5", covered={MON})
    assert (len(got.papers), got.had, got.error) == (10, (TUE, WED), None)


def test_the_feed_itself_is_as_recorded(world):
    assert b"Announce Type: new" in make_feed(DAYS[MON], "cs.AI", MON)
