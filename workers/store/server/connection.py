"""Connects to Redis; the prefix of all our keys.

`workers/store/server/embedded.py` decides which server.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.connection import parse_url
from redis.credentials import CredentialProvider
from redis.exceptions import AuthenticationError, MasterDownError, ReadOnlyError, ResponseError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

from workers.errors import BadSetting
from workers.settings.environment import FILES, secret_file
from workers.store.server import sentinel

FOLLOWED: dict[str, Path] = {}
"""Addresses whose password is read anew for each connection -> the file."""

T = TypeVar("T")

PREFIX = "pb:"
"""Every key of ours begins so; RQ's own begin with `rq:`."""

PAGE = 200
"""Records asked for in one round trip: 0.3 MB of the largest, so that nobody else waits long for the server."""

RETRIES = 60
"""Attempts per command of a worker; with BACKOFF this outlives a 20 s outage of the server (measured, notes on RQ)."""

BACKOFF_BASE_S, BACKOFF_CAP_S = 0.2, 2.0
"""Seconds before the first retry, and at most."""

CONNECT_TIMEOUT_S = 5.0
"""Seconds to connect; a server on the same network answers in milliseconds."""

DEMOTED = ("READONLY", "MASTERDOWN", "UNBLOCKED", "LOADING", "NOREPLICAS")
"""What the answers of a server begin with that is not, or not yet, the one to write to."""

HEALTH_S = 30
"""Seconds of silence after which a connection is tried before it is used, where a new one can be tried after it."""


class Demoted(RedisConnectionError):
    """The server answers and takes no writes: a replica, or one that is loading."""


def connect(url: str, retries: int = RETRIES, socket_timeout: float | None = None) -> "Redis":
    """A client for `url` (bytes in, bytes out, as RQ needs).

    `retries`: 0 for callers that must answer at once. A connection greets and no more: the library's name, its version
    and a cluster's notices would be three round trips.
    """
    make = sentinel.client if sentinel.is_watched(url) else Redis.from_url
    client: Redis = make(
        url,
        retry=Retry(ExponentialBackoff(cap=BACKOFF_CAP_S, base=BACKOFF_BASE_S), retries),
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=socket_timeout,
        health_check_interval=HEALTH_S if retries else 0,
        driver_info=None,
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )
    pool = client.connection_pool
    if url in FOLLOWED:
        for name in ("username", "password"):
            pool.connection_kwargs.pop(name, None)
        pool.connection_kwargs["credential_provider"] = _FromFile(FOLLOWED[url])
    base = pool.connection_class
    pool.connection_class = _KINDS.setdefault(base, _reconnecting(base))
    return client


class _FromFile(CredentialProvider):
    """Reads user and password from the file whenever a connection is made."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get_credentials(self) -> tuple[str] | tuple[str, str]:
        """(user, password), or (password,)."""
        try:
            url = secret_file("REDIS_URL", self.path)
            parts = sentinel.parse(url).server if sentinel.is_watched(url) else parse_url(url)  # type: ignore[no-untyped-call]
        except (BadSetting, ValueError) as error:  # it is being replaced, or is empty for a moment
            raise AuthenticationError("the file of REDIS_URL_FILE holds no address now") from error
        user, password = parts.get("username") or "", parts.get("password") or ""
        return (user, password) if user else (password,)


def follow(url: str) -> str:
    """Let later connections read the password from `REDIS_URL_FILE`; returns `url`.

    Only where `url` was read from that file and has a password.
    """
    path = FILES.get("REDIS_URL")
    if path and secret_file("REDIS_URL", path) == url and "@" in url:
        FOLLOWED[url] = path
    return url


def _reconnecting(base: type[Any]) -> type[Any]:
    """A connection class that reconnects when its server takes no writes any more.

    After a failover the old server may keep our connections open and refuse every write (READONLY): who stays on one
    of them never comes back, whatever the address means now.
    """

    class Reconnecting(base):  # type: ignore[misc]
        """See `_reconnecting`."""

        def read_response(self, *args: Any, **named: Any) -> Any:
            """As the library does; a server that has been demoted counts as one that is away."""
            try:
                return super().read_response(*args, **named)
            except (ReadOnlyError, MasterDownError) as error:
                raise self._gone(error) from None
            except ResponseError as error:
                if not str(error).startswith(DEMOTED):
                    raise
                raise self._gone(error) from None

        def _gone(self, error: Exception) -> Demoted:
            self.disconnect()
            return Demoted(f"this server takes no writes now ({type(error).__name__})")

    Reconnecting.__name__ = base.__name__
    return Reconnecting


_KINDS: dict[type[Any], type[Any]] = {}


def key(*parts: object) -> str:
    """A key of ours: `key("slot", "x")` is `pb:slot:x`."""
    return PREFIX + ":".join(str(p) for p in parts)


def text(raw: object) -> str:
    """What Redis sent, as text, whether the client decodes or not."""
    return raw.decode() if isinstance(raw, bytes) else str(raw)


def pages(items: Sequence[T], size: int = PAGE) -> Iterator[Sequence[T]]:
    """Parts of `items` in their order, `size` at most in each: one round trip's worth."""
    return (items[start : start + size] for start in range(0, len(items), size))
