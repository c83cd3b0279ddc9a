"""What the words, types and statuses of a refusing service mean.

That nothing else is taken for it.
"""

import anthropic
import httpx2
import pytest

from workers.analysis.model.failures import FATAL, SAID_MAX, failure_of, masked
from workers.errors import SERVICE_KINDS
from workers.operations.doctor.model import FAILURES
from workers.operations.incidents import spoken
from workers.words import words

KEY = "my-own-key-123456"
CLIENT = anthropic.Anthropic(api_key=KEY, http_client=httpx2.Client(verify=False))


def refused(status, body, kind="application/json", **headers):
    request = httpx2.Request("POST", "http://127.0.0.1/v1/messages")
    sent = {"json": body} if isinstance(body, dict | list) else {"text": body}
    response = httpx2.Response(status, request=request, headers={**headers}, **sent)
    response.headers["content-type"] = kind
    return failure_of(CLIENT._make_status_error_from_response(response), KEY)


def error(message, named="invalid_request_error"):
    return {"type": "error", "error": {"type": named, "message": message}}


SAID = [
    (400, error("Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing."), "credit"),
    (403, error("Insufficient balance", "x"), "credit"),
    (402, error("Insufficient credits. Add more credits.", "x"), "credit"),
    (429, error("You exceeded your current quota, please check your plan.", "insufficient_quota"), "credit"),
    (400, {"error": {"message": "账户余额不足", "code": "1113"}}, "credit"),
    (400, error("prompt is too long: 212345 tokens > 200000 maximum"), "too_long"),
    (413, error("Request exceeds the maximum size", "request_too_large"), "too_long"),
    (400, error("This model's maximum context length is 8192 tokens. However, you requested 9000."), "too_long"),
    (400, error("the request exceeds the available context size, try increasing it"), "too_long"),
    (400, error("input length and `max_tokens` exceed context limit: 1 + 2 > 3"), "too_long"),
    (400, {"error": "上下文长度超出限制"}, "too_long"),
    (404, error("model: claude-nope", "not_found_error"), "not_found"),
    (400, {"error": 'model "qwen9" not found, try pulling it first'}, "not_found"),
    (400, {"message": "The model `x` does not exist or you do not have access to it."}, "not_found"),
    (400, {"detail": "模型不存在"}, "not_found"),
    (403, error("Request not allowed", "forbidden"), "region"),
    (403, error("Country, region, or territory not supported", "request_forbidden"), "region"),
    (400, error("User location is not supported for the API use."), "region"),
    (451, error("Unavailable", "x"), "region"),
    (400, error("Output blocked by content filtering policy"), "filtered"),
    (400, error("The response was filtered due to the prompt triggering the content management policy"), "filtered"),
    (400, {"error": {"code": "data_inspection_failed", "message": "Input data may contain inappropriate content."}},
     "filtered"),
    (401, error("invalid x-api-key", "authentication_error"), "auth"),
    (403, error("Your API key does not have permission to use this resource", "permission_error"), "auth"),
    (400, error("API key not valid. Please pass a valid API key."), "auth"),
    (403, error("Nothing that anybody foresaw", "x"), "forbidden"),
    (400, error("Nothing that anybody foresaw"), "rejected"),
    (400, error("max_tokens: 900000 > 128000, which is the maximum allowed number of output tokens"), "rejected"),
    (400, error("Invalid number of tokens requested for sampling"), "rejected"),
    (400, error("thinking.type: not supported by this model"), "rejected"),
    (400, error("request blocked by your organization's network policy"), "rejected"),
    (418, {"detail": "I am a teapot"}, "rejected"),
    (429, error("This request would exceed your rate limit", "rate_limit_error"), "rate_limited"),
    (403, {"message": "The security token included in the request is invalid."}, "auth"),
    (403, {"Message": "User: x is not authorized to perform: InvokeModel"}, "forbidden"),
    (403, {"message": "You don't have access to the model with the specified model ID."}, "not_found"),
    (400, {"message": "Invocation of model ID x with on-demand throughput isn't supported."}, "not_found"),
    (400, {"message": "Input is too long for requested model."}, "too_long"),
    (429, {"message": "Too many tokens, please wait before trying again."}, "rate_limited"),
    (403, {"error": {"code": 403, "message": "Denied on resource", "status": "PERMISSION_DENIED"}}, "forbidden"),
    (429, {"error": {"code": 429, "message": "Quota exceeded for requests_per_model.", "status": "RESOURCE_EXHAUSTED"}},
     "rate_limited"),
    (402, {"error": {"message": "This request requires more credits, or fewer max_tokens.", "code": 402}}, "credit"),
    (429, {"error": {"message": "Please check.", "code": "insufficient_quota"}}, "credit"),
    (400, {"error": {"message": "Please shorten it.", "code": "context_length_exceeded"}}, "too_long"),
    (422, {"detail": [{"loc": ["body"], "msg": "`inputs` tokens + `max_new_tokens` must be <= 4096"}]}, "too_long"),
    (422, {"detail": [{"loc": ["body"], "msg": "extra fields not permitted"}]}, "rejected"),
    (400, [{"error": {"message": "a list of one"}}], "rejected"),
    (400, {"error": {"code": "Arrearage", "message": "Access denied."}}, "credit"),
    (401, {"error": {"message": "Your account is not active.", "type": "billing_not_active"}}, "credit"),
    (403, {"code": 30001, "message": "Sorry, your account balance is insufficient"}, "credit"),
    (400, error("This organization has been disabled."), "auth"),
    (400, error("You have reached your specified API usage limits. You will regain access on 2026-12-01."), "quota"),
    (400, {"code": "content_filter", "msg": "No."}, "filtered"),
    (403, {"error": {"message": "The project has not used this API before or it is disabled."}}, "forbidden"),
    (308, "", "not_found"),
    (529, error("Overloaded", "overloaded_error"), "overloaded"),
    (500, error("credit balance is too low"), "overloaded"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "kind"), SAID)
