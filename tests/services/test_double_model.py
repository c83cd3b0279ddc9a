"""The model double refuses what the real service refuses.

Speaks to the real SDK.
"""

import json
import urllib.error
import urllib.request

import anthropic
import pytest

from tests.doubles.model import ModelDouble

SCHEMA = {"type": "object", "properties": {"score": {"type": "integer"}}, "additionalProperties": False}
HELLO = [{"role": "user", "content": "hello"}]


@pytest.fixture
def double():
    with ModelDouble() as running:
        yield running


@pytest.fixture
def client(double):
    with anthropic.Anthropic(api_key=double.key, base_url=double.url, max_retries=0, open_telemetry=False) as made:
        yield made


def ask(client, **changes):
    return client.messages.create(**{"model": "claude-haiku-5-5", "max_tokens": 100, "messages": HELLO, **changes})


def test_it_answers_the_sdk(double, client):
    message = ask(client)
    assert message.stop_reason == "end_turn" and message.usage.input_tokens > 0 and message._request_id
    assert double.prompts[0].user == "hello"


def test_it_streams(client):
    with client.messages.stream(model="claude-haiku-5-5", max_tokens=100, messages=HELLO) as stream:
        assert stream.get_final_text() == "I can only say what the text says."


def test_it_counts_and_describes(client):
    assert client.messages.count_tokens(model="claude-haiku-5-5", messages=HELLO).input_tokens > 1
    assert client.models.retrieve("claude-haiku-5-5").lifecycle == "active"
    with pytest.raises(anthropic.NotFoundError):
        client.models.retrieve("gpt-x")


def test_a_wrong_key_is_a_real_error(double):
    stranger = anthropic.Anthropic(api_key="other", base_url=double.url, max_retries=0)
    with stranger, pytest.raises(anthropic.AuthenticationError) as caught:
        ask(stranger)
    assert caught.value.type == "authentication_error" and caught.value.request_id


@pytest.mark.parametrize(
    "changes",
    [
        {"extra_body": {"temperature": 0}},
        {"extra_body": {"top_k": 1}},
        {"extra_body": {"output_format": {}}},
        {"tools": [{"name": "t", "input_schema": {"type": "object"}}], "tool_choice": {"type": "any"}},
        {"model": "claude-sonnet-5-5", "thinking": {"type": "disabled"}},
        {"thinking": {"type": "enabled", "budget_tokens": 1024}},
        {"output_config": {"effort": "tiny"}},
        {"output_config": {"format": {"type": "json_schema", "schema": {**SCHEMA, "additionalProperties": True}}}},
        {"output_config": {"format": {"type": "json_schema", "schema": {"type": "integer", "maximum": 100}}}},
        {"messages": [*HELLO, {"role": "assistant", "content": "{"}]},
    ],
)
def test_what_the_service_refuses_is_a_400(client, changes):
    with pytest.raises(anthropic.BadRequestError) as caught:
        ask(client, **changes)
    assert caught.value.type == "invalid_request_error"


def test_headers_and_max_tokens_are_required(double):
    def post(headers, body):
        request = urllib.request.Request(f"{double.url}/v1/messages", json.dumps(body).encode(), headers)
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        with caught.value as reply:
            return json.load(reply)["error"]["message"]

    key = {"authorization": f"Bearer {double.key}"}
    assert "anthropic-version" in post(key, {"model": "claude-haiku-5-5", "messages": HELLO})
    version = {**key, "anthropic-version": "2026-10-21"}
    assert "max_tokens" in post(version, {"model": "claude-haiku-5-5", "messages": HELLO})


def test_spend_limits_look_like_rate_limits(double, client):
    double.fail("quota")
    with pytest.raises(anthropic.RateLimitError) as caught:
        ask(client)
    assert caught.value.error_code == "enforced_spend_limit_reached"
    double.fail("rate_limit", retry_after=7)
    with pytest.raises(anthropic.RateLimitError) as caught:
        ask(client)
    assert caught.value.error_code is None and caught.value.response.headers["retry-after"] == "7"


def test_a_long_marked_prompt_is_cached(client):
    system = [{"type": "text", "text": "rules " * 600, "cache_control": {"type": "ephemeral"}}]
    first, second = ask(client, system=system).usage, ask(client, system=system).usage
    assert first.cache_creation_input_tokens > 512 and first.cache_read_input_tokens == 0
    assert second.cache_read_input_tokens == first.cache_creation_input_tokens
