"""What the model is told, and whose interests. No code but this loader.

A prompt is a Markdown file with `$name` variables; the part above a line `---user---` is the system prompt, the rest
the user turn (a task that goes with another prompt's system prompt has nothing above it). A variable that is missing or
unknown is an error, never an empty string.
"""

import functools
import hashlib
import json
import re
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from string import Template
from typing import Any

HERE = Path(__file__).parent

USER_MARK = "\n---user---\n"

LANGUAGES = ("en", "zh")
"""Languages that the bot's own words exist in; the model may be asked for any of them."""

MAX_PICKS = 10
"""Most picks a digest may have: more would not fit one screen of a chat."""


class PromptError(ValueError):
    """A prompt or profile is missing or malformed; one sentence says what to do."""


@dataclass(frozen=True)
class Prompt:
    """One prompt file. `hash` goes into the key of everything that was made with it."""

    name: str
    system: str
    user: str
    hash: str

    @property
    def variables(self) -> frozenset[str]:
        """Names that `render` needs."""
        return frozenset(Template(self.system).get_identifiers()) | frozenset(Template(self.user).get_identifiers())

    def render(self, **values: str) -> tuple[str, str]:
        """(system, user) with every variable replaced once; values are not scanned again."""
        missing, unknown = self.variables - values.keys(), values.keys() - self.variables
        if missing or unknown:
            raise PromptError(f"prompt {self.name}: missing {sorted(missing)}, unknown {sorted(unknown)}.")
        return Template(self.system).substitute(values), Template(self.user).substitute(values)


@dataclass(frozen=True)
class Profile:
    """Whose interests: one file of `prompts/profiles/`, or that file with a channel's own settings on top."""

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


@functools.cache
def load(name: str) -> Prompt:
    """The prompt `prompts/<name>.md`."""
    path = HERE / f"{name}.md"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise PromptError(f"there is no prompt file {path.name}.") from None
    system, mark, user = f"\n{text}".partition(USER_MARK)
    if not mark:
        raise PromptError(f"prompt {name} has no line '---user---'.")
    return Prompt(name, system.strip(), user.strip(), hashlib.sha256(text.encode()).hexdigest()[:16])


def texts() -> list[str]:
    """Every prompt there is, as it stands in its file."""
    return [path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.md")) if path.name != "README.md"]


def profiles() -> list[str]:
    """Names of the profiles there are."""
    return sorted(path.stem for path in (HERE / "profiles").glob("*.toml"))


@functools.cache
def load_profile(name: str) -> Profile:
    """The profile `prompts/profiles/<name>.toml`. PromptError names the file and what is wrong."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name) or name not in profiles():
        raise PromptError(f"there is no profile {name!r}; there are: {', '.join(profiles())}.")
    path = HERE / "profiles" / f"{name}.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise PromptError(f"profile {path.name} cannot be read: {error}.") from None
    known = {f.name for f in fields(Profile)} - {"name"}
    unknown = data.keys() - known
    if unknown:
        raise PromptError(f"profile {path.name} has unknown entries: {', '.join(sorted(unknown))}.")
    lists = {k: tuple(v) for k, v in data.items() if isinstance(v, list)}
    try:
        return check_profile(Profile(name=name, **{**data, **lists}))
    except TypeError as error:
        raise PromptError(f"profile {path.name} is incomplete: {error}.") from None


def check_profile(profile: Profile) -> Profile:
    """The profile, if its values make sense; else PromptError says which does not."""
    wrong = ""
    if profile.language not in LANGUAGES:
        wrong = f"language must be one of {', '.join(LANGUAGES)}"
    elif not profile.interests or not all(isinstance(x, str) and x.strip() for x in profile.interests):
        wrong = "interests must be a list of at least one phrase"
    elif not all(isinstance(x, str) and x.strip() for x in (*profile.not_wanted, *profile.follow)):
        wrong = "not_wanted and follow must be lists of phrases"
    elif not isinstance(profile.min_score, int) or not 0 <= profile.min_score <= 100:
        wrong = "min_score must be a whole number from 0 to 100"
    elif not isinstance(profile.picks, int) or not 1 <= profile.picks <= MAX_PICKS:
        wrong = f"picks must be a whole number from 1 to {MAX_PICKS}"
    elif not profile.sources:
        wrong = "sources must name at least one source, such as huggingface:15 or arxiv:cs.CV"
    if wrong:
        raise PromptError(f"profile {profile.name}: {wrong}.")
    return profile
