"""Classifies failed model calls, and keeps the service's own words.

A class is given only where status, code or words say so plainly. Everything else is `rejected` with the words quoted:
whoever runs the bot reads them, and nobody guesses.
"""

import html
import logging
import re
import time
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from workers.errors import ModelDeclined, ModelFailed
from workers.logs import MASK, SECRET_SHAPES, UNSAFE

log = logging.getLogger(__name__)

WAIT_CAP_S = 20.0
"""Longest Retry-After, in seconds, that is waited for inside a call; beyond it the run goes on without the model."""

PATIENCE_S = 120.0
"""The same for a scheduled digest, which nobody sits waiting for."""

SAID_MAX = 200
"""Characters of a service's own words that are kept."""

SPENT_CODES = frozenset(
    {
        "enforced_spend_limit_reached",
        "contract_spend_limit_reached",
        "linked_organization_spend_limit_reached",
        "linked_organization_billing_unavailable",
        "organization_on_hold",
    }
)
"""`error_code`s that no waiting within the day cures (SDK 2.12, types/shared)."""

FATAL = frozenset({"quota", "credit", "auth", "not_found", "region", "gateway", "forbidden"})
"""Classes after which every further call of the run would fail alike."""

_WORDS = {
    "quota": (
        r"(?:usage|spend(?:ing)?) limits?\b.{0,60}\b(?:reached|exceeded|regain)"
        r"|reached your\b.{0,30}\b(?:usage|spend)"
    ),
    "credit": (
        r"credit balance|balance is (?:too low|insufficient|not enough)|arrearage|billing_not_active"
        r"|requires? more credits|can only afford|insufficient[_ -](?:account[_ -])?(?:balance|credits?|funds|quota)"
        r"|(?:purchase|buy|add|no|out of)(?: more)? credits|exceeded your current quota"
        r"|account.{0,20}(?:arrears|overdue)|余额不足|欠费|账户余额"
    ),
    "too_long": (
        r"(?:prompt|input|request|message|context|conversation)s?\b.{0,60}\b(?:too (?:long|large)|exceed)"
        r"|exceeds?\b.{0,60}\b(?:context|max_?(?:model|seq)|token limit|maximum.{0,20}(?:length|tokens))"
        r"|maximum (?:context|prompt|input|model) length|context[_ ](?:length|window|size)[_ ]?(?:of|is|exceed|limit)"
        r"|context_length_exceeded|too many (?:input |prompt )?tokens|(?:n_ctx|context shift|context overflow)"
        r"|larger than the (?:max|context)|reduce the length of|max_new_tokens.{0,20} must be <=?"
        r"|(?:上下文|输入|提示词?).{0,20}(?:过长|超出|超过|太长)"
    ),
    "region": (
        r"(?:region|countr(?:y|ies)|location|territor(?:y|ies))\b.{0,60}\b"
        r"(?:unsupported|unavailable|restricted|blocked|not (?:\w+ )?(?:supported|available|allowed|permitted))"
        r"|(?:not|n't) (?:\w+ ){0,3}(?:supported|available|allowed|offered|served) (?:\w+ ){0,4}"
        r"(?:region|countr|location)|unsupported[_ ](?:country|region)"
        r"|not (?:available|supported|allowed) in your|sanction|地区|所在国家"
    ),
    "filtered": (
        r"content[_ ](?:filter|policy|management|moderation|safety)|contentfilter|responsible ?ai"
        r"|(?:blocked|flagged|rejected|stopped)\b.{0,40}\b(?:safety|moderation|unsafe|harmful|usage polic)"
        r"|data_?inspection|moderation|inappropriate content|内容(?:安全|审核|过滤|违规)|敏感|违规"
    ),
    "not_found": (
        r"model\b.{0,120}\b(?:not (?:be )?(?:found|exist|available|loaded|installed|served)|does(?: not|n't) exist"
        r"|unavailable|unknown|invalid|no longer)|(?:no such|unknown|invalid|unrecognized|unsupported) model"
        r"|not a valid model|(?:no|not|n't)(?: have)? (?:access to|serve)\b.{0,20}\bmodel|model_not_found"
        r"|on-demand throughput isn't supported|模型.{0,20}(?:不存在|未找到|不支持)"
    ),
    "auth": (
        r"(?:invalid|incorrect|missing|expired|revoked|wrong|bad|no)\b.{0,30}\b"
        r"(?:api[ _-]?keys?|(?:bearer|access|security) token)"
        r"|(?:api[ _-]?keys?|(?:bearer|access|security) token)\b.{0,40}\b"
        r"(?:invalid|required|missing|expired|incorrect|not valid)|authenticat|unauthori[sz]ed|invalid_api_key"
        r"|(?:organi[sz]ation|account|workspace)\b.{0,20}\b(?:disabled|suspended|deactivated)"
    ),
}
"""Class -> words of vendors and servers that say so plainly; the first that is found counts."""

