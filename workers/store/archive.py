"""Writes the Markdown archive, one file a digest, each in one step.

`ARCHIVE_DIR` is a folder, or a store of objects that every machine reaches (`s3://bucket/folder`; also `gs://`, `az://`),
spoken to by obstore (extra `s3`), with the credentials of that service's own environment variables (`AWS_...`).
"""

import os
import re
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from workers import network
from workers.models import Digest
from workers.settings import Settings

MODE = 0o644
"""Rights of the file: a digest is public within the team."""

SAMPLE_MARK = "-sample"

ANSWER_S, GIVE_UP_S, RETRIES = 10, 30, 2
"""Seconds for one answer of an object store and for all tries of one call, and tries after the first: the digest itself
has been posted by then, or waits for nobody."""

ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT")
"""Variables that name another S3 than Amazon's; it may be one without TLS, on this network."""

AMAZON = "https://s3.amazonaws.com"

CODES = {
    "NoSuchBucket": "there is no such bucket",
    "AccessDenied": "the key may not write there",
    "InvalidAccessKeyId": "the key is refused",
    "SignatureDoesNotMatch": "the secret of the key is refused",
}
"""S3's codes of refusals (Amazon S3 API reference, error responses) -> what they mean; others are told as they are."""

KEYLESS = "169.254.169.254"
"""Where the client asks for a key when none is set: Amazon's machines have one of their own."""

PROBE = ".paperboy-doctor"
"""Name of the object that `check` writes: a right to remove objects is not asked for."""


def place(settings: Settings, digest: Digest, *, beside: bool = False) -> str:
    """Where a digest is kept: `<ARCHIVE_DIR>/YYYY-MM-DD-<profile>.md`.

    `beside`: a sample day next to a real digest.
    """
    return f"{settings.archive_dir.rstrip('/')}/{_name(digest, beside)}"


def write(settings: Settings, digest: Digest, text: str, *, beside: bool = False) -> None:
    """Keep the digest. OSError where it cannot be."""
    name = _name(digest, beside)
    if "://" in settings.archive_dir:
        _ask(settings, lambda obstore, store: obstore.put(store, name, text.encode()))
    else:
        _write(Path(settings.archive_dir), name, text)


def exists(settings: Settings, digest: Digest, *, beside: bool = False) -> bool:
    """True if it is kept there."""
    if "://" not in settings.archive_dir:
        return Path(place(settings, digest, beside=beside)).exists()
    try:
        _ask(settings, lambda obstore, store: obstore.head(store, _name(digest, beside)))
    except OSError:
        return False
    return True


def check(settings: Settings) -> None:
    """Write an empty object to the object store, always the same one.

    OSError where that cannot be.
    """
    _ask(settings, lambda obstore, store: obstore.put(store, PROBE, b""))


def _name(digest: Digest, beside: bool) -> str:
    return f"{digest.date.isoformat()}-{digest.profile}{SAMPLE_MARK if beside else ''}.md"


def _ask(settings: Settings, call: Callable[[Any, Any], object]) -> None:
    """Make one call to the object store; every failure is an OSError.

    It names what went wrong, without the store's own words.
    """
    try:
        import obstore
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError:
        raise OSError(0, "the extra `s3` is not installed") from None
    endpoint = next((os.environ[name] for name in ENDPOINTS if os.environ.get(name)), AMAZON)
    proxy = network.proxy(settings, endpoint)
    options: Any = {"timeout": f"{ANSWER_S}s", "connect_timeout": f"{ANSWER_S}s"}
    options |= {"proxy_url": proxy.url} if proxy else {}
    options |= {"allow_http": True} if endpoint.startswith("http:") else {}
    patience: Any = {"max_retries": RETRIES, "retry_timeout": timedelta(seconds=GIVE_UP_S)}
    try:
        call(obstore, from_url(settings.archive_dir, client_options=options, retry_config=patience))
    except (BaseError, ValueError, OSError) as error:
        raise OSError(0, _why(error)) from None


def _why(error: Exception) -> str:
    """What an object store's error means.

    Its words hold the whole request, so only its code is taken.
    """
    words = str(error)
    code = re.search(r"<Code>(\w{1,40})</Code>", words)
    if code:
        return CODES.get(code[1], code[1])
    if KEYLESS in words:
        return "no key is set"
    return "nothing answers there" if "error sending request" in words else type(error).__name__


def _write(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(made).chmod(MODE)
        Path(made).replace(folder / name)
    except OSError:
        Path(made).unlink(missing_ok=True)
        raise
