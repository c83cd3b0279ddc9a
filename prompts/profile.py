"""Reads profiles: shipped ones in `profiles/`, the user's own first.

A file is TOML. What is wrong with one is found all at once, each fault with its line and what to write instead.
"""

import dataclasses
import difflib
import functools
import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent / "profiles"

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""A language's code, as BCP 47 has it: en, zh, ja, pt-BR. The model writes any of them."""

MAX_PICKS = 10
"""Most picks a digest may have: more would not fit one screen of a chat."""

NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")
"""A profile's name: it is a file's name, and stands in buttons."""

LISTS = ("interests", "sources", "not_wanted", "follow", "must", "never")
"""Entries that are lists of phrases."""

TEXTS = ("title", "persona", "audience")
"""Entries that are one line of text."""


class PromptError(ValueError):
    """A prompt or profile is missing or malformed; one sentence says what to do."""


@dataclass(frozen=True)
class Profile:
    """Interests: a profile's file, perhaps with a channel's own settings on top."""

    name: str
    title: str
    language: str
    interests: tuple[str, ...]
    persona: str
    audience: str
    sources: tuple[str, ...]
    min_score: int = 60
    picks: int = 2
    running_day: bool = False
    """True: cover the day that is still running, too; the receipt then says "so far"."""
    not_wanted: tuple[str, ...] = ()
    """Phrases that lower the score of a paper which is about one of them."""
    follow: tuple[str, ...] = ()
    """People and groups to follow, as they write their names."""
    must: tuple[str, ...] = ()
    """Phrases: a paper with one of them comes whatever its score (`title:` before one: in the title alone)."""
    never: tuple[str, ...] = ()
    """Phrases: a paper with one of them never comes."""
    quiet: bool = False
    """True: a day without picks is not posted."""

    @property
    def hash(self) -> str:
        """Hash of what decides a score or an analysis (not: title, sources, picks, bar)."""
        newer = [self.not_wanted] if self.not_wanted else []  # without it the hash is that of results bought before
        told = [self.language, self.interests, self.persona, self.audience, *newer]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:16]

    def override(self, **changes: Any) -> "Profile":
        """This profile with a channel's settings on top, checked like a file."""
        lists = {n: tuple(v) for n, v in changes.items() if isinstance(v, list)}
        return check_profile(replace(self, **{**changes, **lists}))

    @property
    def values(self) -> dict[str, Any]:
        """The entries as a file has them, without the name."""
        found = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "name"}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


KNOWN = {f.name: f for f in fields(Profile) if f.name != "name"}
"""What a file may hold."""

EXAMPLES: Mapping[str, str] = {
    "title": '"Protein Papers Daily"',
    "language": '"en"',
    "interests": '["protein language models", "antibody design"]',
    "persona": '"an expert on protein models"',
    "audience": '"a lab that designs antibodies"',
    "sources": '["arxiv:q-bio.BM", "huggingface:15"]',
}
"""What may be written for an entry that must be there."""


@dataclass(frozen=True)
class ProfileFault:
    """One thing that is wrong with a profile's file."""

    entry: str
    """The entry, or nothing for the file as a whole."""
    what: str
    """What is wrong and what to write instead, one sentence without a full stop."""
    line: int = 0
    """From 1; 0 where it has none."""


_own: list[Path] = []


def use(folder: Path) -> None:
    """Look for profiles in `folder` before the shipped ones, in this process."""
    _own[:] = [folder.absolute()]


def folders() -> tuple[Path, ...]:
    """Where profiles are looked for, the user's own folder first."""
    return (*_own, SHIPPED)


def profiles() -> list[str]:
    """Names of the profiles there are."""
    found = {p.stem for folder in folders() if folder.is_dir() for p in folder.glob("*.toml") if NAME.fullmatch(p.stem)}
    return sorted(found)


def titles() -> dict[str, str]:
    """Name -> title of the profiles that can be used; one that is broken is left out."""
    found = {}
    for name in profiles():
        try:
            found[name] = load_profile(name).title
        except PromptError:
            continue
    return found


def path_of(name: str) -> Path:
    """The file of a profile. PromptError where there is none, with how to make one."""
    if NAME.fullmatch(name):
        for folder in folders():
            if (path := folder / f"{name}.toml").is_file():
                return path
    there = ", ".join(profiles())
    how = f"`profile new {name}` makes it" if NAME.fullmatch(name) else "a name is letters, digits, - and _"
    raise PromptError(f"there is no profile {name!r}; there are: {there}; {how}.")


def load_profile(name: str) -> Profile:
    """The profile `<name>.toml` of the user's own folder, else of the shipped ones.

    PromptError names the file, its first fault and how to see all of them.
    """
    path = path_of(name)
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise PromptError(f"profile {path} cannot be read ({error.strerror}).") from None
    return _load(path, changed)


@functools.lru_cache(maxsize=256)
def _load(path: Path, _changed: int) -> Profile:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PromptError(f"profile {path.name} is not UTF-8: save it as UTF-8.") from None
    except OSError as error:
        raise PromptError(f"profile {path} cannot be read ({error.strerror}).") from None
    found = faults(text)
    if found:
        more = f" (and more: `profile check {path.stem}`)" if len(found) > 1 else ""
        where = f"line {found[0].line}: " if found[0].line else ""
        raise PromptError(f"profile {path.name}: {where}{found[0].what}{more}.")
    return from_values(path.stem, tomllib.loads(text))


