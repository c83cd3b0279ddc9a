"""*Save* and what comes of it on Slack, through the real listener: a person's own list, the channel's, citations."""

import json

from slack_sdk import WebClient

from tests.services import test_slack_listener
from tests.services.test_slack_listener import CHANNEL, EN, buttons, slash, tasks
from tests.waiting import until
from workers.models import Paper
from workers.store.papers import Papers

slack, start, ledger = test_slack_listener.slack, test_slack_listener.start, test_slack_listener.ledger

LONG = "doi:10.1016/j.somejournal.with.a.very.long.name.2026.01.123456789"


def press(slack, id, person="U0ALICE"):
    """Press *Save* under a paper: what the person, and nobody else, is told."""
    blocks = json.loads(json.dumps(buttons()).replace("vote_down", "save").replace("2601.00001", id))
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    ts, before = client.chat_postMessage(channel=CHANNEL, text="1", blocks=blocks)["ts"], len(slack.ephemerals)
    slack.ack_of(slack.play_action("save", CHANNEL, ts, user=person))
    told = until(lambda: slack.ephemerals[before:])[0]
    assert told["user"] == person
    return told["text"]


def test_saved_papers_are_listed_to_the_person_alone(slack, start, ledger, redis):
    start()
    Papers(redis).put_papers([Paper(id=LONG, title="Cells & Stars", abstract="A.", authors=("Ada He",))])
    assert press(slack, LONG) == press(slack, "2601.00001") == EN.saved
    mine = slash(slack, "/digest", "saved")
    assert mine.startswith(EN.saved_title)
    assert mine.index("2601.00001") < mine.index("2. Cells &amp; Stars"), "the newest first"
    assert "https://doi.org/10.1016/" in mine
    assert slash(slack, "/digest", "saved", user="U0BOB") == EN.saved_none
    assert "Cells" in slash(slack, "/digest", "saved channel", user="U0BOB")
    assert slash(slack, "/digest", "cite saved ris") == "On it: 2 citations. You get them privately."
    (task,) = tasks(ledger)
    assert (task.data["channel"], task.data["ids"][1], task.data["format"]) == ("slack:U0ALICE", LONG, "ris")
    assert press(slack, LONG) == EN.unsaved
    assert "Cells" not in slash(slack, "/digest", "saved")
