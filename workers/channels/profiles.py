"""The user's own profiles as files: make, list, check them."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prompts import Profile, PromptError, load_profile
from prompts import profile as files
from workers.errors import BadInput
from workers.sources.spec import known

COMMENTS = {
    "title": "What stands above each digest",
    "language": "Language of the digest: en, zh, ja; in any other the model writes, between English words",
    "interests": "What is scored, a phrase a line; write them as papers do",
    "persona": "Who writes",
    "audience": "Who reads",
    "sources": "Where to look: arxiv:<one>+<two>, huggingface:<N>, biorxiv:<category>, pubmed:<query>, feed:<address>",
    "min_score": "Papers from this score on are shown: 60 is worth a look, 75 fits well",
    "picks": "Most papers of a day",
    "not_wanted": "Phrases that lower a score",
    "must": "Phrases: a paper with one comes whatever its score; `title: ...` looks in titles alone, * is anything",
    "never": "Phrases: a paper with one never comes",
    "follow": "People and groups to follow",
}
"""What stands above the entries of a new file."""


@dataclass(frozen=True)
class ListedProfile:
    """A profile in a list."""

    name: str
    path: Path
    own: bool
    """True where it is in the user's own folder."""
    profile: Profile | None
    """None where it cannot be used."""
    faults: tuple[files.ProfileFault, ...] = ()


def source_fault(text: str) -> str:
    """What is wrong with a source, or nothing."""
    try:
        known(text)
    except BadInput as error:
        return str(error)
    return ""


def check(path: Path) -> list[files.ProfileFault]:
    """Everything that is wrong with a profile's file, one that is no text too.

    BadInput where it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return [files.ProfileFault("", "it is not UTF-8: save it as UTF-8")]
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror}).") from None
    return files.faults(text, source_fault)


def listed() -> Iterator[ListedProfile]:
    """Every profile there is, each with its faults."""
    for name in files.profiles():
        path = files.path_of(name)
        found = check(path)
        profile = None
        with contextlib.suppress(PromptError):
            profile = load_profile(name)
        yield ListedProfile(name, path, path.parent != files.SHIPPED, profile, tuple(found))


def write(folder: Path, profile: Profile) -> Path:
    """Write a new file for the profile.

    BadInput where its name is no name, or taken, or the folder takes no file.
    """
    if not files.NAME.fullmatch(profile.name):
        raise BadInput(f"{profile.name!r} is no name for a profile: use letters, digits, - and _, at most 60.")
    path = folder / f"{profile.name}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(files.as_toml(profile, COMMENTS))
    except FileExistsError:
        raise BadInput(f"{path} is there already: edit it, or take another name.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}).") from None
    return path
