"""What is news to the operator.

Told once, over once, together where there are many, and never a flood.
"""

from workers.operations.incidents import CALM_S, GROUP, MOST_LINES, Bad, DueDigest, Incident, View, plan, troubles
from workers.store.delivery.outbox import Standing
from workers.store.operations.incidents import Failing
from workers.store.tasks.ledger import Task

CHAT = "telegram:-100"


def row(key, state, delivery="ask|1", error="lost", fence=3):
    mark, at = f"mark-{key}" * 4, 1.0
    return Standing(
        delivery=delivery, key=key, state=state, fence=fence, first=at, msg=None, error=error, rev="1", how="", at=at,
        mark=mark,
    )  # fmt: skip


def slot(out=False, parked=False):
    return DueDigest("digest|slack:C1|2026-11-22", "slack:C1", "2026-11-22", "08:00", out, parked)


def parked(key, kind="ask", error="KeyError"):
    return Task(key, kind, "dead", 5, 0.0, {}, 5, error, 1.0, False)


def kinds(view, told=None):
    return sorted(trouble.kind for trouble in troubles(view, told).values())


def many(count, kind="parked"):
    return {f"{kind}|{n}": Incident(f"{kind}|{n}", kind, {"task": str(n)}) for n in range(count)}


class Told:
    """Looks one after the other, what was told kept as the store keeps it."""

    def __init__(self):
        self.state, self.now = {}, 1_000_000.0

    def look(self, present=(), later=60.0, silent=()):
        self.now += later
        self.state, lines = plan(self.state, dict(present), self.now, silent)
        return [(line.over, line.kind, len(line.troubles)) for line in lines]


def test_nothing_is_wrong():
    view = View(
        slots=[slot(out=True)], workers={"digest": 1}, usd=1.0, budget=5.0, failing=[Failing("model", 1, "x", 0)]
    )
    assert troubles(view) == {}


def test_each_kind_is_found():
    view = View(
        slots=[slot()],
        bad=[Bad(row("a", "uncertain"), CHAT), Bad(row("b", "dead", error="rejected"), CHAT)],
        paused={"slack:C2": "is_archived"},
        parked=[parked("ask|9")],
        workers={"digest": 0, "delivery": 2},
        failing=[Failing("source arxiv:cs.CV", 3, "timeout", 0), Failing("model", 2, "auth", 0)],
        usd=5.0,
        budget=5.0,
    )
    assert kinds(view) == ["budget", "dead", "late", "model", "parked", "refused", "source", "uncertain", "worker"]


def test_one_cause_is_told_once():
    """A parked digest is not late as well; a parked delivery is told by messages.

    A closed channel is told by itself.
    """
    assert kinds(View(slots=[slot(parked=True)], parked=[parked("digest|slack:C1|2026-11-22", "digest")])) == ["parked"]
    gone = [Bad(row(n, "dead", error="forbidden"), CHAT) for n in "abc"]
    assert kinds(View(bad=gone, paused={CHAT: "forbidden"}, closed={CHAT})) == ["refused"]
    given_up = View(bad=[Bad(row("a", "dead"), CHAT)], parked=[parked("delivery|ask|1", "delivery")])
    assert kinds(given_up) == ["dead"]
    auth = [Bad(row("a", "dead", delivery=f"ask|{n}", error="auth"), f"slack:C{n}") for n in range(5)]
    (token,) = troubles(View(bad=auth)).values()
    assert (token.kind, token.about["n"]) == ("token", 5)


def test_a_digest_told_to_be_late_stays_so_until_it_is_out():
    (key,) = troubles(View(slots=[slot()]))
    assert list(troubles(View(slots=[slot(parked=True)]), {key: {}})) == [key]


def test_lines_to_the_operator_are_no_trouble_of_their_own():
    own = [Bad(row("line", state, delivery="operator|late|x|1"), CHAT) for state in ("uncertain", "dead")]
    assert kinds(View(bad=own, parked=[parked("delivery|operator|late|x|1", "delivery")])) == []


def test_errors_in_free_words_are_not_repeated():
    (found,) = troubles(View(parked=[parked("ask|9", error="What a person wrote")])).values()
    assert found.about["error"] == "?"


def test_what_a_command_asked_for_is_told_to_whoever_typed_it():
    assert kinds(View(parked=[parked("deepdive|console|0a1b", "deepdive")])) == []


def test_a_message_that_is_posted_again_is_not_over_before_it_is_out():
    (key,) = troubles(View(bad=[Bad(row("a", "uncertain"), CHAT)]))
    for state, fence in (("pending", 3), ("sending", 4)):
        view = View(bad=[Bad(row("a", state, fence=fence), CHAT)])
        assert list(troubles(view, {key: {}})) == [key]
        assert troubles(view) == {}
    assert list(troubles(View(bad=[Bad(row("a", "uncertain", fence=4), CHAT)]), {key: {}})) != [key]


def test_told_once_and_over_once():
    told, late = Told(), many(1, "late")
    assert told.look(late) == [(False, "late", 1)]
    assert [told.look(late) for _ in range(5)] == [[]] * 5
    assert told.look() == [(True, "late", 1)]
    assert told.look() == []
    assert told.state["lines"] == {}


def test_what_ended_without_being_mended_is_not_called_over():
    told, late = Told(), many(1, "late")
    told.look(late)
    assert told.look(silent=list(late)) == []
    assert told.state["lines"] == {}


def test_a_worker_that_is_restarted_is_not_missed():
    told, gone = Told(), many(1, "worker")
    assert [told.look(gone), told.look(), told.look(gone), told.look(gone)] == [[]] * 4
    assert told.look(gone) == [(False, "worker", 1)]


def test_what_comes_and_goes_is_told_once():
    told, model = Told(), many(1, "model")
    assert told.look(model) == [(False, "model", 1)]
    for _ in range(20):
        assert told.look(later=CALM_S["model"] / 4) == []
        assert told.look(model, later=CALM_S["model"] / 4) == []
    told.look()
    assert told.look(later=CALM_S["model"]) == [(True, "model", 1)]


def test_many_of_a_kind_are_one_line_and_over_together():
    told = Told()
    assert told.look(many(GROUP)) == [(False, "parked", 1)] * GROUP
    told = Told()
    assert told.look(many(50)) == [(False, "parked", 50)]
    assert told.look(many(1)) == []
    assert told.look() == [(True, "parked", 50)]


def test_never_a_flood():
    told, lines = Told(), 0
    for n in range(60):
        lines += len(told.look({f"late|{n}": Incident(f"late|{n}", "late", {})}, later=1.0))
    assert sum(1 for line in told.state["said"]) == MOST_LINES
    assert lines <= 2 * MOST_LINES
    waiting = {f"parked|{n}": Incident(f"parked|{n}", "parked", {}) for n in range(30)}
    assert told.look(waiting, later=1.0)[-1:] != [(False, "parked", 30)], "no room yet"
    assert (False, "parked", 30) in told.look(waiting, later=3600.0), "then all of them in one"
