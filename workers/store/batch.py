"""Sends many script calls in one round trip.

Fifty people who type at the same moment cost one trip, not two hundred. The calls of a trip are done in their order,
with nothing in between; one that fails fails alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from redis import Redis
from redis.exceptions import ResponseError

T = TypeVar("T")
U = TypeVar("U")

_RUN = """
local out, key, arg = {}, 1, 1
while arg <= #ARGV do
  local name, keys, args = ARGV[arg], tonumber(ARGV[arg + 1]), tonumber(ARGV[arg + 2])
  local ok, reply = pcall(f[name], {unpack(KEYS, key, key + keys - 1)}, {unpack(ARGV, arg + 3, arg + 2 + args)})
  if not ok and type(reply) == 'table' then reply = reply.err end
  out[#out + 1] = {ok and 1 or 0, reply}
  key, arg = key + keys, arg + 3 + args
end
return out
"""


@dataclass(frozen=True)
class Call(Generic[T]):
    """One call of a script.

    `read`: what its reply means. It may be used more than once and changes nothing.
    """

    name: str
    keys: Sequence[str]
    args: Sequence[str | float]
    read: Callable[[Any], T]

    def then(self, meaning: Callable[[T], U]) -> "Call[U]":
        """The same call, with a further meaning."""
        read = self.read
        return replace(self, read=lambda reply: meaning(read(reply)))  # type: ignore[arg-type, return-value]


class Batch:
    """Runs many calls of known scripts as one script.

    `scripts`: name -> a script as Redis takes it (KEYS and ARGV). One may use another: `f.NAME(keys, args)`.
    """

    def __init__(self, redis: "Redis", scripts: Mapping[str, str]) -> None:
        known = (f"f['{name}'] = function(KEYS, ARGV)\n{script}\nend\n" for name, script in scripts.items())
        self._script = redis.register_script("local f = {}\n" + "".join(known) + _RUN)

    def one(self, call: Call[T]) -> T:
        """Make one call."""
        return self.read(call, self.send([call])[0])

    def send(self, calls: Sequence[Call[Any]]) -> list[Any]:
        """Make these calls in one round trip; their raw replies, for `read`.

        RedisError where the trip itself failed.
        """
        keys: list[str] = []
        args: list[str | float] = []
        for call in calls:
            keys += call.keys
            args += [call.name, len(call.keys), len(call.args), *call.args]
        return list(self._script(keys=keys, args=args))

    @staticmethod
    def read(call: Call[T], reply: Any) -> T:
        """What a raw reply means; ResponseError where that one call failed."""
        ok, said = reply
        if not ok:
            raise ResponseError(said.decode(errors="replace") if isinstance(said, bytes) else str(said))
        return call.read(said)
