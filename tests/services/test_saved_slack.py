"""*Save* and the menu under a paper on Slack, through the real listener.

Lists, citations, signs, whom to follow.
"""

import json

from slack_sdk import WebClient

from tests.services import test_slack_listener
from tests.services.test_slack_listener import CHANNEL, EN, buttons, slash, tasks
from tests.waiting import until
from workers.models import Paper, Part
from workers.render.buttons import with_buttons
from workers.store.channels.settings import Channels
from workers.store.channels.tastes import Tastes
from workers.store.papers.records import Papers

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


def test_the_menu_of_a_paper_notes_takes_back_and_follows(slack, start, redis):
    start()
    names = tuple(f"Author {n}" for n in range(20))
    Papers(redis).put_papers([Paper(id=LONG, title="Cells & Stars", abstract="A.", authors=names)])
    payload = with_buttons(Part(key=f"pick:{LONG.replace(':', '%3A')}", payload={"blocks": []}), "slack", "en").payload
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    ts = client.chat_postMessage(channel=CHANNEL, text="1", blocks=payload["blocks"])["ts"]

    def chosen(value, user="U0ALICE"):
        before = len(slack.ephemerals)
        slack.ack_of(slack.play_action("menu", CHANNEL, ts, user=user, value=value))
        return until(lambda: slack.ephemerals[before:])[0]

    assert "more like “Cells &amp; Stars”" in chosen("more")["text"]
    assert "not your topic" in chosen("off")["text"]
    assert [(s.kind, s.paper) for s in Tastes(redis).signs(f"slack:{CHANNEL}")] == [("off", LONG)]
    assert "Undone" in chosen("off")["text"]
    assert Tastes(redis).signs(f"slack:{CHANNEL}") == []
    offered = chosen("follow")["blocks"][1]["elements"]
    assert [b["text"]["text"] for b in offered] == [f"Author {n}" for n in (0, 1, 2, 3, 4, 17, 18, 19)]
    shown = client.chat_postMessage(channel=CHANNEL, text="1", blocks=[{"type": "actions", "elements": offered}])["ts"]
    slack.ack_of(slack.play_action("author6", CHANNEL, shown))
    assert Channels(redis).get(f"slack:{CHANNEL}").changes == {"follow": ["Author 18"]}
    slack.ack_of(slack.play_action("author6", CHANNEL, shown))
    assert Channels(redis).get(f"slack:{CHANNEL}").changes == {"follow": []}
