"""A digest as messages of its platform, each with the paper it is about."""

from collections.abc import Mapping

from workers.models import Digest, Paper, Part
from workers.paper_ids.paper_key import unworn
from workers.platforms import listens
from workers.render.buttons import with_buttons
from workers.render.slack import digest as slack_digest
from workers.render.telegram import digest as telegram_digest
from workers.settings import Settings


def parts_of(digest: Digest, settings: Settings, slot: str = "") -> list[Part]:
    """The messages of a digest for its platform; none for the terminal.

    `slot`: whose day its head is about.
    """
    parts: list[Part] = []
    if digest.channel.startswith("slack:"):
        parts = slack_digest.messages(digest, arxiv_url=settings.arxiv_url)
    elif digest.channel.startswith("telegram:"):
        parts = telegram_digest.messages(digest, arxiv_url=settings.arxiv_url)
    papers = {pick.paper.id: pick.paper for pick in digest.picks}
    platform = digest.channel.partition(":")[0]
    told = [with_day(part, digest.profile, slot) or with_paper(part, papers, digest.profile) for part in parts]
    return [with_buttons(part, platform, digest.language) for part in told] if listens(platform, settings) else told


def with_day(part: Part, profile: str, slot: str) -> Part | None:
    """A part of the digest's head with a note of the day it is about.

    None for any other part.
    """
    if not slot or part.key.partition(":")[0] != "quick":
        return None
    return part.model_copy(update={"about": {"paper": "", "version": None, "profile": profile, "digest": slot}})


def with_paper(part: Part, papers: Mapping[str, Paper], profile: str) -> Part:
    """The part with a note of the paper it is about.

    Its key says which: `pick:<id>`, `analysis:<id>:0`.
    """
    _, _, rest = part.key.partition(":")
    paper = papers.get(unworn(rest.partition(":")[0]))
    about = {"paper": paper.id, "version": paper.version, "profile": profile} if paper else None
    return part.model_copy(update={"about": about})
