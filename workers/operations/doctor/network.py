"""Checks each service's host, proxy and certificate by connecting."""

import socket
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from workers import network
from workers.operations.doctor.findings import Finding
from workers.settings import ENV_FILE, Settings, environment

PART = "Network"

CONNECT_S = 5.0
"""Seconds to connect to a host, and for the greeting of TLS."""

HEAD_BYTES = 4096
"""Most bytes of a proxy's answer that are read: the first line says all."""

IN_ENVIRONMENT = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables that count in the environment only."""


def connections(settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each thing that is in the way, and for the proxy in use."""
    wanted = services(settings)
    with ThreadPoolExecutor(len(wanted)) as side_by_side:
        found = list(side_by_side.map(lambda url: _reached(settings, url), wanted.values()))
    told: dict[tuple[str, str], list[str]] = {}
    for name, trouble in zip(wanted, found, strict=True):
        if trouble:
            told.setdefault(trouble, []).append(name)
    for (said, todo), names in told.items():
        yield Finding(PART, " and ".join(names), "fail", said, todo or "see to the network, or correct the address.")
    through = {p.name: p.address for url in wanted.values() if (p := network.proxy(settings, url))}
    for name, (host, port) in through.items():
        if not told:
            yield Finding(PART, "proxy", "ok", f"{name} leads to {host}:{port}, which lets us through")
    if not told and not through:
        yield Finding(PART, "way out", "ok", f"{len(wanted)} hosts can be reached, no proxy")


def services(settings: Settings) -> dict[str, str]:
    """What is configured -> its address, those on one host once."""
    named = {
        "Slack": settings.slack_api_url if settings.slack_bot_token.get_secret_value() else "",
        "Telegram": settings.telegram_api_url if settings.telegram_bot_token.get_secret_value() else "",
        "Model": settings.anthropic_base_url if settings.anthropic_api_key.get_secret_value() else "",
        "Zotero": settings.zotero_api_url if settings.zotero_api_key.get_secret_value() else "",
        "Hugging Face": settings.hf_endpoint,
        "arXiv": settings.arxiv_url,
    }
    return {name: url for name, url in named.items() if url}


def misplaced() -> Iterator[Finding]:
    """Names in `.env` that are no settings, or count in the environment only."""
    for name, meant in environment.strangers(ENV_FILE, [*Settings.model_fields, *IN_ENVIRONMENT]).items():
        yield Finding("Settings", name, "warn", "stands in .env and is no setting", f"did you mean {meant}?")
    for name in environment.names(ENV_FILE):
        if name.upper() in IN_ENVIRONMENT:
            cure = "OUTBOUND_PROXY there" if "PROXY" in name.upper() else "it in the environment of the process"
            yield Finding("Settings", name, "warn", "stands in .env, where nobody reads it", f"set {cure}.")


def empty_files() -> Iterator[Finding]:
    """Files of secrets in which nothing stands."""
    for name, path in environment.FILES.items():
        if path.is_file() and not environment.secret_file(name, path):
            yield Finding("Settings", f"{name}_FILE", "warn", f"names an empty file ({path})", f"put {name} there.")


def _reached(settings: Settings, url: str) -> tuple[str, str] | None:
    """Connect as our clients do; why that fails, or None."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    through = network.proxy(settings, url)
    try:
        with socket.create_connection(through.address if through else (parts.hostname, port), CONNECT_S) as link:
            if through and through.socks:
                return None
            if through and parts.scheme == "https":
                _tunnel(link, through, f"{parts.hostname}:{port}")
            if parts.scheme == "https":
                network.tls().wrap_socket(link, server_hostname=parts.hostname).close()
    except TimeoutError:
        where = f"the proxy that {through.name} names" if through else f"{parts.hostname}:{port}"
        return f"{where} gives no answer", "a firewall may be in the way: see to the network, or set OUTBOUND_PROXY."
    except (OSError, ValueError) as error:
        said, todo = network.why(error, settings, url)
        return said or f"{parts.hostname} cannot be reached ({getattr(error, 'strerror', '') or error})", todo
    return None


def _tunnel(link: socket.socket, through: network.Proxy, target: str) -> None:
    """Ask a proxy for a way to `target`. OSError with its status where it gives none."""
    if through.url.startswith("https:"):
        return
    auth = ""
    parts = urlsplit(through.url)
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        auth = f"Proxy-Authorization: Basic {b64encode(pair.encode()).decode()}\r\n"
    link.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{auth}\r\n".encode())
    answer = b""
    with suppress(TimeoutError):
        while b"\r\n\r\n" not in answer and len(answer) < HEAD_BYTES and (more := link.recv(1024)):
            answer += more
    status = answer.partition(b"\r\n")[0].decode("latin-1").partition(" ")[2]
    if not status.startswith("2"):
        raise OSError(f"Tunnel connection failed: {status or 'no answer'}")