def test_each_refusal_has_its_class_and_keeps_its_words(status, body, kind):
    found = refused(status, body)
    assert (found.kind, found.fatal) == (kind, kind in FATAL)
    assert found.said and found.retry == (kind in ("rate_limited", "overloaded"))


PAGE = "<!DOCTYPE html><html><head><title>403 Forbidden &amp; gone</title></head><body>x</body></html>"


@pytest.mark.parametrize(("status", "kind"), [(403, "gateway"), (401, "gateway"), (407, "gateway"), (404, "not_found"),
                                              (413, "too_long"), (502, "overloaded"), (400, "rejected")])  # fmt: skip
def test_a_page_is_a_gateways(status, kind):
    found = refused(status, PAGE, "text/html")
    assert (found.kind, found.said) == (kind, "403 Forbidden & gone")


@pytest.mark.parametrize(
    "said",
    [f"key {KEY} is wrong", "Bearer abcdef is wrong", "sk-ant-api03-abcdefghijkl is wrong", "https://me:pass@host no",
     "token eyJhbGciOiJIUzI1.abc.def no", "key-abcdefghijklmnop no"],
)  # fmt: skip
def test_no_secret_is_quoted(said):
    shown = refused(400, error(said)).said
    assert "***" in shown and not any(w in shown for w in (KEY, "abcdef", "pass@", "eyJ"))


def test_words_are_one_line_and_cut():
    assert masked("a\n\u202eb\x1b[1m `c`") == "a b [1m `c`"
    assert len(masked("word " * 900)) <= SAID_MAX


def test_every_class_says_what_to_do():
    for kind in SERVICE_KINDS | {"too_long", "filtered"}:
        what, todo = FAILURES[kind]
        assert what and todo
    for language in ("en", "zh"):
        w = words(language)
        cures = {spoken(w, "model", {"error": kind})["cure"] for kind in SERVICE_KINDS}
        assert len(cures) == len(SERVICE_KINDS) and w.cure_model_other not in cures
        line = w.say("op_model", **spoken(w, "model", {"error": "rejected", "said": "no such thing"}))
        assert "“no such thing”" in line
