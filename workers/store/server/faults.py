"""Explains why a Redis fails and what helps, a sentence each."""

import re
from dataclasses import dataclass

from redis.exceptions import AuthenticationError, BusyLoadingError, InvalidResponse, NoPermissionError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from workers.errors import BadSetting, StoreAway
from workers.store.server.sentinel import LOCKED, NO_PRIMARY

QUOTED = 120
"""Characters of the server's own words that are shown where nothing better is known."""

ADDRESS = (
    "write it as redis://user:password@host:6379/0, rediss://…, redis+sentinel://host:26379,host:26379/name "
    "or unix:///path; signs in a password as %40."
)


@dataclass(frozen=True)
class Fault:
    """What the server is or does ("is a Redis Cluster"), and what to do."""

    said: str
    todo: str
    passing: bool = False
    """True where it may be over by itself."""

    def error(self, name: str = "REDIS_URL") -> StoreAway | BadSetting:
        """As a sentence about the setting."""
        what = f"{name} {self.said}: {self.todo}"
        return StoreAway(what) if self.passing else BadSetting(what)


CLUSTER = Fault("is a Redis Cluster", "use a single server, for our steps span several keys.")
SENTINEL = Fault("is a Sentinel, which keeps no data", "write it as redis+sentinel://host:26379/<its primary's name>.")
REPLICA = Fault("is a read-only replica", "use the address of the primary.", passing=True)
FULL = Fault("refuses to write: its maxmemory is reached", "raise maxmemory, or use a server of our own.", passing=True)
SILENT = Fault("does not answer", "start that server, or leave REDIS_URL empty for the embedded one.", passing=True)
PASSWORD = Fault("refuses the password", "correct user and password in it (or in the file of REDIS_URL_FILE).")

WORDS = (
    (
        NO_PRIMARY,
        Fault("names Sentinels that know no primary of that name", "correct the name behind them.", passing=True),
    ),
    (LOCKED, Fault("names Sentinels that ask for a password of their own", "add ?sentinel_password=… to it.")),
    (
        r"unknown command ['`]?sentinel",
        Fault("names a Redis where a Sentinel should be", "write redis:// for redis+sentinel://, or its port."),
    ),
    (
        r"select is not allowed in cluster mode|^(moved|ask|crossslot|clusterdown)\b|cluster support|hash slot",
        CLUSTER,
    ),
    (r"^oom |out of memory|maxmemory", FULL),
    (r"^(readonly|masterdown|demoted)|read only replica", REPLICA),
    (r"^loading\b", Fault("is still loading its data", "wait, then try again.", passing=True)),
    (
        r"^misconf\b",
        Fault("refuses to write: its last snapshot failed", "see its log; as a rule its disk is full.", passing=True),
    ),
    (r"^noreplicas\b", Fault("refuses to write: too few of its replicas are there", "start them.", passing=True)),
    (r"^noauth\b|authentication required|client already authenticated", Fault("asks for a password", "put it there: redis://:password@host:6379/0.")),
    (r"^wrongpass|invalid (username|password)|auth.* failed", PASSWORD),
    (r"without any password configured", Fault("has no password, but the address gives one", "take it out.")),
    (r"db index is out of range|invalid db index", Fault("has no database of that number", "correct the /number.")),
    (r"protected mode", Fault("is in protected mode, and we come from outside", "give that server a password.")),
    (r"max number of clients", Fault("has no connection left (maxclients)", "raise maxclients there.", passing=True)),
    (
        r"certificate_verify_failed",
        Fault("has a certificate that is not trusted", "add ?ssl_ca_certs=/path/ca.pem to it, or set SSL_CERT_FILE."),
    ),
    (
        r"wrong_version_number|record layer failure|handshake operation timed out|ssl.*unexpected.eof",
        Fault("does not speak TLS there", "write redis:// for rediss://, or use the port that speaks TLS."),
    ),
    (r"name or service not known|nodename nor|temporary failure in name|no address associated",
     Fault("names a host that cannot be found",
           "correct it (signs of a password as %40, %2F), or see to the machine's DNS.", passing=True)),
    (r"errno 2\b|connecting to .*no such file",
     Fault("does not answer: its socket is not there", "start that server, or correct the path.", passing=True)),
    (r"errno 13\b|connecting to .*permission denied",
     Fault("names a socket that we may not open", "let our user (or group) open it.")),
    (r"connection refused", Fault("does not answer: nothing listens at that address", SILENT.todo, passing=True)),
    (
        r"connection (closed by server|reset)|error while reading from",
        Fault("closes the connection", "if it speaks TLS, write rediss://; else see its log.", passing=True),
    ),
    (r"unknown command|unknown subcommand", Fault("does not know a command that we need", "use Redis or Valkey.")),
)  # fmt: skip
"""What the words begin with or hold -> the fault; the first that fits."""


def fault(error: Exception) -> Fault:
    """The fault behind an error of the client, found by the error's words.

    Servers of all versions share them.
    """
    words = _words(error)
    if isinstance(error, NoPermissionError) or "noperm" in words[:8].lower():
        return Fault(
            f"may not {_forbidden(words)} with this user",
            "allow it all commands, keys and channels (ACL SETUSER: +@all ~* &*).",
        )
    for pattern, known in WORDS:
        if re.search(pattern, words, re.IGNORECASE | re.DOTALL | re.MULTILINE):
            return known
    if isinstance(error, AuthenticationError):
        return PASSWORD
    if isinstance(error, BusyLoadingError):
        return Fault("is still loading its data", "wait, then try again.", passing=True)
    if isinstance(error, InvalidResponse) or "protocol error" in words.lower():
        return Fault("is not a Redis: something else answers there", "correct host and port.")
    if isinstance(error, RedisTimeoutError | RedisConnectionError | OSError):
        return SILENT
    said = "".join(c for c in words if c.isprintable())[:QUOTED]
    return Fault(f"refuses what we need; it says “{said}”", "see its log, or use another server.")


def _words(error: BaseException | None) -> str:
    """What it and its causes say."""
    said: list[str] = []
    while error and len(said) < 5:
        said.append(re.sub(r"^Command # \d+ .*? of pipeline caused error: ", "", str(error), flags=re.DOTALL))
        error = error.__cause__ or error.__context__
    return "\n".join(said)


def _forbidden(words: str) -> str:
    found = re.search(r"'([\w|]+)' command", words)
    if found:
        return f"run {found[1].upper()}"
    return "use our channels" if "channel" in words.lower() else "use our keys (pb:* and rq:*)"
