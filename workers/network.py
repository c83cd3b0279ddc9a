"""Proxies, certificates, and how long a service asks to wait, for every client.

`OUTBOUND_PROXY` counts for everything; where it is empty, `HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY` do, as usual.
Addresses of this machine are asked directly, and what `NO_PROXY` names.
"""

import functools
import ipaddress
import os
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import HTTPSHandler, ProxyHandler, build_opener, install_opener, proxy_bypass

import certifi

from workers.errors import BadSetting
from workers.settings import Settings
from workers.settings.environment import proxies, proxy_address

Client = TypeVar("Client", bound=Any)

SETTING = "OUTBOUND_PROXY"

PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
"""Of a proxy whose address names none."""

CLOCK_CODES, NAME_CODE = (9, 10), 62
"""OpenSSL's numbers for a certificate that is not valid yet or any more, and for one of another name (x509_vfy.h)."""

DEEPEST = 12
"""Errors behind an error that are looked at."""


@dataclass(frozen=True)
class Proxy:
    """One proxy. `url` may hold a password: it is for clients only."""

    url: str
    name: str
    """The setting or variable that names it."""

    @property
    def socks(self) -> bool:
        """True for one that speaks SOCKS."""
        return self.url.startswith("socks")

    @property
    def address(self) -> tuple[str, int]:
        """Its host and port."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or PORTS[parts.scheme]


def proxy(settings: Settings, url: str) -> Proxy | None:
    """The proxy through which `url` is asked; None: directly."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    wanted = settings.outbound_proxy.get_secret_value()
    if wanted:
        found = Proxy(proxy_address(wanted), SETTING)
        if here(host) and not here(found.address[0]):
            return None
    else:
        environment = proxies()
        scheme = next((s for s in (parts.scheme.replace("ws", "http"), "all") if environment.get(s)), "")
        if not scheme or here(host):
            return None
        found = Proxy(proxy_address(environment[scheme]), f"{scheme.upper()}_PROXY")
    return None if proxy_bypass(host) else found


def for_httpx(settings: Settings, url: str) -> dict[str, Any]:
    """Arguments for a client of httpx: proxy, certificates, no environment.

    The client does not look at the environment itself.
    """
    found = proxy(settings, url)
    return {"proxy": found.url if found else None, "verify": tls(), "trust_env": False}


def for_slack(client: Client, settings: Settings, *, blocking: bool = False) -> Client:
    """Slack's client, told the same. BadSetting for a proxy that it cannot speak to.

    `blocking`: the one that goes through urllib, which reads the environment by itself unless it is told not to.
    """
    found = proxy(settings, settings.slack_api_url)
    if found and found.socks:
        raise BadSetting(
            f"{found.name} names a SOCKS proxy, which Slack's client cannot use: "
            f"set {SETTING} to its http:// address (most such programs take both on one port)."
        )
    client.proxy = found.url if found else None
    client.ssl = None if blocking and not found else tls()
    if blocking:
        _leave_environment()
    return client


@functools.cache
def _leave_environment() -> None:
    """Have urllib go out directly where it is given no proxy."""
    install_opener(build_opener(ProxyHandler({}), HTTPSHandler(context=tls())))


def here(host: str) -> bool:
    """True for a name or address of this very machine."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@functools.cache
def tls() -> ssl.SSLContext:
    """The certificates that are believed.

    They are those of SSL_CERT_FILE or SSL_CERT_DIR, else the system's and Mozilla's.
    """
    context = ssl.create_default_context()
    if not (os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")):
        context.load_verify_locations(certifi.where())
    return context


def why(error: BaseException, settings: Settings, url: str) -> tuple[str, str]:
    """Explain why `url` could not be reached, and what to do.

    Two empty texts where nothing is known of it.
    """
    through = proxy(settings, url)
    host = urlsplit(url).hostname or "its host"
    for one in _chain(error):
        words = str(one)
        if isinstance(one, ssl.SSLCertVerificationError):
            return _untrusted(one, host)
        if isinstance(one, ssl.SSLError) and ("WRONG_VERSION" in words or "record layer" in words):
            return f"{host} does not speak TLS there", "write http:// for https://, or correct the port."
        if through and (" 407" in f" {words}" or "Proxy Authentication" in words):
            todo = f"put user and password into {through.name}."
            return f"the proxy that {through.name} names asks for a password", todo
        if through and re.search(r"Tunnel connection failed|^(403|502|503|504) ", words):
            return f"the proxy that {through.name} names lets nothing through to {host}", "see its log and its rules."
        if isinstance(one, socket.gaierror):
            named = f"the proxy that {through.name} names" if through else host
            return f"the name of {named} cannot be found", "see to the machine's DNS, or correct the address."
        if isinstance(one, ConnectionRefusedError) or "connection attempts failed" in words.lower():
            if through:
                return f"the proxy that {through.name} names does not answer", f"start it, or correct {through.name}."
            return f"nothing listens at {urlsplit(url).netloc.rpartition('@')[2]}", ""
    if through:
        return f"asked through the proxy that {through.name} names", f"see to that proxy, or correct {through.name}."
    return "", ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what lies behind it: libraries wrap each other's."""
    seen: list[BaseException] = []
    todo: list[Any] = [error]
    while todo and len(seen) < DEEPEST:
        one = todo.pop(0)
        if not isinstance(one, BaseException) or one in seen:
            continue
        seen.append(one)
        yield one
        inner = getattr(one, "exceptions", ())
        todo += [getattr(one, "reason", None), one.__cause__, one.__context__, getattr(one, "os_error", None), *inner]


def _untrusted(error: ssl.SSLCertVerificationError, host: str) -> tuple[str, str]:
    """What is wrong with a certificate, by OpenSSL's number."""
    if error.verify_code in CLOCK_CODES:
        what = "is not valid yet" if error.verify_code == CLOCK_CODES[0] else "has run out"
        todo = f"is this machine's clock right? It says {datetime.now(UTC):%Y-%m-%d}."
        return f"the certificate of {host} {what}", todo
    if error.verify_code == NAME_CODE:
        return f"the certificate of {host} is another host's", "correct the address."
    todo = "where a proxy or server has an authority of its own, set SSL_CERT_FILE to its certificate."
    return f"the certificate of {host} is not trusted ({error.verify_message})", todo


def retry_after(value: str, now: datetime | None = None) -> float:
    """Seconds that a Retry-After header asks for; 0 where it is unreadable.

    It is a number, or an HTTP date seen from `now`.
    """
    value = value.strip()
    if value.isascii() and value.isdecimal() and len(value) < 10:
        return float(value)
    try:
        then = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (then - (now or datetime.now(UTC))).total_seconds())