def from_values(name: str, values: Mapping[str, Any]) -> Profile:
    """The profile with these entries, as a sound file or a task has them."""
    made: dict[str, Any] = {entry: tuple(v) if isinstance(v, list) else v for entry, v in values.items()}
    return Profile(name=name, **made)


def faults(text: str, source: Callable[[str], str] = lambda _: "") -> list[ProfileFault]:
    """Everything that is wrong with a file, in its order. `source`: checks a source."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+), column \d+\)", str(error))
        said = re.sub(r"\s*\(at [^)]*\)", "", str(error))
        line = int(at[1]) if at else len(text.splitlines())
        return [
            ProfileFault(
                "", f"it is no TOML from here on ({said}): look for a missing quotation mark, comma or bracket", line
            )
        ]
    found = [ProfileFault(entry, what, _line(text, entry, said)) for entry, what, said in _wrong(data, source)]
    return sorted(found, key=lambda fault: fault.line or len(text))


def check_profile(profile: Profile) -> Profile:
    """The profile, if its values make sense; else PromptError says which does not."""
    for _, what, _said in _wrong(profile.values):
        raise PromptError(f"profile {profile.name}: {what}.")
    return profile


def _wrong(data: Mapping[str, Any], source: Callable[[str], str] = lambda _: "") -> Iterator[tuple[str, str, str]]:
    """(entry, what is wrong with it, the phrase that is) of all that is wrong."""
    for entry in data.keys() - KNOWN.keys():
        near = difflib.get_close_matches(entry, KNOWN, n=1)
        hint = f"did you mean {near[0]}?" if near else f"a profile holds {', '.join(KNOWN)}"
        yield entry, f"there is no entry {entry}; {hint}", ""
    for entry, about in KNOWN.items():
        if entry not in data:
            if about.default is dataclasses.MISSING:
                yield entry, f"{entry} is missing: add {entry} = {EXAMPLES[entry]}", ""
            continue
        what = _misfit(entry, data[entry])
        if what:
            yield entry, f"{entry} {what}", ""
        elif entry == "sources":
            for one in data[entry]:
                if said := source(one):
                    yield entry, said.rstrip("."), one


def _misfit(entry: str, value: Any) -> str:
    """Why a value does not fit its entry, or nothing."""
    if entry == "language":
        known = isinstance(value, str) and LANGUAGE.fullmatch(value)
        return "" if known else "must be the code of a language, such as en, zh, ja or pt-BR"
    if entry in TEXTS:
        return "" if isinstance(value, str) and value.strip() else f"must be a text such as {EXAMPLES[entry]}"
    if entry in LISTS:
        few = "at least one phrase" if entry == "interests" else "at least one source" if entry == "sources" else ""
        example = f", such as {EXAMPLES[entry]}" if entry in EXAMPLES else ""
        sound = isinstance(value, Sequence) and not isinstance(value, str) and (value or not few)
        sound = sound and all(isinstance(x, str) and x.strip() for x in value)
        return "" if sound else f"must be a list of {few or 'phrases'}{example}"
    if entry in ("running_day", "quiet"):
        return "" if isinstance(value, bool) else "must be true or false"
    low, high = (1, MAX_PICKS) if entry == "picks" else (0, 100)
    sound = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    return "" if sound else f"must be a whole number from {low} to {high}"


def _line(text: str, entry: str, phrase: str = "") -> int:
    """Line of an entry, or of a phrase in it; 0 where it has none."""
    lines = text.splitlines()
    start = next((n for n, line in enumerate(lines) if re.match(rf"\s*[\"']?{re.escape(entry)}[\"']?\s*=", line)), None)
    if start is None:
        return 0
    if not phrase:
        return start + 1
    return next((n + 1 for n, line in enumerate(lines) if n >= start and phrase in line), start + 1)


def as_toml(profile: Profile, comments: Mapping[str, str] | None = None) -> str:
    """A file for the profile, a phrase a line; `comments`: to put above entries."""
    lines = []
    for entry, value in profile.values.items():
        if getattr(profile, entry) == KNOWN[entry].default and entry not in ("min_score", "picks"):
            continue
        if comments and entry in comments:
            lines.append(f"# {comments[entry]}")
        lines.append(f"{entry} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[\n" + "".join(f"    {json.dumps(one, ensure_ascii=False)},\n" for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def phrases(text: str) -> list[str]:
    """The phrases of a list as people type one, each once.

    They stand one to a line, or with commas or semicolons between.
    What stands in brackets is not divided: "Retrieval (RAG, dense)" is one phrase.
    """
    found, current, depth = [], "", 0
    for sign in f"{text}\n":
        depth = max(0, depth + (sign in "([（【") - (sign in ")]）】"))
        if sign == "\n" or (sign in ",;，；、" and not depth):
            found.append(current)
            current, depth = "", 0
        else:
            current += sign
    tidy = (" ".join(re.sub(r"^\s*(?:[-–•*·]\s+|[•·]|\d{1,2}[.)]\s+)", "", one).split()) for one in found)
    once = {one.casefold(): one for one in reversed([t.rstrip("。.") or t for t in tidy if t])}
    return list(reversed(once.values()))
