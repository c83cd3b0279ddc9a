"""The promises.

Number, what is promised in one line, and the weaker form where a platform allows no more.

A test keeps promise 7 when its name begins with `test_07_`; `tests/promises/table.py` makes docs/promises.md
of these.
"""

from dataclasses import dataclass

GROUPS = {
    "A": "Delivery",
    "B": "Pace and refusals",
    "C": "Coming in",
    "D": "Fetching from strangers",
    "E": "The model",
    "F": "Secrets and operations",
    "G": "Outages",
}


@dataclass(frozen=True)
class Promise:
    """One property that a test keeps."""

    number: int
    group: str
    says: str
    weaker: str = ""
    """What is promised instead where no code can keep it whole."""


PROMISES = {
    number: Promise(number, group, says, weaker)
    for number, group, says, weaker in (
        (1, "A", "A worker killed at any Redis command or HTTP phase: every message once, in order",
         "Telegram cannot be asked: at most once, a missing one is `uncertain`"),
        (2, "A", "A post that hangs while its worker dies and is accepted late: one copy", ""),
        (3, "A", "Two workers given the same job: nothing doubled, nothing lost", ""),
        (4, "A", "One digest per channel and local day, whatever clocks and schedulers do", ""),
        (5, "A", "A reply that is lost: Slack is looked up, Telegram never sent again blindly",
         "Telegram cannot be asked: the message is `uncertain`"),
        (6, "A", "A digest that fails in the middle goes on there, in order", ""),
        (7, "A", "Redis killed and restarted: no digest lost, none repeated; people are told at once", ""),
        (8, "A", "A killed worker's task starts again within 120 s", ""),
        (9, "A", "SIGTERM: gone within 25 s, nothing half recorded, the work goes on", ""),
        (10, "A", "A job that always crashes is parked after 5 attempts; others do not wait", ""),
        (11, "B", "After a 429 the channel rests as long as asked, the others go on", ""),
        (12, "B", "Never faster than Slack and Telegram allow, over all workers", ""),
        (13, "B", "Failures that may pass are tried with jitter for as long as it is of use, refusals once", ""),
        (14, "B", "A chat that is closed to us is paused, looked at now and then, and told of once", ""),
        (15, "B", "A group that moved gets its digest at the new address, once", ""),
        (16, "B", "Whatever is written fits the platforms' limits, with sound markup", ""),
        (17, "C", "Every request is acknowledged within a second, or the person is told at once",
         "An acknowledgement waits for Redis to have it: 300 ms only where Redis answers in less"),
        (18, "C", "Only requests that Slack has signed get in", ""),
        (19, "C", "An event that is delivered again is handled once", ""),
        (20, "C", "Only requests with Telegram's secret get in", ""),
        (21, "C", "Every Telegram update is handled once, wherever the poller is killed", ""),
        (22, "C", "Oversized and dripping requests are cut off", ""),
        (23, "C", "Who may not ask changes nothing", ""),
        (24, "C", "A flood from one person slows nobody else", ""),
        (25, "D", "No link makes the bot reach an inner address", ""),
        (26, "D", "Replies are bounded in size and time, decompressed bytes counted", ""),
        (27, "D", "Hostile XML is refused or harmless", ""),
        (28, "D", "Sources are asked politely: validators, one request at a time, a contact", ""),
        (29, "D", "One bad source costs its own papers only, and is named", ""),
        (30, "E", "A model that obeys an attacker can post nothing harmful", ""),
        (31, "E", "Calls, tokens and money are capped; past the cap the digest still goes out",
         "24,000 characters and 30 s are a score's; a full text has 80,000 tokens and 120 s"),
        (32, "E", "Garbage from the model never stops a digest", ""),
        (33, "E", "What the model has answered is not bought twice", ""),
        (34, "F", "No secret in any output, log, record, post or prompt", ""),
        (35, "F", "A bad setting stops at once, by name; every record has an end", ""),
        (36, "F", "A digest that is late is told of once; failures are traceable without anybody's text", ""),
        (37, "G", "Slack away for 3 h: everything goes out once and in order when it is back", ""),
        (38, "G", "Telegram away for 3 h: the same",
         "A message whose answer was lost, not refused, is shown to the operator"),
        (39, "G", "What a place refuses waits for it, whole; who asked is told; else its papers come again", ""),
        (40, "G", "A refusal that nobody knows ends no message, and is quoted to the operator", ""),
        (41, "G", "A Redis that takes no writes for a while costs nothing", ""),
        (42, "G", "People are answered while the clock is away", ""),
        (43, "G", "The embedded server comes back whenever it is killed", ""),
        (44, "G", "The primary of a Sentinel set is killed in the middle of a digest: each message once",
         "A primary answers before its replica has a write: one killed in that millisecond takes it along"),
        (45, "G", "Two versions on one Redis: a task that only the newer one knows is left to it, told of once", ""),
        (46, "G", "The model overloaded for 2 h: the digest on time, each question answered, all written up later", ""),
        (47, "G", "A list that is yesterday's till noon: told, nothing twice, the right one the same day", ""),
    )
}  # fmt: skip
