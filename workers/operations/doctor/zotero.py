"""Zotero: whether the key is good and may write to the library."""

from collections.abc import Iterator

from workers.library.zotero import Zotero, ZoteroFailed, ZoteroRefused, configured
from workers.operations.doctor.findings import Finding
from workers.settings import Settings

PART = "Zotero"

KEYS = "zotero.org/settings/keys"


def zotero(settings: Settings) -> Iterator[Finding]:
    """One finding for the settings, or one each for the key and the library."""
    key = bool(settings.zotero_api_key.get_secret_value())
    if not configured(settings):
        if not key and not settings.zotero_library:
            yield Finding(PART, "key", "off", "ZOTERO_API_KEY and ZOTERO_LIBRARY are not set")
        elif key:
            yield Finding(PART, "ZOTERO_LIBRARY", "fail", "is not set", "set users/<number> or groups/<number>.")
        else:
            yield Finding(PART, "ZOTERO_API_KEY", "fail", "is not set", f"make a key at {KEYS}.")
        return
    try:
        with Zotero(settings) as library:
            told = library.key()
            yield Finding(PART, "key", "ok", "Zotero knows it")
            yield _rights(settings.zotero_library, told)
            library.newest()
            yield Finding(PART, "items", "ok", f"the items of {settings.zotero_library} can be read")
    except (ZoteroFailed, ZoteroRefused) as error:
        todo = {
            "key": f"make a new key at {KEYS}.",
            "rights": f"let the key read and write the library at {KEYS}.",
            "library": "correct ZOTERO_LIBRARY.",
        }
        said = f"{str(error).rstrip('.')} ({error.said})" if error.said else str(error).rstrip(".")
        yield Finding(PART, "request", "fail", said, todo.get(error.kind, "try again, or see to ZOTERO_API_URL."))


def _rights(library: str, told: dict[str, object]) -> Finding:
    """Whether the key may write there, by what Zotero tells of it."""
    kind, _, number = library.partition("/")
    access = told.get("access")
    access = access if isinstance(access, dict) else {}
    if kind == "users" and str(told.get("userID")) != number:
        todo = f"set ZOTERO_LIBRARY=users/{told.get('userID')}, or a group."
        return Finding(PART, "library", "fail", f"the key is not of {library}", todo)
    groups = access.get("groups")
    groups = groups if isinstance(groups, dict) else {}
    rights = access.get("user") if kind == "users" else groups.get(number) or groups.get("all")
    rights = rights if isinstance(rights, dict) else {}
    if not rights.get("write"):
        todo = f"give it write access at {KEYS}."
        return Finding(PART, "library", "fail", f"the key may not write to {library}", todo)
    return Finding(PART, "library", "ok", f"the key may write to {library}")
