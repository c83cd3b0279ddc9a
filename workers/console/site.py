"""Writes the web archive as files; private channels by unguessable names."""

import re
import shutil
from pathlib import Path

from redis import Redis

from prompts import load_profile
from workers.errors import BadInput, PaperboyError
from workers.models import Digest
from workers.render.site import feeds, pages
from workers.settings import Settings
from workers.store.channels.digests import Digests
from workers.store.channels.site_folders import SiteNames
from workers.store.session import store

PRIVATE = "private"
"""Folder of the channels that are not public."""


def build(settings: Settings, folder: Path, renew: str = "") -> list[tuple[str, str, bool]]:
    """Write all pages and feeds into `folder`.

    Returns (channel, its first page, public) of each channel.
    `renew`: a channel whose unguessable link is replaced by a new one. BadInput where that channel has no page.
    """
    language = load_profile(settings.digest_profile).language
    with store(settings) as redis:
        names, found = SiteNames(redis), _digests(redis)
        if renew and renew not in found:
            raise BadInput(f"{renew} has no digests: there are {', '.join(sorted(found)) or 'none'}.")
        if renew:
            old = names.renew(renew)
            shutil.rmtree(folder / PRIVATE / old, ignore_errors=True)
        places = {channel: _place(channel, settings, names) for channel in found}
    written, public = [], []
    try:
        for channel, digests in sorted(found.items()):
            place, title = places[channel], digests[0].title
            opened = not place.startswith(f"{PRIVATE}/")
            if opened:
                public.append((place, title))
            _channel(folder / place, place if opened else channel, title, digests, settings)
            written.append((channel, str(folder / place / "index.html"), opened))
        _write(folder / PRIVATE / "index.html", "")  # so that no server lists what is there
        _write(folder / "index.html", pages.front_page(public, language))
    except OSError as error:
        raise PaperboyError(f"The site cannot be written to {folder} ({error.strerror}).") from None
    return written


def _channel(folder: Path, name: str, title: str, digests: list[Digest], settings: Settings) -> None:
    _write(folder / "index.html", pages.channel_page(title, digests, digests[0].language))
    for digest in digests:
        _write(folder / pages.day_name(digest), pages.day_page(digest, arxiv_url=settings.arxiv_url))
    for file, text in feeds.feeds(name, title, digests, arxiv_url=settings.arxiv_url).items():
        _write(folder / file, text)


def _place(channel: str, settings: Settings, names: SiteNames) -> str:
    """Folder of a channel.

    It is the channel's name where that is public, else one that cannot be guessed.
    """
    if channel in settings.public_channels or channel.startswith("terminal"):
        return re.sub(r"[^A-Za-z0-9_-]+", "-", channel).strip("-")
    return f"{PRIVATE}/{names.get(channel)}"


def _digests(redis: "Redis") -> dict[str, list[Digest]]:
    """Channel -> its digests with papers, newest first.

    Papers that did not get there are left out.
    """
    stored, found = Digests(redis), dict[str, list[Digest]]()
    for slot in stored.slots():
        digest = stored.digest(slot)
        shown = stored.shown(digest) if digest else None
        if shown and shown.picks:
            found.setdefault(shown.channel.partition("/")[0], []).append(shown)
    return {channel: sorted(days, key=lambda d: d.date, reverse=True) for channel, days in found.items()}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
