"""What `python -m bot profile …` does: own topics as files."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from rich.console import Console

from prompts import Profile, load_profile
from prompts import profile as files
from workers.analysis.grounding.citations import language_of
from workers.channels import profiles as own
from workers.console.run import ask_worker
from workers.errors import BadInput
from workers.models.topic import Preview, Topic
from workers.queueing.kinds import CONSOLE
from workers.settings import Settings
from workers.words import languages


def new(settings: Settings, name: str, *, topic: str, like: str, language: str, console: Console | None) -> Path:
    """Write a new file: for a topic in one's own words, or a copy of a profile.

    BadInput where it cannot be.
    """
    if not files.NAME.fullmatch(name):
        raise BadInput(f"{name!r} is no name for a profile: use letters, digits, - and _, at most 60.")
    start = replace(load_profile(like or settings.digest_profile), name=name)
    if language and not files.LANGUAGE.fullmatch(language):
        raise BadInput(f"{language!r} is no code of a language: write one such as {', '.join(languages())}.")
    start = replace(start, language=language or language_of(topic, start.language))
    if topic.strip():
        key, data = f"topic|{CONSOLE}|{uuid4().hex}", {"text": topic.strip(), "language": start.language}
        found = Topic.model_validate(ask_worker(settings, key, "topic", data, console))
        told = found.model_dump(include={"title", "persona", "audience", "interests", "sources"})
        start = replace(start, **told, not_wanted=(), must=(), never=(), follow=())
    return own.write(settings.profiles_dir, start)


def rows() -> list[dict[str, Any]]:
    """Every profile there is."""
    return [
        {
            "name": one.name,
            "title": one.profile.title if one.profile else None,
            "language": one.profile.language if one.profile else None,
            "sources": list(one.profile.sources) if one.profile else [],
            "own": one.own,
            "path": str(one.path),
            "faults": len(one.faults),
        }
        for one in own.listed()
    ]


def checked(names: list[str], folder: Path) -> list[dict[str, Any]]:
    """Faults of the files that `names` name (profiles or paths).

    Without any, of all in the user's own folder.
    """
    if names:
        paths = [Path(n) if n.endswith(".toml") else files.path_of(n) for n in names]
    else:
        paths = sorted(folder.glob("*.toml"))
    return [
        {"path": str(path), "line": fault.line, "entry": fault.entry, "what": fault.what}
        for path in paths
        for fault in [*_named(path), *own.check(path)]
    ]


def _named(path: Path) -> list[files.ProfileFault]:
    """A fault where the file's name is no profile's name."""
    sound = files.NAME.fullmatch(path.stem)
    return [] if sound else [files.ProfileFault("", "its name must be letters, digits, - and _, at most 60, and .toml")]


def preview(settings: Settings, name: str, *, sample: bool, console: Console | None) -> Preview:
    """What the profile would have picked from the latest lists."""
    profile: Profile = load_profile(name)
    data = {"name": name, "profile": profile.values, "sample": sample}
    return Preview.model_validate(ask_worker(settings, f"preview|{CONSOLE}|{uuid4().hex}", "preview", data, console))
