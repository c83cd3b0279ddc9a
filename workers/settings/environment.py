"""Reads `.env`, environment variables and certificates, and their faults.

All of it is looked at once, before any client is built: what a library would stumble over is a sentence of ours.
"""

import difflib
import io
import os
import re
import ssl
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment

from dotenv.parser import parse_stream
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

from workers.errors import BadSetting

AROUND = " \t\r\n\f\v\u00a0\u200b\u200c\u200d\u2060\u3000\ufeff"
"""What copying, Windows editors and word processors leave around a value and nobody sees."""

QUOTES = ("''", '""', "“”", "‘’")
"""Pairs that `docker --env-file` and systemd leave around a value, or that a word processor made of plain ones."""

UTF16 = (b"\xff\xfe", b"\xfe\xff")
"""How a file begins that Windows calls "Unicode"."""

PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")
"""Kinds of proxies that can be spoken to; `socks` is taken for `socks5`."""

FILES: dict[str, Path] = {}
"""Secrets that were read from a file -> that file, which may change: a password is renewed."""

LIKENESS = 0.8
"""From which a name in `.env` is taken for a misspelt setting (difflib's ratio)."""


def cleaned(value: str) -> str:
    """Strip `value` of unseen characters and quotation marks around it."""
    value = value.strip(AROUND)
    while len(value) >= 2 and value[0] + value[-1] in QUOTES:
        value = value[1:-1].strip(AROUND)
    return value


def proxies() -> dict[str, str]:
    """Return scheme -> the proxy that the environment names for it, cleaned.

    Schemes are `http`, `https`, `all`.
    """
    found = {name: cleaned(value) for name, value in getproxies_environment().items()}
    return {name: value for name, value in found.items() if value and name in ("http", "https", "all")}


def proxy_address(value: str) -> str:
    """Return the address of a proxy as every client takes it.

    ValueError says what is wrong with it, never its value.
    """
    scheme, mark, rest = value.partition("://")
    scheme, rest = (scheme.lower(), rest) if mark else ("http", value)
    scheme = "socks5" if scheme == "socks" else scheme  # as GNOME writes it
    if scheme not in PROXY_SCHEMES:
        raise ValueError(f"must begin with http:// or socks5://, not with {scheme[:20]}://")
    url = f"{scheme}://{rest}"
    try:
        parts = urlsplit(url)
        good = bool(parts.hostname) and parts.port != 0 and not parts.path.strip("/") and not parts.query
        good = good and not re.search(r"\s", url)
    except ValueError:
        good = False
    if not good:
        raise ValueError("must be an address such as http://host:8080, signs in its password written as %40")
    return url.rstrip("/")


def plain_address(value: str) -> bool:
    """True for a URL without a user name, with a port that there can be if it has one."""
    try:
        parts = urlsplit(value)
        return bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return False


def passwords(url: str) -> list[str]:
    """Return the passwords in a URL, as they stand and decoded.

    They stand before the host, or in `…password=` of a Redis.
    """
    _, mark, rest = url.partition("://")
    rest = rest if mark else url
    user = rest.partition("?")[0].rpartition("@")[0]
    raw = [user.partition(":")[2], *re.findall(r"[?&](?:\w+_)?password=([^&#]*)", rest)]
    return [form for word in raw if word for form in dict.fromkeys((word, unquote(word)))]


