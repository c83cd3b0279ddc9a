"""Makes the web archive: all of it as files, or one page at a time.

Private channels stand behind names that cannot be guessed.
"""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from redis import Redis

from prompts import load_profile
from workers.errors import BadInput, PaperboyError
from workers.models import Digest
from workers.render.site import pages
from workers.render.site.feeds import feed
from workers.render.site.pages import TYPES as TYPES
from workers.settings import Settings
from workers.store.channels.digests import Digests
from workers.store.channels.site_folders import SiteNames
from workers.store.session import store

FIRST = "index.html"
PRIVATE = "private"
"""Folder of the channels that are not public."""

TERMINAL = "terminal"
"""Channel of digests that went to nobody; its folder is listed where the files are the operator's own."""


@dataclass(frozen=True)
class Place:
    """Where a channel's pages are."""

    channel: str
    folder: str
    public: bool


class Site:
    """The pages of all channels that were shown papers.

    `own`: for files of the operator, who may see what the terminal was shown.
    """

    def __init__(self, redis: "Redis", settings: Settings, *, own: bool = False) -> None:
        self.settings, self.own = settings, own
        self.names, self.stored = SiteNames(redis), Digests(redis)
        self.language = load_profile(settings.digest_profile).language

    def places(self) -> list[Place]:
        """Every channel with a digest, by name."""
        return [self._place(home) for home in sorted({_home(channel) for channel in self.stored.channels()})]

    def digests(self, channel: str) -> list[Digest]:
        """A channel's digests with papers, newest first.

        Papers that did not get there are left out.
        """
        here = [one for one in self.stored.channels() if _home(one) == channel]
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)  # where the day is ahead of UTC's
        kept = map(self.stored.digest, self.stored.slots_of(here, date.min, tomorrow))
        shown = [self.stored.shown(digest) for digest in kept if digest]
        return sorted((d for d in shown if d.picks), key=lambda d: d.date, reverse=True)

    def files(self, place: Place) -> Mapping[str, Callable[[], str]]:
        """File name -> what makes it, for a channel; empty where it was shown no paper."""
        digests, url = self.digests(place.channel), self.settings.arxiv_url
        if not digests:
            return {}
        title, name = digests[0].title, place.folder if place.public else place.channel
        first = partial(pages.channel_page, title, digests, digests[0].language)
        days = {pages.day_name(digest): partial(pages.day_page, digest, arxiv_url=url) for digest in digests}
        told = {f"feed.{kind}": partial(feed, kind, name, title, digests, arxiv_url=url) for kind in pages.FEEDS}
        return {FIRST: first, **days, **told}

    def front(self) -> str:
        """The first page: public channels."""
        public = [place for place in self.places() if place.public]
        titled = [(place.folder, digests[0].title) for place in public if (digests := self.digests(place.channel))]
        return pages.front_page(titled, self.language)

    def page(self, path: str) -> tuple[Place | None, str]:
        """The file at a path such as `slack-C1/index.html`, and the channel's place.

        Empty if there is none.
        """
        if path in ("", FIRST):
            return None, self.front()
        folder, _, file = path.rpartition("/")
        place = next((place for place in self.places() if place.folder == folder), None)
        made = self.files(place).get(file or FIRST) if place else None
        return place, made() if made else ""

    def stands(self, place: Place) -> bool:
        """False once its channel has a new link."""
        return self._place(place.channel) == place

    def _place(self, channel: str) -> Place:
        mine = self.own and channel.startswith(TERMINAL)
        if channel in self.settings.public_channels or mine:
            return Place(channel, re.sub(r"[^A-Za-z0-9_-]+", "-", channel).strip("-"), public=True)
        return Place(channel, f"{PRIVATE}/{self.names.get(channel)}", public=False)


def build(settings: Settings, folder: Path, renew: str = "") -> list[tuple[str, str, bool]]:
    """Write all pages and feeds into `folder`.

    What is of an earlier time and no more there goes.
    Returns (channel, its first page, public) of each channel.
    `renew`: a channel whose unguessable link is replaced by a new one. BadInput where that channel has no page.
    """
    with store(settings) as redis:
        site = Site(redis, settings, own=True)
        if renew:
            _renew(site, renew)
        made = {place: files for place in site.places() if (files := site.files(place))}
        front = site.front()
    try:
        for old in (*folder.glob("*/feed.atom"), *folder.glob(f"{PRIVATE}/*/feed.atom")):
            if old.parent not in {folder / place.folder for place in made}:
                shutil.rmtree(old.parent)
        for place, files in made.items():
            for old in (folder / place.folder).glob("2*.html"):
                if old.name not in files:
                    old.unlink()
            for name, make in files.items():
                _write(folder / place.folder / name, make())
        _write(folder / PRIVATE / FIRST, "")  # so that no server lists what is there
        _write(folder / FIRST, front)
    except OSError as error:
        raise PaperboyError(f"The site cannot be written to {folder} ({error.strerror}).") from None
    return [(place.channel, str(folder / place.folder / FIRST), place.public) for place in made]


def addresses(settings: Settings, renew: str = "") -> Iterator[tuple[str, str, bool]]:
    """Tell of each channel that was shown papers where its archive is.

    (channel, address at the bot's own server, public).
    `renew`: see `build`.
    """
    with store(settings) as redis:
        site = Site(redis, settings)
        if renew:
            _renew(site, renew)
        found = [place for place in site.places() if site.digests(place.channel)]
    base = f"http://{settings.http_host}:{settings.http_port}"
    return ((place.channel, f"{base}/{place.folder}/", place.public) for place in found)


def _renew(site: Site, channel: str) -> None:
    there = [place.channel for place in site.places()]
    if channel not in there:
        raise BadInput(f"{channel} has no digests: there are {', '.join(there) or 'none'}.")
    site.names.renew(channel)


def _home(channel: str) -> str:
    """A channel without its topic: of `telegram:-100/7`, telegram:-100."""
    return channel.partition("/")[0]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
