"""Which lists a digest covers, and what a profile may name."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.errors import BadInput
from workers.sources.listing.list_days import CATCH_UP_DAYS, list_days, weekdays_before
from workers.sources.spec import parse_spec

MON, TUE, WED, THU, FRI, SAT, SUN = (date(2026, 1, 19) + timedelta(days=i) for i in range(7))
WEEK = timedelta(days=7)

LAST_WEEK = [THU, FRI, MON + WEEK, TUE + WEEK, WED + WEEK]

DAYS = [
    # today, covered, first, running, upto -> days
    ("a new channel gets the latest complete weekday", TUE, set(), True, False, None, [MON]),
    ("a new channel on Monday gets Friday", MON + WEEK, set(), True, False, None, [FRI]),
    ("a new channel on Sunday gets Friday", SUN, set(), True, False, None, [FRI]),
    ("the next morning", WED, {MON}, False, False, None, [TUE]),
    ("the same day again", WED, {MON, TUE}, False, False, None, []),
    ("Saturday covers Friday", SAT, {THU}, False, False, None, [FRI]),
    ("Sunday has none", SUN, {THU, FRI}, False, False, None, []),
    ("Monday 00:00 UTC, after Saturday covered Friday", MON + WEEK, {FRI}, False, False, None, []),
    ("Tuesday after a weekend", TUE + WEEK, {FRI}, False, False, None, [MON + WEEK]),
    ("three days down", FRI, {MON}, False, False, None, [TUE, WED, THU]),
    ("a gap is caught up", FRI, {MON, WED}, False, False, None, [TUE, THU]),
    ("nothing before the channel's time", THU, {TUE}, False, False, None, [WED]),
    ("a month down: one week", THU + WEEK, {MON - 4 * WEEK}, False, False, None, LAST_WEEK),
    ("had digests but never from this source", THU + WEEK, set(), False, False, None, LAST_WEEK),
    ("the running day", WED, {MON, TUE}, False, True, None, [WED]),
    ("the running day, first", WED, set(), True, True, None, [TUE, WED]),
    ("the running day grows: asked again", WED, {MON, TUE, WED}, False, True, None, [WED]),
    ("no running day on a weekend", SAT, {FRI}, False, True, None, []),
    ("a past digest: its own day counts", THU + WEEK, set(), True, False, TUE, [TUE]),
    ("a past digest after another", THU + WEEK, {MON}, False, False, WED, [TUE, WED]),
    ("a past digest of a weekend", THU + WEEK, {FRI}, False, False, SUN, []),
    ("a past digest older than all that was had", THU + WEEK, {MON + WEEK}, False, False, MON,
     [d for i in range(7) if (d := MON - timedelta(days=6 - i)).weekday() < 5]),
    ("a digest of today: today is not complete", WED, {MON}, False, False, WED, [TUE]),
    ("a digest of today with the running day", WED, {MON}, False, True, WED, [TUE, WED]),
    ("a past digest has no running day", THU + WEEK, {MON}, False, True, TUE, [TUE]),
    ("a digest of the future", WED, {MON}, False, False, SUN, [TUE]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("today", "covered", "first", "running", "upto", "days"), [d[1:] for d in DAYS], ids=[d[0] for d in DAYS]
)
def test_list_days(today, covered, first, running, upto, days):
    assert list_days(today, covered, first, running, upto) == days


@given(
    st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.lists(st.integers(0, 20), max_size=8, unique=True), st.booleans()
)
def test_a_digest_a_day_shows_every_weekday_once(start, down, first_running):
    """Each complete weekday since the first is covered once, also after outages.

    The server is never down a week on end.
    """
    covered, seen, first = set(), [], True
    for i in range(21):
        today = start + timedelta(days=i)
        if i in down and not {*range(i - 5, i)} <= set(down):
            continue
        days = list_days(today, covered, first)
        assert all(d < today and d.weekday() < 5 and d not in covered for d in days)
        assert all((today - d).days <= CATCH_UP_DAYS for d in days)
        covered |= set(days)
        seen += days
        first = False
    if seen:
        expected, day = [], seen[0]
        while day <= max(seen):
            expected += [day] * (day.weekday() < 5)
            day += timedelta(days=1)
        assert seen == expected


def test_weekdays_before():
    assert list(weekdays_before(MON + WEEK, 3)) == [FRI, THU, WED]


@pytest.mark.parametrize(
    ("text", "tidied", "label"),
    [("huggingface:15", "huggingface:15", "HF Top 15"), ("huggingface", "huggingface", "HF Daily Papers"),
     (" HuggingFace : 015 ", "huggingface:15", "HF Top 15"), ("arxiv:cs.CV", "arxiv:cs.CV", "arXiv cs.CV"),
     ("arXiv:cs.cv+CS.LG+cs.CV", "arxiv:cs.CV+cs.LG", "arXiv cs.CV+cs.LG"), ("arxiv:hep-th", "arxiv:hep-th",
     "arXiv hep-th"),
     ("arxiv:cond-mat.mtrl-sci", "arxiv:cond-mat.mtrl-sci", "arXiv cond-mat.mtrl-sci"),
     ("arxiv:physics.optics", "arxiv:physics.optics", "arXiv physics.optics"), ("arxiv:eess.IV", "arxiv:eess.IV",
     "arXiv eess.IV"),
     ("sample", "sample", "Sample day"), ("bioRxiv", "biorxiv", "bioRxiv"),
     ("huggingface:trending", "huggingface:trending", "HF Trending"),
     ("huggingface: Week : 20", "huggingface:week:20", "HF Week 20"),
     ("biorxiv: Cell Biology+neuroscience", "biorxiv:cell_biology+neuroscience", "bioRxiv cell biology, neuroscience"),
     ("medRxiv:oncology", "medrxiv:oncology", "medRxiv oncology"),
     ("pubmed: protein  folding[tiab]", "pubmed:protein folding[tiab]", "PubMed protein folding[tiab]"),
     ("feed:https://www.nature.com/nmeth.rss", "feed:https://www.nature.com/nmeth.rss", "nature.com/nmeth"),
     ("feed:https://onlinelibrary.wiley.com/feed/10970134/most-recent",
      "feed:https://onlinelibrary.wiley.com/feed/10970134/most-recent", "onlinelibrary.wiley.com/10970134"),
     ("feed:https://pubs.acs.org/action/showFeed?type=axatoc&feed=rss&jc=jacsat",
      "feed:https://pubs.acs.org/action/showFeed?type=axatoc&feed=rss&jc=jacsat", "pubs.acs.org/jacsat")],
)  # fmt: skip
def test_specs(text, tidied, label):
    spec = parse_spec(text)
    assert (spec.text, spec.label) == (tidied, label)
    assert parse_spec(spec.text) == spec


@pytest.mark.parametrize(
    "text",
    ["", "x", "hf:15", "huggingface:", "huggingface:0", "huggingface:-1", "huggingface:ten", "huggingface:9999",
        "arxiv",
     "arxiv:", "arxiv:cv.CS", "arxiv:cs.CV+", "arxiv:cs.", "arxiv:cs.CV/../x", "arxiv:cs.C", "arxiv:cs.CV cs.LG",
     "arxiv:2601.17058",
     "sample:3", "https://arxiv.org", "arxiv:" + "+".join(f"cs.{a}{b}" for a in "ABCDE" for b in "ABCDE"),
     "huggingface:１５", "huggingface:month:3", "huggingface:week:0",
     "biorxiv:", "biorxiv:cs.CV", "medrxiv:neuroscience", "pubmed:", "pubmed: \x07", "feed:",
     "feed:ftp://x/y", "feed:https://u:p@x/y", "feed:https://x/a b", "feed:nature.com/x", "feed:https://[::1"],
)  # fmt: skip
def test_bad_specs_are_quoted_with_what_to_write(text):
    with pytest.raises(BadInput) as caught:
        parse_spec(text)
    assert repr(text.strip()[:60]) in str(caught.value)
    forms = (
        "huggingface:15",
        "arxiv:cs.CV",
        "fewer",
        "biorxiv:",
        "did you mean",
        "medrxiv:",
        "pubmed:",
        "feed:https:",
        "sample:q-bio",
        "huggingface:week",
    )
    assert any(form in str(caught.value) for form in forms)


def test_which_papers_a_category_holds():
    assert parse_spec("arxiv:cs.CV").holds(("eess.IV", "cs.CV"))
    assert parse_spec("arxiv:cs").holds(("cs.CV",))
    assert not parse_spec("arxiv:cs").holds(("math.CS",))
    assert not parse_spec("arxiv:math").holds(("math-ph",))
