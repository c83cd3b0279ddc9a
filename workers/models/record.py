"""The base of all records: frozen, JSON-able, strict about its fields."""

from pydantic import BaseModel, ConfigDict

LOCAL = "local"
"""`Score.by` and `Analysis.by` where no model was involved."""


class Record(BaseModel):
    """Base of all records: frozen, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
