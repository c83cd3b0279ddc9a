"""The data of tasks in the ledger, one shape for each kind.

They are stored as JSON and outlive a version: fields are added as `NotRequired`, and none is renamed or taken away.
"""

from typing import Any, NotRequired, TypedDict


class DigestData(TypedDict):
    """`digest`, `digest-now`: what to make for whom."""

    channel: str
    profile: str
    day: str
    """Local date of the digest, as ISO 8601 writes it; so is `upto`, the last list day of a digest of the past."""
    upto: NotRequired[str]
    sample: NotRequired[bool]
    dry: NotRequired[bool]


class UpgradeData(TypedDict):
    """`upgrade`: the digest that is tried again, and until when (seconds since 1970)."""

    slot: str
    order: DigestData
    until: float


class DeliveryData(TypedDict):
    """`delivery`: the messages that are sent."""

    delivery: str


class PaperData(TypedDict):
    """`read`: a paper by its id, or by what a worker looks up.

    That is a title or a link's number; `id` is then empty.
    """

    id: str
    version: int | None
    title: NotRequired[str]


class DeepdiveData(PaperData):
    """`deepdive`: without a channel where a command waits for the result."""

    channel: NotRequired[str]
    reply_to: NotRequired[str]
    person: NotRequired[str]
    profile: NotRequired[str]
    """Always there once stored: the store's script adds the channel's."""


class PlaceData(TypedDict):
    """What a thread is about: the fields of `store.threads.ThreadPlace`."""

    root: str
    paper: str
    version: NotRequired[int | None]
    profile: NotRequired[str]
    digest: NotRequired[str]


class AskData(TypedDict):
    """`ask`: a question.

    Commands give no channel, message or person; chats give no id or title.
    """

    text: str
    channel: NotRequired[str]
    message: NotRequired[str]
    person: NotRequired[str]
    team: NotRequired[str]
    revises: NotRequired[str]
    """Key of the question's first task, whose answer is edited."""
    talk: NotRequired[str]
    """Name under which a private chat's turns about a paper are kept."""
    place: NotRequired[PlaceData]
    """Always there once stored: the store's script adds that of the thread."""
    id: NotRequired[str]
    version: NotRequired[int | None]
    title: NotRequired[str]


class CiteData(TypedDict):
    """`cite`: the papers to cite, in which format, and where the citations go."""

    ids: list[str]
    format: str
    channel: str
    profile: str
    person: str
    reply_to: str
    thread: str


class RoundupData(TypedDict):
    """`roundup`: a channel's local days, the first and the last.

    As ISO 8601 writes them.
    """

    channel: str
    profile: str
    first: str
    last: str


class ZoteroData(TypedDict):
    """`zotero`: a saved paper, and until when it is tried (seconds since 1970)."""

    id: str
    channel: str
    until: float


class ForgetData(TypedDict):
    """`forget`: a person, and the private chats that are theirs alone."""

    person: str
    homes: list[str]


class ScoreData(TypedDict):
    """`score`: papers stored beside the task, for a profile.

    `local`: by the local ranker only.
    """

    profile: str
    local: bool


class TopicData(TypedDict):
    """`topic`: a team's own words, and for which channel.

    `language`: that of the proposal.
    """

    text: str
    language: str
    channel: NotRequired[str]
    person: NotRequired[str]


class PreviewData(TypedDict):
    """`preview`: a profile with its values, and for which channel.

    `sample`: on the bundled day.
    """

    name: str
    profile: dict[str, Any]
    sample: NotRequired[bool]
    channel: NotRequired[str]
    person: NotRequired[str]


class LookData(TypedDict):
    """`look`: the channel that is asked whether it takes messages again."""

    channel: str
