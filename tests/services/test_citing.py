"""Citations from a command and in a chat.

Looked up at arXiv, posted as code, once.
"""

import time

import pytest

from tests.doubles.arxiv import Arxiv, make_item
from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import TelegramDouble
from workers.console import library
from workers.conversations.citing import post_citations, records
from workers.delivery.choose_poster import poster
from workers.delivery.deliver import Deliverer
from workers.errors import BadInput
from workers.intake import Intake
from workers.library.citing import CitationRequest
from workers.models import Paper
from workers.paper_ids.paper_key import PaperRef
from workers.store.papers.records import Papers
from workers.store.tasks.ledger import Ledger
from workers.words import words

CHAT = -1001000000001
ITEMS = [make_item(f"2601.0000{n}", f"Net{n}: Fast", journal_ref="Proc. CVPR (2026)") for n in range(1, 6)]


@pytest.fixture
def world(env, redis, no_pace):
    with Arxiv(papers=ITEMS) as arxiv, SlackDouble(pace=False) as slack, TelegramDouble(pace=False) as telegram:
        arxiv.settings = env(
            ARXIV_URL=arxiv.url, ARXIV_API_URL=arxiv.api_url, SLACK_API_URL=slack.api_url,
            SLACK_BOT_TOKEN=slack.bot_token, TELEGRAM_API_URL=telegram.url, TELEGRAM_BOT_TOKEN=telegram.token,
            DIGEST_PROFILE="cv-daily-en",
        )  # fmt: skip
        arxiv.redis, arxiv.slack, arxiv.telegram = redis, slack, telegram
        yield arxiv


def test_a_paper_known_from_a_list_is_looked_up_and_kept_where_that_fails(world):
    listed = Paper(id="2601.00001", title="As listed", abstract="", categories=())
    Papers(world.redis).put_papers([listed])
    (found,) = records(world.redis, world.settings, [PaperRef("2601.00001")])
    assert (found.categories, found.journal_ref) == (("cs.CV",), "Proc. CVPR (2026)")
    Papers(world.redis).put_papers([listed.model_copy(update={"id": "2601.00002"})])
    world.fault("*", status=503, times=99)
    (found,) = records(world.redis, world.settings, [PaperRef("2601.00002")])
    assert found.title == "As listed"


def test_many_papers_are_one_request(world):
    found = records(world.redis, world.settings, [PaperRef(item.id) for item in ITEMS])
    assert [paper.id for paper in found] == [item.id for item in ITEMS]
    assert len(world.calls("/api/query")) == len(world.calls()) == 1


def test_the_command(world):
    made = library.cite(world.settings, ["arxiv.org/abs/2601.00002v1", "2601.00001", "2601.00002"], "bibtex")
    assert [line for line in made.splitlines() if "eprint" in line] == [
        "      eprint={2601.00002},", "      eprint={2601.00001},",
    ]  # fmt: skip
    with pytest.raises(BadInput):
        library.cite(world.settings, ["nothing"], "bibtex")
    with pytest.raises(BadInput, match="2026-01-24"):
        library.cite(world.settings, ["2026-01-24"], "bibtex")


@pytest.mark.parametrize("channel", ["slack:C0DIGEST", f"telegram:{CHAT}"])
def test_in_a_chat_once_however_often_the_event_comes(world, channel):
    intake, w = Intake(world.redis, world.settings, time.time), words("en")
    asked = CitationRequest(channel, "slack:U1", "event-1", reply_to="1")
    for _ in range(2):
        said = intake.citing.command("2601.00001 2601.00003 ris", asked, intake.target(channel), w)
        assert said == w.say("cite_taken", n=2)
    task = Ledger(world.redis).get("cite|event-1")
    assert post_citations(world.redis, world.settings, task.key, task.data)
    done = Deliverer(world.redis, world.settings, time.time, poster).run(task.key, 1, 0, lambda: True)
    assert done.done
    slack = channel.startswith("slack")
    (message,) = world.slack.messages("C0DIGEST") if slack else world.telegram.messages(CHAT)
    assert str(message).count("ER  -") == 2
    assert ("rich_text_preformatted" if slack else "'pre'") in str(message)
    assert intake.citing.command("gibberish", asked, intake.target(channel), w) == w.say("cite_none", text="gibberish")
    assert intake.citing.command("", asked, intake.target(channel), w) == w.no_digest_yet
