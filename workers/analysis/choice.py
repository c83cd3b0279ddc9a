"""Which analyst a set-up has."""

from workers.analysis.analyst import Analyst
from workers.settings import Settings


def choose(settings: Settings) -> Analyst | None:
    """The model's analyst where a key is set, else None: everything is then done locally. One per run.

    It must not outlive the run: after too many failures it refuses to ask again (see `claude.Breaker`).
    """
    if not settings.anthropic_api_key.get_secret_value():
        return None
    from workers.analysis.model.claude import Claude  # loads the model's library

    return Claude(settings)