class Cleaned(PydanticBaseSettingsSource):
    """What another source gives, without quotation marks and blanks around it.

    What is then empty is not set.
    """

    def __init__(self, settings_cls: type[BaseSettings], source: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self.source = source

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """As the other source gives it."""
        return self.source.get_field_value(field, field_name)

    def __call__(self) -> dict[str, Any]:
        """All values, cleaned."""
        found = {name: cleaned(value) if isinstance(value, str) else value for name, value in self.source().items()}
        return {name: value for name, value in found.items() if value != ""}


class SecretFiles(PydanticBaseSettingsSource):
    """Reads `NAME_FILE` for every secret NAME, as the environment or `.env` names it.

    A NAME given there wins.
    """

    def __init__(self, settings_cls: type[BaseSettings], named_by: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self.names = named_by.env_vars if isinstance(named_by, EnvSettingsSource) else {}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """What stands in the file of one secret."""
        path = cleaned(self.names.get(f"{field_name}_file") or "")
        if field.annotation is not SecretStr or not path:
            return None, field_name, False
        FILES[field_name.upper()] = Path(path)
        return secret_file(field_name.upper(), Path(path)), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All secrets that have a file."""
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value}


def secret_file(name: str, path: Path) -> str:
    """Read the file of the secret `name`.

    BadSetting where it cannot be read.
    """
    try:
        return cleaned(path.read_text(encoding="utf-8"))
    except OSError as error:
        why = error.strerror
    except UnicodeDecodeError:
        why = "it is not UTF-8"
    raise BadSetting(f"{name}_FILE cannot be read ({why}): point it to a readable file.") from None


def problems(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Say which variables of the environment would keep a client from being built.

    One sentence for each.
    """
    found = list(_certificates(environ))
    for scheme, value in proxies().items():
        try:
            proxy_address(value)
        except ValueError as error:
            found.append(f"{scheme.upper()}_PROXY is not usable: {error}.")
    return found


def env_file(path: Path) -> list[str]:
    """Say what keeps the file of settings from being read, a sentence for each.

    Empty where the file is absent or good.
    """
    if path.is_dir():
        return [f"{path.name} is a folder: put a file in its place (Docker makes a folder of a missing file)."]
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        return [f"{path.name} cannot be read ({error.strerror}): make it readable for the user that runs Paperboy."]
    if raw.startswith(UTF16) or b"\0" in raw:
        return [f"{path.name} is written in UTF-16 or is no text: save it as UTF-8."]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        begun = raw[: error.start].rpartition(b"\n")[2].decode("ascii", "replace")
        name = begun.partition("=")[0].strip() if "=" in begun else ""
        what = f"{name} in {path.name}" if name else path.name
        return [f"{what} is not UTF-8 (line {line}): save the file as UTF-8."]
    bad = [b.original for b in parse_stream(io.StringIO(text)) if b.error]
    lines = [one.line + len(one.string) - len(one.string.lstrip("\r\n")) for one in bad]
    return [f"{path.name} cannot be read in line {line}: write NAME=value, quotation marks in pairs." for line in lines]


def names(path: Path) -> list[str]:
    """The names that the file sets; none where it cannot be read."""
    try:
        found = parse_stream(io.StringIO(path.read_text(encoding="utf-8-sig")))
        return [one.key for one in found if one.key]
    except (OSError, UnicodeDecodeError):
        return []


def strangers(path: Path, known: Iterable[str]) -> dict[str, str]:
    """Return names in the file that are no settings -> the one that was meant.

    Only those that look like a setting.
    """
    settings, told = [n.upper() for n in known], {}
    secret = {f"{name}_FILE" for name in settings}
    for key in names(path):
        if key.upper() in settings or key.upper() in secret:
            continue
        near = [n for n in settings if _shortened(key, n)]
        near = near or difflib.get_close_matches(key.upper(), settings, 1, LIKENESS)
        if near:
            told[key] = near[0]
    return told


def _shortened(key: str, name: str) -> bool:
    """Tell whether every word of `key` stands in `name`, in order.

    SLACK_TOKEN for SLACK_BOT_TOKEN.
    """
    rest = iter(name.split("_"))
    words = key.upper().split("_")
    return len(words) > 1 and all(word in rest for word in words)


def _certificates(environ: Mapping[str, str]) -> Iterator[str]:
    """Say what is wrong with `SSL_CERT_FILE` and `SSL_CERT_DIR`.

    A sentence for each that names nothing that can be used.
    """
    file, folders = environ.get("SSL_CERT_FILE", ""), environ.get("SSL_CERT_DIR", "")
    if file:
        try:
            ssl.create_default_context(cafile=file)
        except OSError as error:
            why = "holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
            yield f"SSL_CERT_FILE names a file that cannot be used ({why}): correct it, or unset it."
    usable = [one for one in folders.split(os.pathsep) if Path(one).is_dir() and os.access(one, os.R_OK | os.X_OK)]
    if folders and not usable:
        yield "SSL_CERT_DIR names no folder that can be read: correct it, or unset it."
