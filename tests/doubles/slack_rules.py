"""What Slack refuses in a message: one pure function over the fields of a call.

The error codes are those of docs.slack.dev for chat.postMessage; the two limits that the reference does not give
(text of all blocks, text of a stream) come from reports and say so.
"""

import json
from typing import Any

from tests.doubles.slack_blocks import MAX_MARKDOWN, check_blocks, check_view
from tests.doubles.slack_rich import text_length

MAX_TEXT = 40_000
"""Characters of `text` (docs.slack.dev chat.postMessage). The service cuts longer text or answers msg_too_long; the
double always refuses, because a silent cut is the worse bug."""

MAX_BLOCKS = 50
"""Blocks of one message (docs.slack.dev)."""

MAX_BLOCK_TEXT = 12_000
"""Characters over all blocks of a message. Undocumented: "12,000 text characters with a buffer for block containers"
(slackapi/bolt-js#2509). One sender was refused at 11,341 with many rich_text containers (#2867): aim well below."""

MAX_STREAM_TEXT = 12_000
"""Characters over one streamed message, all appends together (reported: CopilotKit 6064 lost text after 11,977)."""


def parsed(value: Any) -> Any:
    """A field that may arrive as JSON text (forms) or as JSON (bodies).

    ValueError on broken JSON.
    """
    return json.loads(value) if isinstance(value, str) else value


def check_metadata(metadata: Any) -> str | None:
    """Error code for message metadata, or None.

    `{"event_type": str, "event_payload": object}` is right, with `entities` or without.
    """
    try:
        metadata = parsed(metadata)
    except ValueError:
        return "invalid_metadata_format"
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        return "invalid_metadata_format"
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        return "invalid_metadata_format"
    return None


def explain(fields: dict[str, Any]) -> tuple[str | None, list[str]]:
    """(error code or None, details) for the content of a chat.postMessage call."""
    text, markdown = fields.get("text"), fields.get("markdown_text")
    try:
        blocks = parsed(fields.get("blocks"))
    except ValueError:
        return "invalid_blocks_format", []
    if text is not None and not isinstance(text, str):
        return "invalid_arguments", ["must provide a string [json-pointer:/text]"]
    if blocks is not None and not isinstance(blocks, list):
        return "invalid_blocks_format", []
    if markdown is not None:
        if text or blocks:
            return "markdown_text_conflict", []
        if len(markdown) > MAX_MARKDOWN:
            return "msg_too_long", []
    if not (text or "").strip() and not blocks and not (markdown or "").strip():
        return "no_text", []
    if len(text or "") > MAX_TEXT:
        return "msg_too_long", []
    if blocks:
        problems = check_blocks(blocks, MAX_BLOCKS)
        if problems:
            return "invalid_blocks", problems
        if text_length(blocks) > MAX_BLOCK_TEXT:
            return "msg_blocks_too_long", []
    if fields.get("metadata") is not None:
        return check_metadata(fields["metadata"]), []
    return None, []


def check_message(fields: dict[str, Any]) -> str | None:
    """Slack's error code for the content of a message, or None when it is good."""
    return explain(fields)[0]


def explain_view(view: Any) -> tuple[str | None, list[str]]:
    """(error code or None, details) for a modal or Home tab."""
    try:
        view = parsed(view)
    except ValueError:
        return "invalid_arguments", ["must be valid JSON [json-pointer:/view]"]
    problems = check_view(view)
    return ("invalid_arguments", problems) if problems else (None, [])
