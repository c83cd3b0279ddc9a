"""The table of all settings, read and checked at once, secrets hidden.

Every secret can also be given as a file: `NAME_FILE=/run/secrets/name`. An empty value means "not set".
`.env.example` lists the same names (a test compares them); what a value must look like is in `values`.
"""

import functools
import re
from datetime import time
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

import prompts.profile
from workers.errors import BadSetting
from workers.settings import environment, folders, locale, values
from workers.settings.environment import Cleaned, SecretFiles, passwords, proxy_address
from workers.settings.values import parse_days

LISTS = (
    "slack_channels", "telegram_chats", "admins", "allowed", "feed_hosts", "public_channels", "mcp_channels",
    "paper_sites",
)  # fmt: skip
"""Settings that are names, comma separated."""

ENV_FILE = Path(".env")


class Settings(BaseSettings):
    """All settings with their defaults; see `.env.example` for what each means."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    redis_url: SecretStr = SecretStr("")
    data_dir: Path = Path(".data")
    archive_dir: values.ArchivePlace = "digests"

    slack_bot_token: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_api_url: values.SlackAddress = "https://slack.com/api/"
    slack_channels: values.SlackChannels = ()

    telegram_bot_token: SecretStr = SecretStr("")
    telegram_api_url: values.TelegramAddress = "https://api.telegram.org"
    telegram_webhook_url: str = ""
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_chats: values.TelegramChats = ()
    telegram_uncertain: Literal["auto", "ask", "placeholder", "repeat"] = "auto"

    operator_channel: values.Channel = ""

    http_host: str = "127.0.0.1"
    http_port: int = Field(8080, ge=0, le=65535)

    anthropic_api_key: SecretStr = SecretStr("")
    anthropic_base_url: values.ModelAddress = "https://api.anthropic.com"
    model_preset: Literal["anthropic", "compatible"] = "anthropic"
    model_score: str = "claude-haiku-5-5"
    model_deepdive: str = "claude-sonnet-5-5"
    model_answer: str = "claude-sonnet-5-5"
    model_daily_budget_usd: float = Field(5.0, ge=0)
    model_digest_share: float = Field(0.5, ge=0, le=1)
    model_strangers_share: float = Field(0.1, ge=0, le=1)
    model_judge: bool = True
    model_prices: values.Prices = ""
    model_concurrency: int = Field(8, ge=1, le=64)
    model_paper_tokens: int = Field(80_000, ge=1_000)

    outbound_proxy: SecretStr = SecretStr("")

    hf_endpoint: values.Source = "https://huggingface.co"
    arxiv_api_url: values.Source = "https://export.arxiv.org/api/query"
    arxiv_feed_url: values.Source = "https://rss.arxiv.org/atom"
    arxiv_url: values.Source = "https://arxiv.org"
    arxiv_oai_url: values.DerivedSource = ""
    datacite_url: values.DerivedSource = ""
    biorxiv_api_url: values.Source = "https://api.biorxiv.org"
    pubmed_api_url: values.Source = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
    pubmed_api_key: SecretStr = SecretStr("")
    openalex_api_url: values.Source = "https://api.openalex.org"
    openalex_api_key: SecretStr = SecretStr("")
    semanticscholar_api_url: values.Source = "https://api.semanticscholar.org"
    semanticscholar_api_key: SecretStr = SecretStr("")
    openreview_api_url: values.Source = "https://api2.openreview.net"
    openreview_username: str = ""
    openreview_password: SecretStr = SecretStr("")
    feed_hosts: values.Hosts = ()
    mcp_channels: values.Channels = ()
    crossref_url: values.Source = "https://api.crossref.org"
    paper_sites: values.Sites = ()
    arxiv_listings: bool = True
    contact: str = ""

    zotero_api_key: SecretStr = SecretStr("")
    zotero_library: values.ZoteroLibrary = ""
    zotero_api_url: values.Address = "https://api.zotero.org"

    profiles_dir: Path = Path("profiles")
    digest_profile: str = Field("", validate_default=True)
    digest_time: time = time(8, 0)
    digest_timezone: str = Field("", validate_default=True)
    digest_days: values.Days = "mon-sun"

    questions_per_hour: int = Field(10, ge=0)
    deepdives_per_hour: int = Field(5, ge=0)
    admins_only: bool | None = None
    admins: values.People = ()
    allowed: values.Teams = ()
    public_channels: values.PublicChannels = ()

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources of settings in their order of precedence.

        Arguments, environment, its secret files, `.env`, its secret files.
        """
        named = (env_settings, SecretFiles(settings_cls, env_settings), dotenv_settings)
        sources = (*named, SecretFiles(settings_cls, dotenv_settings))
        return init_settings, *(Cleaned(settings_cls, source) for source in sources)

    @field_validator(*LISTS, mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(x.strip() for x in value.split(",") if x.strip()) if isinstance(value, str) else value

    @field_validator("*", mode="after")
    @classmethod
    def _sendable(cls, value: Any, info: ValidationInfo) -> Any:
        """A token goes into a header or an address as it is."""
        addresses = ("redis_url", "outbound_proxy", "telegram_webhook_secret")  # the last has rules of its own
        token = isinstance(value, SecretStr) and info.field_name not in addresses
        if token and not re.fullmatch(r"[!-~]*", value.get_secret_value()):
            raise ValueError("holds a blank or a sign that no token has: copy it anew")
        return value

    @field_validator("outbound_proxy")
    @classmethod
    def _proxy(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            proxy_address(value.get_secret_value())
        return value

    @field_validator("digest_profile")
    @classmethod
    def _profile(cls, value: str) -> str:
        return value or f"cv-daily-{locale.language()}"

    @field_validator("digest_timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        value = value or locale.zone()
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("must be a time zone name such as Europe/Berlin") from None
        return value

    @property
    def zone(self) -> ZoneInfo:
        """Time zone of the default schedule."""
        return ZoneInfo(self.digest_timezone)

    @property
    def weekdays(self) -> frozenset[int]:
        """Days of the default schedule, Monday = 0."""
        return parse_days(self.digest_days)

    def secrets(self) -> list[str]:
        """Return every secret that is set, for the redaction of logs.

        Of each URL its password, as it stands and decoded.
        """
        values = [getattr(self, name) for name in type(self).model_fields]
        found = [v.get_secret_value() for v in values if isinstance(v, SecretStr) and v.get_secret_value()]
        hidden = (self.redis_url.get_secret_value(), self.outbound_proxy.get_secret_value())
        urls = [v for v in (*values, *hidden) if isinstance(v, str) and "://" in v]
        urls += environment.proxies().values()
        return found + list(dict.fromkeys(word for url in urls for word in passwords(url)))


@functools.lru_cache(maxsize=1)
def load() -> Settings:
    """Return the settings of this process, read once.

    Profiles are those of PROFILES_DIR, too, from then on.
    Raises BadSetting that names every bad variable, never its value.
    """
    around = environment.env_file(ENV_FILE) or environment.problems()
    if around:
        raise BadSetting(" ".join(around), problems=around)
    try:
        environment.FILES.clear()
        found = Settings()
        moved = {name: place for name, place in folders.elsewhere().items() if name not in found.model_fields_set}
        found = found.model_copy(update=moved)
        prompts.profile.use(found.profiles_dir)
        return found
    except ValidationError as error:
        problems = [_problem(one) for one in error.errors(include_input=False, include_url=False)]
        raise BadSetting(" ".join(problems), problems=problems) from None


PLAIN = {
    "time": "must be a time such as 08:00",
    "bool": "must be true or false",
    "int_": "must be a whole number",
    "float_": "must be a number such as 2.5",
}
"""What is said of a value that pydantic's own sentence describes poorly, by the beginning of its error's type."""


def _problem(error: Any) -> str:
    name = ".".join(str(x) for x in error["loc"]).upper()
    reason = error["msg"].removeprefix("Value error, ")
    reason = next((said for kind, said in PLAIN.items() if error["type"].startswith(kind)), reason)
    return f"{name} is not usable: {reason}."
