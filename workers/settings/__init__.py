"""The table of all settings, read and checked at once, secrets hidden.

Every secret can also be given as a file: `NAME_FILE=/run/secrets/name`. An empty value means "not set".
`.env.example` lists the same names (a test compares them). Longer than 300 lines: one table, each field with its check.
"""

import functools
import re
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

import prompts.profile
from workers.errors import BadSetting
from workers.settings import environment, folders, locale
from workers.settings.environment import Cleaned, SecretFiles, passwords, plain_address, proxy_address

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

DERIVED = ("arxiv_oai_url", "datacite_url")
"""Addresses that may be empty: then arXiv's own, where arXiv's other addresses are its own, else none."""

LISTS = (
    "slack_channels", "telegram_chats", "admins", "allowed", "feed_hosts", "public_channels", "mcp_channels",
    "paper_sites",
)  # fmt: skip
"""Settings that are names, comma separated."""

Names = Annotated[tuple[str, ...], NoDecode]

ENV_FILE = Path(".env")

SOURCES = (
    "hf_endpoint", "arxiv_api_url", "arxiv_feed_url", "arxiv_url", "arxiv_oai_url", "datacite_url", "biorxiv_api_url",
    "pubmed_api_url", "openalex_api_url", "semanticscholar_api_url", "openreview_api_url", "crossref_url",
)  # fmt: skip
"""Settings that are addresses of sources."""

BEHIND_ROOT = {"anthropic_base_url": r"(/v1)*(/messages)?$", "telegram_api_url": r"(/bot)?$"}
"""Ends of addresses that clients add by themselves, and that people copy along."""


