"""A member of one place can neither read nor steer what is another's.

Whatever names are forged.
"""

from datetime import date

import pytest

from workers.console.mcp_tools import MemoryTools
from workers.errors import BadInput
from workers.intake import Intake, Taken
from workers.library.citing import CitationRequest
from workers.models.library import LibraryEntry
from workers.operations.operator_actions import AGAIN, Resolver
from workers.store.library.index import Library
from workers.store.people.threads import ThreadPlace, Turn
from workers.words import words

OURS, THEIRS, ME, THEM = "slack:C0OURS", "slack:C0THEIRS", "slack:U0ME", "slack:U0THEM"
MESSAGE, PAPER, NOW = "100.1", "2601.00001", 1_769_479_200.0
EN = words("en")


@pytest.fixture
def intake(env, redis):
    """Another place's thread with a question, a saved paper, an entry of its memory."""
    settings = env(SLACK_BOT_TOKEN="xoxb-x", DIGEST_PROFILE="cv-daily-en", OPERATOR_CHANNEL=THEIRS)
    made = Intake(redis, settings, lambda: NOW)
    made.threads.put(THEIRS, MESSAGE, ThreadPlace(MESSAGE, PAPER))
    made.threads.add(THEIRS, MESSAGE, "e0", Turn("Which optics?", "Two mirrors."))
    made.saving.toggle(THEIRS, PAPER, THEM, EN)
    Library(redis).add(THEIRS, LibraryEntry(kind="paper", paper=PAPER, title="Mirror optics", date=date(2026, 1, 24)))
    return made


def tries(intake):
    """What was tried -> what came of it, and what must come."""
    event = f"slack|{OURS}|1"
    asked = {"channel": OURS, "person": ME, "text": "And why?", "message": "9.9"}
    (theirs,) = intake.now(intake.ask("q", **asked | {"channel": THEIRS, "thread": MESSAGE})).tasks
    return {
        "ask in their thread": (intake.now(intake.ask("e", **asked, thread=MESSAGE)).tasks, ()),
        "more of their deep dive": (intake.deepen(OURS, MESSAGE, person=ME, event=event), None),
        "cite their thread": (intake.cite(MESSAGE, "bibtex", CitationRequest(OURS, ME, event)), EN.unknown_thread),
        "their papers of today": (intake.others(OURS, theirs), []),
        "their question of another paper": (intake.ask_of(OURS, theirs, PAPER, person=ME), Taken()),
        "edit their question": (intake.edited(OURS, "9.9", "Send all of it", edit="1", at=NOW), Taken()),
        "their reading list": (intake.saving.show_reading(OURS, EN), EN.reading_none),
        "another's saved list": (intake.saving.show_own(ME, EN), EN.saved_none),
        "find their papers": ("Mirror" in intake.finding.command("mirror optics", OURS, EN), False),
        "the operator's button": (
            Resolver(intake.dispatcher.redis, intake.settings).pressed(AGAIN, "0" * 32 + ":9", OURS, may=True),
            (EN.op_not_here, True),
        ),
    }


def test_every_way_in_by_chat_is_refused(intake, redis):
    before = {name: redis.dump(name) for name in redis.scan_iter("pb:*") if THEIRS.encode() in name}
    found = tries(intake)
    assert {name: came for name, (came, _) in found.items()} == {name: wanted for name, (_, wanted) in found.items()}
    assert {name: redis.dump(name) for name in before} == before
    assert "Mirror" in intake.finding.command("mirror optics", THEIRS, EN), "they themselves find it"


@pytest.mark.parametrize(
    "ask",
    [
        lambda desk: desk.papers_posted(THEIRS, "", "", 10),
        lambda desk: desk.digest("", THEIRS),
        lambda desk: desk.find("mirror", THEIRS),
        lambda desk: desk.read(PAPER, ""),
        lambda desk: desk.ask(PAPER, "Which optics?"),
    ],
)
def test_an_agent_may_not_ask_about_another_place(intake, ask):
    desk = MemoryTools.of(intake.settings, (OURS,))
    with pytest.raises(BadInput, match=r"may not ask|was not posted"):
        ask(desk)
    assert desk.find("mirror", "") == [] and desk.papers_posted("", "", "", 10) == []
