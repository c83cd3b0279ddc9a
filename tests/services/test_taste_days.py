"""A channel's taste from the first vote to a post that says why a paper is here.

By days, people, commands.
"""

import json
from datetime import date, timedelta

from bot.commands import digest, digest_command
from tests.doubles.huggingface import make_item
from tests.services import test_digest_order
from workers.intake import Intake
from workers.library.citing import CitationRequest
from workers.store.delivery.outbox import Outbox

hf, arxiv, days = test_digest_order.hf, test_digest_order.arxiv, test_digest_order.days

HERE, PEOPLE = "slack:C1", ("slack:U1", "slack:U2", "slack:U3")
MOST_DAYS = 10
LIKED, OTHER = "quantum lattice codes protect memory", "payroll ledgers of harbours list grain"


def papers(day):
    """Eight papers that fit alike, half of them of the kind that this channel likes."""
    return [
        make_item(
            f"26{day.month:02d}.{day.day:02d}{n:03d}",
            title=f"Image Restoration by Diffusion, Part {day.day}{n}",
            summary=f"Flow matching for image restoration. Here {LIKED if n % 2 else OTHER}.",
            upvotes=50 - n,
        )
        for n in range(8)
    ]


def test_three_people_vote_until_a_post_says_what_it_learned(days, hf, redis):
    monday = date(2026, 1, 5)
    weekdays = [d for n in range(2 * MOST_DAYS) if (d := monday + timedelta(days=n)).weekday() < 5][:MOST_DAYS]
    intake = Intake(redis, days.settings, lambda: 5.0)
    assert not intake.change(HERE, {"picks": 4, "language": "en"}).refused

    def say(text):
        asked = CitationRequest(HERE, PEOPLE[0], text)
        return digest(intake, digest_command(text), HERE, may_change=True, asked=asked)

    assert say("taste") == intake.words(HERE).taste_none
    for number, day in enumerate(weekdays):
        hf.days[str(day)] = papers(day)
        made = days.run(day + timedelta(days=1))
        posted = " ".join(json.dumps(row.payload, ensure_ascii=False) for row in Outbox(redis).rows(days.slot))
        assert number or "of you liked" not in posted
        if "3 of you liked" in posted:
            break
        for n, pick in enumerate(made.picks):
            for person in PEOPLE:
                at = float(100 * number + n)
                Intake(redis, days.settings, lambda at=at: at).vote(
                    channel=HERE, paper=pick.paper.id, person=person, up="quantum" in pick.paper.abstract
                )
    assert "3 of you liked" in posted, "no post ever said so"
    moved = [pick.score.moved for pick in made.picks if "quantum" in pick.paper.abstract]
    assert all(one and 0 < one.by <= 15 for one in moved)
    said = say("taste")
    assert "quantum" in said and "from 3 people" in said and "up to 15 points" in said
    assert say("taste forget all").startswith("Forgotten:")
    assert say("taste") == intake.words(HERE).taste_none
    nxt = day + timedelta(days=3 if day.weekday() == 4 else 1)
    hf.days[str(nxt)] = papers(nxt)
    assert not any(pick.score.moved for pick in days.run(nxt + timedelta(days=1)).picks)