_FOUND = {kind: re.compile(words, re.IGNORECASE | re.DOTALL) for kind, words in _WORDS.items()}

_PAGE = re.compile(r"\s*(?:\ufeff)?<(?:!doctype|html|head|body|\?xml|title|h1|center)\b", re.IGNORECASE)


class Failure(Exception):
    """One failed call.

    It has its class, whether every further call fails alike, whether to try again and after how long.
    `said`: the service's own words, masked and cut; '' where it had none.
    """

    stopped = False
    """True where no call was made, for an earlier one ended the run's calls."""

    def __init__(
        self, kind: str, *, fatal: bool = False, again: bool = True, wait: float = 0.0, said: str = ""
    ) -> None:
        super().__init__(kind)
        self.kind, self.fatal, self.retry, self.wait, self.said = kind, fatal, again, wait, said


class TooLarge(Exception):
    """The reply has more bytes than any answer needs."""


def public(failure: Failure) -> ModelFailed | ModelDeclined:
    """The failure as callers know it.

    A filter of the service's declines this paper, not the run.
    """
    if failure.kind == "filtered":
        return ModelDeclined("A filter of the model's service blocked this.", category="content_filter")
    sentence = f"The model could not be asked: {failure.kind}."
    fields = {"kind": failure.kind, "fatal": failure.fatal, "retry_after": failure.wait, "said": failure.said}
    return ModelFailed(sentence, **fields)


def failure_of(error: Exception, secret: str = "") -> Failure:
    """The class of what a call raised; `secret`: the key, which a service may repeat.

    Four types that are not the SDK's own escape from it (httpx2's, JSON's, AssertionError, pydantic's); an error that
    nobody foresaw is logged by class and counts as `failed`.
    """
    import anthropic
    import httpx2

    if isinstance(error, Failure):
        return error
    if isinstance(error, anthropic.APIStatusError):
        return _told(refusal_of(error, secret), error.status_code)
    causes = (error, error.__cause__)
    if isinstance(error, anthropic.APITimeoutError) or any(isinstance(c, httpx2.TimeoutException) for c in causes):
        connecting = any(isinstance(c, httpx2.ConnectTimeout) for c in causes)
        return Failure("connection" if connecting else "timeout")
    if any(isinstance(c, TooLarge | ValueError | AssertionError | ValidationError) for c in causes):
        return Failure("invalid")
    if isinstance(error, anthropic.APIConnectionError | httpx2.HTTPError):
        return Failure("connection")
    if isinstance(error, anthropic.APIError):
        return Failure("invalid")
    log.warning("model_call_unforeseen", extra={"error": type(error).__name__})
    return Failure("failed", again=False)


def _told(failure: Failure, status: int) -> Failure:
    if failure.said and failure.kind not in ("rate_limited", "overloaded"):
        about = {"error": failure.kind, "status": status, "said": f"“{failure.said}”"}
        log.warning("model_refused", extra=about)
    return failure


def refusal_of(error: Any, secret: str = "") -> Failure:
    """The class of an answer that is no success, or of an error inside a stream."""
    status, code, headers = error.status_code, error.error_code, error.response.headers
    if 300 <= status < 400:
        return Failure("not_found", fatal=True, again=False, said=_moved(status, headers.get("location", "")))
    raw = _body(error)
    page = bool(_PAGE.match(raw)) or "text/html" in headers.get("content-type", "")
    said = masked(_title(raw) if page else error.api_message or _message(error.body) or raw, secret)
    if code in SPENT_CODES:
        return Failure("quota", fatal=True, again=False, said=said)
    if status in (408, 409) or status >= 500 or error.type == "overloaded_error":
        wait = retry_after(headers)
        return Failure("overloaded", again=wait <= PATIENCE_S, wait=wait, said=said)
    kind = kind_of(status, str(error.type or ""), said, codes_of(error.body), page=page)
    if kind == "rate_limited":
        wait = retry_after(headers)
        stay = headers.get("x-should-retry") == "false"
        return Failure(kind, again=wait <= PATIENCE_S and not stay, wait=wait, said=said)
    return Failure(kind, fatal=kind in FATAL, again=False, said=said)


