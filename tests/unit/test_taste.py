"""A channel's taste.

What votes teach, what weight it earns, and how far it may move anything.
"""

import json
import random

import pytest

from tests.bench import __main__ as bench
from workers.analysis.extractive.ranking.rank import rank
from workers.analysis.extractive.ranking.stems import counts_of
from workers.analysis.score import from_ranked
from workers.analysis.taste import SignedPaper, learn
from workers.analysis.taste.apply import MOST_LOCAL, tasted, told, wishes
from workers.analysis.taste.earned import earned
from workers.analysis.taste.signs import cap, shares
from workers.digest.pick import pick
from workers.models import Lesson, Paper, Score
from workers.models.taste import Foretold, Sign

LIKED = "quantum lattice codes protect memory with surface braids"
OTHER = "payroll ledgers of harbours list grain tax and toll"
INTERESTS = ["image restoration"]


def paper(id, words, title="Image restoration"):
    return Paper(id=id, title=f"{title} {id}", abstract=words)


def sign(paper, kind="up", person="a", at=0.0):
    return Sign(paper=paper, kind=kind, person=person, at=at)


def channel(kinds, people=("a", "b", "c")):
    """(signs, known, shown) of eight mornings.

    Papers about LIKED get the first kind, others the second.
    """
    signs, known, shown = [], {}, {}
    for day in range(8):
        for kind, words, pull in ((kinds[0], LIKED, 1.0), (kinds[1], OTHER, -1.0)):
            one = paper(f"{day}-{kind}-{pull}", words)
            known[one.id] = SignedPaper(one.title, counts_of(one))
            shown[one.id] = Foretold(slot=str(day), pull=pull)
            signs += [sign(one.id, kind, person, day) for person in people]
    return signs, known, shown


def today():
    rows = [paper(f"l{n}", LIKED) for n in range(5)] + [paper(f"o{n}", OTHER) for n in range(20)]
    return rows, rank(rows, INTERESTS)


def lesson_of(signs, known, shown):
    rows, ranked = today()
    return rows, ranked, learn(signs, known, shown, {r.id: r.vector for r in ranked}, lambda _: [r.id for r in rows])


def test_votes_move_the_like_of_them_and_the_move_names_the_paper_it_rests_on():
    rows, ranked, lesson = lesson_of(*channel(("up", "down")))
    scores = {s.id: s for s in from_ranked(rows, ranked, lesson)}
    assert lesson.weight == 1.0
    up, down = scores["l0"].moved, scores["o0"].moved
    assert 0 < up.by <= MOST_LOCAL and up.like.people == 3 and up.like.how == "liked"
    assert -MOST_LOCAL <= down.by < 0 and down.like.how == "disliked"
    assert scores["l0"].effective == scores["l0"].untasted + up.by
    best = pick(rows, scores.values(), picks=3, min_score=0, wish=wishes(ranked, lesson))
    assert {p.id[0] for p, _ in best} == {"l"}


def test_the_last_place_of_three_is_a_surprise_and_of_two_is_none():
    rows, ranked, lesson = lesson_of(*channel(("up", "down")))
    scores = from_ranked(rows, ranked, lesson)
    asked = {"min_score": 0, "wish": wishes(ranked, lesson), "surprise": True}
    three = pick(rows, scores, picks=3, **asked)
    assert [s.surprise for _, s in three].count(True) == 1
    assert next(p.id for p, s in three if s.surprise)[0] == "o"
    assert not any(s.surprise for _, s in pick(rows, scores, picks=2, **asked))


def test_no_votes_change_nothing():
    rows, ranked = today()
    lesson = learn([], {}, {}, {r.id: r.vector for r in ranked})
    assert lesson == Lesson() and wishes(ranked, lesson) == {} and told(lesson) == ""
    assert all(s.moved is None for s in from_ranked(rows, ranked, lesson))


def test_votes_that_the_taste_did_not_foretell_earn_it_nothing():
    signs, _, shown = channel(("up", "down"))
    assert earned(signs, shown, shares(signs)) == 1.0
    against = [s.model_copy(update={"kind": "down" if s.kind == "up" else "up"}) for s in signs]
    assert earned(against, shown, shares(against)) == 0.0
    assert earned(signs[:6], shown, shares(signs)) == 0.0, "too few"
    assert earned(signs[:12], shown, shares(signs)) == 0.25, "few"
    assert earned(signs, {}, shares(signs)) == 0.0, "nothing was foretold"


def test_channels_that_vote_by_a_coin_mostly_keep_a_weight_of_nothing():
    rnd, found = random.Random(1), []
    for _ in range(40):
        signs, shown = [], {}
        for n in range(120):
            shown[str(n)] = Foretold(slot=str(n // 3), pull=rnd.gauss(0, 1))
            signs.append(sign(str(n), rnd.choice(("up", "down")), "a", n))
        found.append(earned(signs, shown, {"a": 1.0}))
    assert found.count(0.0) >= 30


@pytest.mark.parametrize(
    ("totals", "most"),
    [([], 0), ([5], 5), ([5, 1], 5), ([100, 1, 1], 1), ([10, 10, 1, 1], 2), ([4, 3, 3, 3], 4), ([9, 2, 2, 2], 3)],
)
def test_one_of_three_people_has_at_most_a_third(totals, most):
    found = cap(totals)
    assert found == pytest.approx(most)
    if len(totals) >= 3:
        assert max(min(t, found) for t in totals) <= sum(min(t, found) for t in totals) / 3 + 1e-9


def test_a_prankster_beside_two_others_does_not_turn_the_taste():
    signs, known, shown = channel(("up", "down"), people=("a", "b"))
    joke = [sign(s.paper, "down" if s.kind == "up" else "up", "p", s.at + 0.5) for s in signs] * 3
    _, _, lesson = lesson_of(signs + joke, known, shown)
    assert lesson.pulls["l0"] > 0 > lesson.pulls["o0"]


def test_a_number_stays_within_its_bounds_and_a_model_is_told_what_earned_a_weight():
    lesson = Lesson(weight=1.0, pulls={"1": 9.0}, liked=("A $title",))
    high = tasted(Score(id="1", state="scored", value=97, by="model"), lesson)
    assert high.moved.by == 10 and high.effective == 100
    assert '"A $title"' in told(lesson) and told(lesson.model_copy(update={"weight": 0.0})) == ""


def test_the_bench_ends_with_figures_beside_baselines(tmp_path, capsys):
    rows = [
        {
            "date": f"2026-01-{day:02}",
            "id": f"{day}-{n}",
            "title": f"Image restoration {n}",
            "abstract": words,
            "label": label,
        }
        for day in range(1, 13)
        for n, (words, label) in enumerate([(LIKED, 3), (OTHER, 0)] * 6)
    ]
    file = tmp_path / "days.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    curve = tmp_path / "curve.svg"
    bench.main(["taste", str(file), "--profile", "cv-daily-en", "--seeds", "1", "--curve", str(curve)])
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("NDCG@10, votes beside none, 12 days: honest days 1-10 ") and last.endswith(" x")
    assert "random from day 11" in last
    assert curve.read_text().count("<polyline") == 6, "gain and weight of three voters"
