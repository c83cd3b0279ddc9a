"""The address of a set of servers that Sentinels watch.

What is read from it, and what is none.
"""

import pytest

from workers.settings.environment import passwords
from workers.store.server.sentinel import is_watched, parse


def test_an_address_with_everything():
    url = "rediss+sentinel://bot:w%40rd@one,two:26380,[::1]:5/my-set/3?ssl_ca_certs=/ca.pem&sentinel_password=s%2Bx"
    found = parse(url)
    assert found.sentinels == (("one", 26379), ("two", 26380), ("::1", 5))
    assert found.service == "my-set"
    assert found.server == {
        "username": "bot", "password": "w@rd", "db": 3, "ssl_ca_certs": "/ca.pem", "ssl": True
    }  # fmt: skip
    assert found.sentinel == {"password": "s+x", "ssl_ca_certs": "/ca.pem", "ssl": True}
    assert {"w@rd", "s+x", "w%40rd"} <= set(passwords(url)), "both are kept out of logs"


def test_the_shortest():
    assert is_watched("REDIS+Sentinel://one/set") and not is_watched("redis://one/0") and not is_watched("")
    found = parse("redis+sentinel://one/set")
    assert (found.sentinels, found.service, found.server, found.sentinel) == ((("one", 26379),), "set", {"db": 0}, {})


@pytest.mark.parametrize(
    "rest",
    ["one", "one/", "one//0", "one/0", "/set", "one,/set", "one:x/set", "one:70000/set", "one/set/x", "u:p@/set"],
)
def test_what_is_none(rest):
    with pytest.raises(ValueError):
        parse(f"redis+sentinel://{rest}")
