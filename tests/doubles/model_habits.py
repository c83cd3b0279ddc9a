"""Habits of model servers that are not the vendor's.

Thoughts in the text, streams that leave things out.

A server with a habit sends no `request-id`: only the vendor does.
"""

import json
from collections.abc import Callable
from typing import Any

DRAFT = 'SECRET-REASONING: a draft would be {"score": 12, "why": "draft only", "matched": []}. Hmm, no.'
"""What is thought before the answer: JSON that fits, with a lower score."""

THOUGHTS: dict[str, str] = {
    "think": "<think>{thought}</think>\n{answer}",
    "thinking": "<thinking>{thought}</thinking>\n{answer}",
    "reasoning": "<reasoning>{thought}</reasoning>{answer}",
    "closing mark only": "{thought}\n</think>\n\n{answer}",
    "two blocks": "<think>{thought}</think>Let me see.<think>{thought}</think>{answer}",
    "two closing marks": "{thought}</think>{thought}</think>{answer}",
    "channels": "<|channel|>analysis<|message|>{thought}<|end|><|start|>assistant<|channel|>final<|message|>{answer}",
    "three channels": "<|channel|>analysis<|message|>{thought}<|end|><|start|>assistant<|channel|>commentary<|message|>"
    "{thought}<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>{answer}<|return|>",
    "channels without marks": "analysisThe user asks. {thought}assistantfinal{answer}",
    "channel tokens": "<|channel>thought\n{thought}<channel|>{answer}",
    "square brackets": "[THINK]{thought}[/THINK]{answer}",
    "triangles": "◁think▷{thought}◁/think▷{answer}",
    "begin and end tokens": "<|begin_of_thought|>{thought}<|end_of_thought|><|begin_of_solution|>{answer}",
    "start and end tokens": "<|START_THINKING|>{thought}<|END_THINKING|><|START_RESPONSE|>{answer}<|END_RESPONSE|>",
    "wide bars": "<｜think｜>{thought}<｜end▁of▁thinking｜>{answer}",
    "unused tokens": "<unused94>thought\n{thought}<unused95>{answer}",
    "a name before": "<seed:think>{thought}</seed:think>{answer}",
    "a name behind": "<reasoning_content>{thought}</reasoning_content>{answer}",
    "capitals and spaces": "< Think >{thought}</ THINK >{answer}",
    "escaped": "&lt;think&gt;{thought}&lt;/think&gt;{answer}",
    "invisible": "<th\u200bink>{thought}</th\u200bink>{answer}",
    "folded": '<details type="reasoning" done="true">\n<summary>Thought</summary>{thought}</details>\n{answer}',
    "fenced": "```thinking\n{thought}\n```\n{answer}",
    "answer tags": "{thought}\n<answer>{answer}</answer>",
    "headings": "## Reasoning\n{thought}\n\n## Final answer\n{answer}",
    "words": "Here is my thought process:\n{thought}\n\nHere is my response:\n{answer}",
    "chinese tags": "<思考>{thought}</思考>{answer}",
    "chinese brackets": "【思考】{thought}【/思考】{answer}",
    "chinese headings": "【思考过程】\n{thought}\n【回答】\n{answer}",
    "chinese words": "思考：{thought}\n回答：{answer}",
    "chinese end": "{thought}\n思考结束\n{answer}",
}
"""Name -> how thought and answer stand in one text."""


def thought(habit: str, answer: str) -> str:
    """The answer as a server with this habit sends it."""
    return THOUGHTS[habit].replace("{thought}", DRAFT).replace("{answer}", answer)


Events = list[dict[str, Any]]


def _without(*kinds: str) -> Callable[[Events], Events]:
    return lambda events: [e for e in events if e["type"] not in kinds]


def _no_usage(events: Events) -> Events:
    def bare(event: dict[str, Any]) -> dict[str, Any]:
        event = {k: v for k, v in event.items() if k != "usage"}
        if "message" in event:
            event["message"] = {k: v for k, v in event["message"].items() if k != "usage"}
        return event

    return [bare(e) for e in events]


def _usage_at_the_end(events: Events) -> Events:
    ends = [e for e in events if e["type"] == "message_delta"]
    return [*_no_usage(events)[:-1], {**events[-1], "usage": ends[0]["usage"]}]


def _no_ids(events: Events) -> Events:
    bare = [{k: v for k, v in e.items() if k != "index"} for e in events]
    return [{**e, "message": {"role": "assistant"}} if "message" in e else e for e in bare]


def _unknown(events: Events) -> Events:
    strange: Events = [
        {"type": "server_stats", "tps": 12},
        {"no": "type"},
        {"type": "content_block_hint", "index": "x"},
    ]
    found: Events = []
    for event in events:
        found += [*strange, event]
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "mood_delta", "text": "SECRET"}}
    return [*found[:8], delta, *found[8:]]


def _nulls(events: Events) -> Events:
    usage = {"input_tokens": None, "output_tokens": None}
    start = {**events[0], "message": {**events[0]["message"], "usage": usage}}
    return [start, *({**e, "usage": usage} if e["type"] == "message_delta" else e for e in events[1:])]


STREAMS: dict[str, Callable[[Events], Events]] = {
    "no usage": _no_usage,
    "usage at the end": _usage_at_the_end,
    "null usage": _nulls,
    "unknown events": _unknown,
    "no message_stop": _without("message_stop"),
    "no message_delta": _without("message_delta"),
    "no end at all": _without("message_stop", "message_delta"),
    "no block events": _without("content_block_start", "content_block_stop"),
    "no message_start": _without("message_start"),
    "no ids": _no_ids,
    "nameless": lambda events: events,
    "done": lambda events: events,
    "unstreamed": lambda events: events,
}
"""Name -> the events that such a server sends of those the vendor sends."""


def lines_of(habit: str, event: dict[str, Any]) -> bytes:
    """An event on the wire."""
    name = "" if habit == "nameless" else f"event: {event.get('type', 'message')}\n"
    return f"{name}data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
