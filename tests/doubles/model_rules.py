"""What the Messages API refuses, as the double checks it.

After SDK 2.12's types and the models' documentation.
"""

import re
from typing import Any

_BODY = """
model max_tokens messages system output_config thinking tools tool_choice stream metadata stop_sequences cache_control
service_tier diagnostics inference_geo container speed
"""
BODY_KEYS = frozenset(_BODY.split())

SAMPLING = ("temperature", "top_p", "top_k")
"""Refused by every model of the 5.5 generation."""

EFFORTS = ("low", "medium", "high", "xhigh", "max")


class Refusal(Exception):
    """Our own validation says no."""

    def __init__(
        self, status: int, message: str, code: str | None = None, named: str | None = None, **headers: str
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.named, self.headers = status, message, code, named, headers


def check_model(model: Any, compatible: bool) -> None:
    """404 for a name that no model has; a small server takes any."""
    if not isinstance(model, str) or not (compatible or re.fullmatch(r"claude-[a-z]+-\d[\w-]*", model)):
        raise Refusal(404, f"model: {model}")


def check_body(body: dict[str, Any], compatible: bool) -> None:
    """Raises Refusal for a body that the API would not take.

    A small server looks at the essentials only.
    """
    if not isinstance(body.get("max_tokens"), int) or body["max_tokens"] < 1:
        raise Refusal(400, "max_tokens: Field required")
    check_model(body.get("model"), compatible)
    _check_messages(body.get("messages"))
    if compatible:
        return
    for name in SAMPLING:
        if name in body:
            raise Refusal(400, f"{name}: this model does not accept sampling parameters")
    unknown = body.keys() - BODY_KEYS
    if unknown:
        raise Refusal(400, f"{sorted(unknown)[0]}: Extra inputs are not permitted")
    if (body.get("tool_choice") or {}).get("type") in ("any", "tool"):
        raise Refusal(400, "tool_choice: forcing tool use is not supported by this model")
    _check_system(body.get("system", ""))
    thinking = (body.get("thinking") or {"type": "adaptive"}).get("type")
    if thinking not in ("adaptive", "disabled", "between_tools"):
        raise Refusal(400, "thinking.type: not supported by this model")
    if thinking == "disabled" and not body["model"].startswith("claude-haiku-"):
        raise Refusal(400, "thinking.type: this model's thinking cannot be disabled")
    _check_output(body.get("output_config") or {})


def _check_messages(messages: Any) -> None:
    if not isinstance(messages, list) or not messages:
        raise Refusal(400, "messages: at least one message is required")
    for i, message in enumerate(messages):
        if message.get("role") not in ("user", "assistant") or not message.get("content"):
            raise Refusal(400, f"messages.{i}: role and content are required")
    if messages[-1]["role"] != "user":
        raise Refusal(400, "messages: this model does not support assistant message prefill")


def _check_system(system: Any) -> None:
    if isinstance(system, str):
        return
    allowed = {"type", "text", "cache_control", "citations"}
    if not isinstance(system, list) or any(b.get("type") != "text" or b.keys() - allowed for b in system):
        raise Refusal(400, "system: must be a string or text blocks")


def _check_output(config: dict[str, Any]) -> None:
    if config.keys() - {"effort", "format"}:
        raise Refusal(400, "output_config: Extra inputs are not permitted")
    if config.get("effort", "low") not in EFFORTS:
        raise Refusal(400, "output_config.effort: unknown value")
    if "format" in config:
        if config["format"].get("type") != "json_schema":
            raise Refusal(400, "output_config.format.type: must be json_schema")
        _check_schema(config["format"].get("schema"))


def _check_schema(schema: Any) -> None:
    if not isinstance(schema, dict):
        raise Refusal(400, "output_config.format.schema: Field required")
    for word in ("minimum", "maximum", "minLength", "maxLength", "pattern", "maxItems"):
        if word in schema:
            raise Refusal(400, f"output_config.format.schema: {word} is not supported")
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        raise Refusal(400, "output_config.format.schema: additionalProperties must be false")
    for part in [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]:
        _check_schema(part)
