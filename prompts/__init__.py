"""Loads prompts and profiles. No other code.

A prompt is a Markdown file with `$name` variables; the part above a line `---user---` is the system prompt, the rest
the user turn (a task that goes with another prompt's system prompt has nothing above it). A variable that is missing or
unknown is an error, never an empty string.
"""

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path
from string import Template

from prompts.profile import MAX_PICKS as MAX_PICKS
from prompts.profile import Profile as Profile
from prompts.profile import PromptError as PromptError
from prompts.profile import check_profile as check_profile
from prompts.profile import load_profile as load_profile
from prompts.profile import profiles as profiles
from prompts.profile import titles as titles

HERE = Path(__file__).parent

USER_MARK = "\n---user---\n"


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
