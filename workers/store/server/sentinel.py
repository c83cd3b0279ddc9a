"""Addresses of servers watched by Sentinels: `redis+sentinel://…`.

User and password are the servers'; the Sentinels' own stand behind as `?sentinel_username=…&sentinel_password=…`.
`rediss+sentinel://` speaks TLS to the servers and the Sentinels alike. Each new connection asks who is the primary now.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.exceptions import AuthenticationError, RedisError
from redis.retry import Retry
from redis.sentinel import (
    MasterNotFoundError,
    Sentinel,
    SentinelConnectionPool,
    SentinelManagedConnection,
    SentinelManagedSSLConnection,
)

SCHEMES = {"redis+sentinel": "redis", "rediss+sentinel": "rediss"}
"""Scheme of the set -> that of its servers."""

PORT = 26379
"""Where a Sentinel listens unless its address says otherwise."""

SENTINEL_TIMEOUT_S = 1.0
"""Seconds for one answer of a Sentinel before the next one is asked: it keeps no data, and answers in a millisecond."""

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:,@]+))(?::(\d{1,5}))?")


NO_PRIMARY, LOCKED = "no Sentinel knows a primary of that name", "no Sentinel lets us ask"
"""What an error begins with where they answer, and where they want a password of their own."""


@dataclass(frozen=True)
class SentinelSet:
    """One set of servers."""

    sentinels: tuple[tuple[str, int], ...]
    service: str
    """Under which name the Sentinels watch it."""
    server: dict[str, Any]
    """How a server of it is connected to: user, password, number of the database, certificates."""
    sentinel: dict[str, Any]
    """How a Sentinel is."""


def is_watched(url: str) -> bool:
    """True for the address of such a set."""
    return url.partition("://")[0].lower() in SCHEMES


def parse(url: str) -> SentinelSet:
    """What the address says. ValueError where it is none."""
    parts = urlsplit(url)
    user, _, hosts = parts.netloc.rpartition("@")
    service, _, number = parts.path.removeprefix("/").rstrip("/").partition("/")
    if not service or service.isdigit() or (number and not number.isdigit()):
        raise ValueError("the set's name stands behind the Sentinels, and behind that the database's number")
    scheme = SCHEMES[parts.scheme.lower()]
    netloc = f"{user}@watched" if user else "watched"
    plain = urlunsplit((scheme, netloc, f"/{number or 0}", parts.query, ""))
    server: dict[str, Any] = parse_url(plain)  # type: ignore[no-untyped-call]
    del server["host"]
    own = {name: server.pop(f"sentinel_{name}", None) for name in ("username", "password")}
    sentinel = {name: value for name, value in own.items() if value}
    sentinel |= {name: value for name, value in server.items() if name.startswith("ssl_")}
    if server.pop("connection_class", None):
        server["ssl"] = sentinel["ssl"] = True
    return SentinelSet(tuple(_address(host) for host in hosts.split(",")), unquote(service), server, sentinel)


def _address(host: str) -> tuple[str, int]:
    found = _HOST.fullmatch(host.strip())
    if not found or int(found[3] or PORT) > 65535:
        raise ValueError("a Sentinel's address is host or host:port")
    return found[1] or found[2], int(found[3] or PORT)


class _Sentinels(Sentinel):
    """The library's Sentinel client, with errors that name the cause.

    The library's own errors hold descriptions of clients in their text.
    """

    def discover_master(self, service_name: str) -> tuple[str, int]:
        """Address of the primary; the Sentinel that knew it is asked first from now on."""
        wrong: Exception | None = None
        for one in list(self.sentinels):
            try:
                known: Any = one.sentinel_masters()
            except (RedisError, OSError) as error:
                wrong = error
                continue
            state = known.get(service_name)
            if state and self.check_master_state(state, service_name):  # type: ignore[no-untyped-call]
                self.sentinels = [one, *(other for other in self.sentinels if other is not one)]
                return state["ip"], state["port"]
        if wrong is None:
            raise MasterNotFoundError(NO_PRIMARY)
        why = LOCKED if isinstance(wrong, AuthenticationError) else "no Sentinel answers"
        raise MasterNotFoundError(why) from wrong


def client(url: str, **kwargs: Any) -> "Redis":
    """A client that asks the Sentinels for the primary; `kwargs`: of each connection."""
    watched = parse(url)
    about: dict[str, Any] = {"socket_timeout": SENTINEL_TIMEOUT_S, "socket_connect_timeout": SENTINEL_TIMEOUT_S}
    about |= {"retry": Retry(NoBackoff(), 0), "driver_info": None, **watched.sentinel}
    watch = _Sentinels(watched.sentinels, sentinel_kwargs=about)  # type: ignore[no-untyped-call]
    secure = watched.server.pop("ssl", False)
    kind = SentinelManagedSSLConnection if secure else SentinelManagedConnection
    about = {"connection_class": kind, **watched.server, **kwargs}
    pool = SentinelConnectionPool(watched.service, watch, **about)  # type: ignore[no-untyped-call]
    return Redis.from_pool(pool)