class Settings(BaseSettings):
    """All settings with their defaults; see `.env.example` for what each means."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    redis_url: SecretStr = SecretStr("")
    data_dir: Path = Path(".data")
    archive_dir: str = "digests"

    slack_bot_token: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_api_url: str = "https://slack.com/api/"
    slack_channels: Names = ()

    telegram_bot_token: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org"
    telegram_webhook_url: str = ""
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_chats: Names = ()
    telegram_uncertain: Literal["auto", "ask", "placeholder", "repeat"] = "auto"

    operator_channel: str = ""

    http_host: str = "127.0.0.1"
    http_port: int = Field(8080, ge=0, le=65535)

    anthropic_api_key: SecretStr = SecretStr("")
    anthropic_base_url: str = "https://api.anthropic.com"
    model_preset: Literal["anthropic", "compatible"] = "anthropic"
    model_score: str = "claude-haiku-5-5"
    model_deepdive: str = "claude-sonnet-5-5"
    model_answer: str = "claude-sonnet-5-5"
    model_daily_budget_usd: float = Field(5.0, ge=0)
    model_digest_share: float = Field(0.5, ge=0, le=1)
    model_strangers_share: float = Field(0.1, ge=0, le=1)
    model_judge: bool = True
    model_prices: str = ""
    model_concurrency: int = Field(8, ge=1, le=64)
    model_paper_tokens: int = Field(80_000, ge=1_000)

    outbound_proxy: SecretStr = SecretStr("")

    hf_endpoint: str = "https://huggingface.co"
    arxiv_api_url: str = "https://export.arxiv.org/api/query"
    arxiv_feed_url: str = "https://rss.arxiv.org/atom"
    arxiv_url: str = "https://arxiv.org"
    arxiv_oai_url: str = ""
    datacite_url: str = ""
    biorxiv_api_url: str = "https://api.biorxiv.org"
    pubmed_api_url: str = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
    pubmed_api_key: SecretStr = SecretStr("")
    openalex_api_url: str = "https://api.openalex.org"
    openalex_api_key: SecretStr = SecretStr("")
    semanticscholar_api_url: str = "https://api.semanticscholar.org"
    semanticscholar_api_key: SecretStr = SecretStr("")
    openreview_api_url: str = "https://api2.openreview.net"
    openreview_username: str = ""
    openreview_password: SecretStr = SecretStr("")
    feed_hosts: Names = ()
    mcp_channels: Names = ()
    crossref_url: str = "https://api.crossref.org"
    paper_sites: Names = ()
    arxiv_listings: bool = True
    contact: str = ""

    zotero_api_key: SecretStr = SecretStr("")
    zotero_library: Annotated[str, AfterValidator(environment.zotero_library)] = ""
    zotero_api_url: str = "https://api.zotero.org"

    profiles_dir: Path = Path("profiles")
    digest_profile: str = Field("", validate_default=True)
    digest_time: time = time(8, 0)
    digest_timezone: str = Field("", validate_default=True)
    digest_days: str = "mon-sun"

    questions_per_hour: int = Field(10, ge=0)
    deepdives_per_hour: int = Field(5, ge=0)
    admins_only: bool | None = None
    admins: Names = ()
    allowed: Names = ()
    public_channels: Names = ()

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

    @field_validator("slack_channels")
    @classmethod
    def _channel_ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not re.fullmatch(r"[CGDU][A-Z0-9_]+", name):
                raise ValueError("each must be a channel id such as C0123ABCD, found under 'About' of the channel")
        return tuple(dict.fromkeys(value))

    @field_validator("telegram_chats")
    @classmethod
    def _chat_ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not re.fullmatch(r"(-?\d+|@[A-Za-z]\w{3,})(/\d+)?", name):
                raise ValueError("each must be a chat id, an @name, or either with /topic")
        return tuple(dict.fromkeys(value))

    @field_validator("admins", "allowed")
    @classmethod
    def _ids(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        people = info.field_name == "admins"
        shape = r"[A-Z][A-Z0-9_]+|\d+" if people else r"[A-Z][A-Z0-9_]+|-?\d+|@\w+"
        what = "user (U… on Slack, a number on Telegram)" if people else "Slack workspace (T…) or a Telegram chat"
        if not all(re.fullmatch(shape, name) for name in value):
            raise ValueError(f"each must be the id of a {what}")
        return value

    @field_validator("public_channels")
    @classmethod
    def _public(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not re.fullmatch(r"slack:[CG][A-Z0-9_]+|telegram:(-\d+|@[A-Za-z]\w{3,})", name):
                raise ValueError("each must be slack:<channel id> or telegram:<chat id or @name>, no private chat")
        return tuple(dict.fromkeys(value))

    @field_validator("mcp_channels")
    @classmethod
    def _channels(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            cls._operator(name)
        return tuple(dict.fromkeys(value))

    @field_validator("operator_channel")
    @classmethod
    def _operator(cls, value: str) -> str:
        if value and not re.fullmatch(r"slack:[CGDU][A-Z0-9_]+|telegram:(-?\d+|@[A-Za-z]\w{3,})(/\d+)?", value):
            raise ValueError("must be slack:<channel id>, telegram:<chat id or @name>, or the latter with /topic")
        return value

    @field_validator("archive_dir")
    @classmethod
    def _archive(cls, value: str) -> str:
        if "://" in value and not re.fullmatch(r"(s3|gs|az)://[^/\s]+(/\S*)?", value):
            raise ValueError("must be a folder, or an address such as s3://bucket/folder")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _api_url(cls, value: str) -> str:
        if not value.endswith("/api/"):
            raise ValueError("must end in /api/")
        return value

    @field_validator("telegram_api_url", "anthropic_base_url", "zotero_api_url", *SOURCES)
    @classmethod
    def _http_url(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.field_name in DERIVED:
            return value
        if not re.match(r"https?://[^/\s]+", value):
            raise ValueError("must be an http or https URL")
        return re.sub(BEHIND_ROOT.get(str(info.field_name), ""), "", value.rstrip("/"))

    @field_validator(*SOURCES)
    @classmethod
    def _source(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.field_name in DERIVED:
            return value
        if not plain_address(value):
            raise ValueError("must be an address without a user name, with a port up to 65535 if it has one")
        return value

    @field_validator("feed_hosts", "paper_sites")
    @classmethod
    def _hosts(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for name in value:
            if info.field_name == "paper_sites":
                if not re.fullmatch(r"[A-Za-z0-9.-]+=https?://[^@\s]+", name):
                    raise ValueError("each must be a site and its other address: openreview.net=http://mirror")
            elif not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?", name):
                raise ValueError("each must be a host such as www.nature.com, without https:// and path")
        return tuple(dict.fromkeys(name.lower() for name in value))

    @field_validator("model_prices")
    @classmethod
    def _prices(cls, value: str) -> str:
        for entry in filter(None, (part.strip() for part in value.split(","))):
            if not re.fullmatch(r".+=[0-9]{1,4}(\.[0-9]{1,4})?/[0-9]{1,4}(\.[0-9]{1,4})?", entry):
                raise ValueError("must be prices such as my-model=0.5/2, comma separated")
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

    @field_validator("digest_days")
    @classmethod
    def _days(cls, value: str) -> str:
        parse_days(value)
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


def parse_days(text: str) -> frozenset[int]:
    """Return the weekdays (Monday = 0) of `mon-fri`, `mon,wed,fri` or a mixture.

    `sat-mon` wraps. ValueError for any other word.
    """
    days: set[int] = set()
    for word in text.lower().replace(" ", "").split(","):
        first, _, last = word.partition("-")
        if first not in DAY_NAMES or (last and last not in DAY_NAMES):
            raise ValueError("must be days such as mon-fri or mon,wed,fri")
        start, end = DAY_NAMES.index(first), DAY_NAMES.index(last or first)
        days |= {(start + i) % 7 for i in range((end - start) % 7 + 1)}
    return frozenset(days)


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