def kind_of(status: int, named_type: str, said: str, codes: str = "", *, page: bool) -> str:
    """The class of a refusal (4xx, or an error inside a stream).

    By its status, the type it names, its words and codes. `page`: it came as a web page.
    """
    found = (kind for text in (codes, said) for kind, words in _FOUND.items() if words.search(text))
    named = next(found, "")
    if status == 413 or named_type == "request_too_large":
        return "too_long"
    if status == 429:
        return named if named in ("credit", "quota") else "rate_limited"
    if status == 402:
        return "credit" if named == "credit" else "quota"
    if page and status != 404:
        return "gateway" if status in (401, 403, 407, 451) else "rejected"
    if status == 451 or (
        status == 403 and (named_type == "forbidden" and said.lower().startswith("request not allowed"))
    ):
        return "region"
    if status == 404:
        return "not_found"
    if status == 401:
        return named if named in ("credit", "quota", "region") else "auth"
    if status == 403:
        if named in ("credit", "quota", "region", "filtered", "not_found"):
            return named
        return "auth" if named == "auth" or named_type in ("permission_error", "authentication_error") else "forbidden"
    return named or ("auth" if named_type == "authentication_error" else "rejected")


def masked(text: str, secret: str = "") -> str:
    """A service's words on one line, without secrets, cut to SAID_MAX."""
    line = " ".join(UNSAFE.sub(" ", text).split())
    line = SECRET_SHAPES.sub(MASK, line.replace(secret, MASK) if len(secret) >= MASK_MIN else line)
    line = re.sub(r"(?i)\b(bearer|basic)\s+\S+", rf"\1 {MASK}", line)
    line = re.sub(r"\b(?:sk|pk|key|api|tok)[-_][\w-]{12,}|\beyJ[\w-]{8,}\.[\w.-]+|(//)[^/@\s]+@", rf"\g<1>{MASK}", line)
    return line if len(line) <= SAID_MAX else line[: SAID_MAX - 1].rstrip() + "…"


MASK_MIN = 4
"""Characters from which on the key is looked for in a service's words: shorter ones are in every text."""


def _moved(status: int, location: str) -> str:
    """Where a redirect leads, without what may be secret in it.

    No key is sent after it.
    """
    parts = urlsplit(location)
    where = f"{parts.scheme}://{parts.hostname}" if parts.hostname else parts.path
    return f"HTTP {status}, moved to {where}"[:SAID_MAX]


def _body(error: Any) -> str:
    try:
        return str(error.response.text)
    except Exception:  # noqa: BLE001 - a body that cannot be read has no words
        return ""


def _message(body: Any) -> str:
    """The words of an error that is not shaped as the vendor's.

    `{"error": "…"}`, `{"detail": [{"msg": "…"}]}` and the like.
    """
    while isinstance(body, dict | list):
        if isinstance(body, list):
            body = body[0] if body else ""
            continue
        names = {str(name).lower(): value for name, value in body.items()}
        body = next((names[name] for name in ("error", "errors", "message", "detail", "msg") if names.get(name)), "")
    return body if isinstance(body, str) else ""


def codes_of(body: Any) -> str:
    """The short names that an error gives itself beside its words.

    For example, `insufficient_quota` and `ThrottlingException`.
    """
    inner = body.get("error") if isinstance(body, dict) else None
    found = [one.get(name) for one in (body, inner) if isinstance(one, dict) for name in ("code", "status", "__type")]
    kinds = [inner.get("type")] if isinstance(inner, dict) else []
    return " ".join(code for code in (*found, *kinds) if isinstance(code, str) and code != "authentication_error")


def _title(page: str) -> str:
    found = re.search(r"(?is)<title[^>]*>(.*?)</title>|<h1[^>]*>(.*?)</h1>", page)
    text = next(filter(None, found.groups()), "") if found else page
    return html.unescape(re.sub(r"<[^>]*>", " ", text))


def retry_after(headers: Any) -> float:
    """Seconds that the service asks to wait, 0.0 where it names none that makes sense."""
    raw = headers.get("retry-after-ms")
    try:
        if raw:
            return max(0.0, float(raw) / 1000)
        raw = headers.get("retry-after") or "0"
        if not re.fullmatch(r"\s*[\d.]+\s*", raw):
            return max(0.0, parsedate_to_datetime(raw).timestamp() - time.time())
        return float(raw)
    except (ValueError, TypeError, OverflowError):
        return 0.0
