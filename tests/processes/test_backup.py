"""Backup and move.

Nothing lost, nothing twice, all or nothing, and nothing in it that is secret.
"""

import ast
import gzip
import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.doubles.huggingface import HuggingFace, make_item
from tests.waiting import HANG_S
from tests.world import CHANNEL, ROOT, World
from workers.digest.make import DigestMaker
from workers.digest.parameters import DigestParameters
from workers.errors import BadInput
from workers.operations import backup
from workers.store import keyspace
from workers.store.channels.memory import Memory
from workers.store.channels.settings import Channels
from workers.store.delivery.outbox import Outbox
from workers.store.operations.spend import Spend
from workers.store.people.requests import Requests
from workers.store.people.threads import ThreadPlace, Threads, Turn
from workers.store.people.votes import People
from workers.store.server import embedded
from workers.store.server.connection import connect
from workers.store.snapshot import StoredKey, dump
from workers.store.snapshot import restore as merge
from workers.store.tasks.ledger import Ledger

FRIDAY, SATURDAY = date(2026, 1, 23), date(2026, 1, 24)
FIT = "Flow Matching for Image Restoration with Diffusion"
C1 = "slack:C1"


@pytest.fixture
def hf():
    with HuggingFace() as double:
        yield double


@pytest.fixture
def here(env, hf, tmp_path):
    """Settings of the store in use."""
    return env(HF_ENDPOINT=hf.url, ARXIV_URL="https://arxiv.org", ARCHIVE_DIR=tmp_path / "digests")


@pytest.fixture(scope="module")
def other_folder():
    """DATA_DIR of another store."""
    folder = Path(tempfile.mkdtemp(prefix="pb-"))
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def other(other_folder, here):
    """Another, empty store: its settings and a client."""
    url = embedded.start(other_folder)
    client = connect(url, retries=0)
    client.flushall()
    yield here.model_copy(update={"redis_url": type(here.redis_url)(url), "data_dir": other_folder}), client
    client.close()


def make(redis, settings, day, channel=C1):
    """One digest, committed, its first part sent and its second on the way."""
    now = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    slot, ledger = f"digest|{channel}|{day}|0800", Ledger(redis)
    ledger.open(slot, "digest", now, {"channel": channel})
    attempt = ledger.take(slot, now, 60)
    digest = DigestMaker(redis, settings, clock=lambda: now).make(
        slot, attempt, DigestParameters(channel, "cv-daily-zh", day)
    )
    ledger.end(slot, attempt, now)
    outbox = Outbox(redis)
    rows = outbox.rows(slot)
    outbox.claim(slot, rows[0].key, 1, now)
    outbox.finish(slot, rows[0].key, 1, "sent", now, msg="1.1")
    if len(rows) > 1:
        outbox.claim(slot, rows[1].key, 1, now)
    return slot, digest


@pytest.fixture
def lived(redis, here, hf, no_pace):
    """A store that has lived: a digest, subscriptions, votes, a thread, spend."""
    hf.days[str(FRIDAY)] = [make_item(f"2601.0000{i}", title=FIT, summary=FIT, upvotes=9 - i) for i in range(1, 5)]
    slot, digest = make(redis, here, SATURDAY)
    channels, people, threads = Channels(redis), People(redis), Threads(redis)
    channels.subscribe("slack:C2", "cv-daily-en")
    channels.change("slack:C2", {"picks": 3, "interests": ["深度学习"]})
    channels.subscribe("telegram:-1")
    channels.move("telegram:-1", "telegram:-2")
    people.vote(C1, "2601.00001", "slack:U1", True, "e1")
    people.vote(C1, "2601.00001", "slack:U2", False, "e2")
    threads.put(C1, "1.1", ThreadPlace("1.1", "2601.00001", 1, "cv-daily-zh"))
    threads.add(C1, "1.1", "e3", Turn("Why?", "Because 它 works."))
    Memory(redis).move_cursor(C1, 1769212800.5)
    Spend(redis).add(date(2026, 1, 24), "m", type("T", (), dict.fromkeys(NAMES, 7)), 0.25)
    return slot, digest


NAMES = ("tokens_in", "tokens_out", "cache_read", "cache_write")


def content(redis):
    """All that moves, without the moment."""
    return {e.key: e.value for e in dump(redis, people_key=True).entries}


# -- every family of keys --------------------------------------------------------------------------------------------


def test_every_family_the_code_names_is_listed_once():
    named = set()
    for path in (ROOT / "workers").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("k", "key"):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    named.add(first.value)
    listed = set(keyspace.MOVES) | set(keyspace.LEFT)
    assert {"posted", "channel", "part", "task"} <= named
    assert named <= listed, f"say in store/keyspace.py whether it moves: {named - listed}"
    assert listed - named <= {keyspace.HELD, "score", "analysis", "unwritten"}, "these are named by a variable"
    assert not set(keyspace.MOVES) & set(keyspace.LEFT)
    assert all(len(why) > 10 for why in keyspace.LEFT.values())


def test_no_key_of_a_full_day_is_forgotten(tmp_path, redis_url, redis):
    with World(tmp_path, redis_url, key=True) as world:
        world.serve_sample()
        world.digest("--sample")
        world.command("digest", "--sample", "--dry-run")
        world.command("ask", "2601.99901", "What is restored?")
        world.command("status")
    People(redis).vote(f"slack:{CHANNEL}", "2601.99901", "U1", True, "e")
    channel, message = next(redis.scan_iter("pb:about:slack:*")).decode().removeprefix("pb:about:").rsplit(":", 1)
    arrivals = Requests(redis, time.time)
    asked = [
        arrivals.batch.one(arrivals.ask(channel, "U1", 1, message, f"ask|{n}", {"text": "?", "message": str(n)}))
        for n in (1, 2)
    ]
    assert [a.outcome for a in asked] == ["taken", "notice"]
    names = [key.decode() for key in redis.scan_iter(count=1000)]
    ours = {keyspace.family(name.removeprefix("pb:")) for name in names if name.startswith("pb:")}
    assert {"digest", "part", "posted", "score", "analysis", "about", "votes", "spend"} <= ours
    assert {"asked", "noticed", "turn"} <= ours
    assert ours <= set(keyspace.MOVES) | set(keyspace.LEFT)
    assert {n.partition(":")[0] for n in names} == {"pb", "rq"}, "and none but RQ's own"
    assert dump(redis).unreadable == 0


# -- there and back --------------------------------------------------------------------------------------------------


def test_a_move_brings_everything_and_twice_is_once(lived, here, other, redis, tmp_path):
    target, there = other
    file = str(tmp_path / "move.gz")
    made = backup.export(here, file, people_key=True)
    assert made.unfinished == 0
    got = backup.restore(target, file)
    assert got.counts == made.counts
    assert got.changed > 10
    slot, digest = lived
    memory = Memory(there)
    assert memory.digest(slot) == digest
    assert memory.last(C1) == (slot, digest)
    assert memory.known(C1, [f"2601.0000{i}" for i in range(1, 7)]) == {f"2601.0000{i}" for i in range(1, 5)}
    assert memory.covered(C1, "huggingface:15") == {FRIDAY}
    assert memory.cursor(C1) == 1769212800.5
    assert Channels(there).get("slack:C2") == Channels(redis).get("slack:C2")
    assert Channels(there).address("telegram:-1") == "telegram:-2"
    assert Threads(there).find(C1, "1.1") == ThreadPlace("1.1", "2601.00001", 1, "cv-daily-zh")
    assert Threads(there).turns(C1, "1.1") == [Turn("Why?", "Because 它 works.")]
    assert Spend(there).today(date(2026, 1, 24)) == Spend(redis).today(date(2026, 1, 24))
    assert People(there).vote(C1, "2601.00001", "slack:U1", True, "e1") == (1, 1), "an event that voted counts no more"
    assert People(there).vote(C1, "2601.00001", "slack:U1", True, "e9") == (0, 1), "the person takes it back"
    before = content(there)
    assert backup.restore(target, file).changed == 2, "the vote that was taken back, and what was learned from it"
    came_back = {"votes:slack:C1:2601.00001", "signs:slack:C1"}
    before |= {name: value for name, value in content(redis).items() if name in came_back}
    assert content(there) == before
    assert backup.restore(target, file).changed == 0


def test_expiry_moves_along(lived, here, other, redis, tmp_path):
    backup.export(here, str(tmp_path / "f"))
    backup.restore(other[0], str(tmp_path / "f"))
    slot = lived[0]
    for name in (f"pb:digest:{slot}", f"pb:delivery:{slot}", "pb:about:slack:C1:1.1", f"pb:posted:{C1}"):
        assert abs(other[1].pttl(name) - redis.pttl(name)) < 60_000, name
    assert other[1].pttl(f"pb:posted:{C1}") == -1, "what was posted is kept for ever"


def test_the_next_day_after_a_move_repeats_nothing(lived, here, other, hf, tmp_path):
    monday = date(2026, 1, 26)
    hf.days[str(monday)] = [
        *hf.days[str(FRIDAY)], make_item("2601.00009", title=FIT, summary=FIT, upvotes=1)
    ]  # fmt: skip
    backup.export(here, str(tmp_path / "f"))
    target, there = other
    backup.restore(target, str(tmp_path / "f"))
    _, digest = make(there, target, date(2026, 1, 27))
    assert [p.paper.id for p in digest.picks] == ["2601.00009"]


def test_what_was_on_its_way_is_uncertain_and_never_sent_by_itself(lived, here, other, redis, tmp_path):
    slot = lived[0]
    assert [r.state for r in Outbox(redis).rows(slot)][:3] == ["sent", "sending", "pending"]
    backup.export(here, str(tmp_path / "f"))
    backup.restore(other[0], str(tmp_path / "f"))
    outbox = Outbox(other[1])
    rows = outbox.rows(slot)
    assert [r.state for r in rows] == ["sent"] + ["uncertain"] * (len(rows) - 1)
    assert {r.error for r in rows[1:]} == {"moved"}
    assert [r.key for r in outbox.trouble()] == sorted(r.key for r in rows[1:])
    assert Ledger(other[1]).open_keys() == []


def test_work_under_way_stays_behind_and_is_told(lived, here, other, redis, tmp_path):
    Ledger(redis).open(f"digest|{C1}|2026-01-25|0800", "digest", 0, {})
    made = backup.export(here, str(tmp_path / "f"))
    assert made.unfinished == 1
    backup.restore(other[0], str(tmp_path / "f"))
    assert Ledger(other[1]).get(f"digest|{C1}|2026-01-25|0800") is None
    assert Ledger(other[1]).get(lived[0]).state == "done", "and what is over is not done again"


def test_a_record_the_store_itself_cannot_read_stays_behind_and_is_told(lived, here, other, redis, tmp_path):
    redis.set("pb:digest:old", '{"of": "another age"}')
    redis.set("pb:paper:2601.1", b"\xff\xfe")
    assert backup.export(here, str(tmp_path / "f")).unreadable == 2
    assert backup.restore(other[0], str(tmp_path / "f")).counts["digest"] == 1


def test_who_asked_stays_behind_once_it_is_answered(lived, here, redis, tmp_path):
    ledger = Ledger(redis)
    for name, state in (("ask|1", "done"), ("ask|2", "dead")):
        ledger.open(name, "ask", 0, {"person": f"slack:U-{state}", "text": "Why?"})
        ledger.end(name, ledger.take(name, 1, 60), 2, state)
    backup.export(here, str(tmp_path / "f"))
    text = gzip.decompress((tmp_path / "f").read_bytes()).decode()
    assert "U-done" not in text
    assert "U-dead" in text, "what was parked can still be asked again"


def test_without_the_people_key_votes_stay_and_cannot_be_traced(lived, here, other, redis, tmp_path):
    salt = redis.get("pb:salt").decode()
    backup.export(here, str(tmp_path / "f"))
    assert salt not in gzip.decompress((tmp_path / "f").read_bytes()).decode()
    backup.restore(other[0], str(tmp_path / "f"))
    assert People(other[1]).votes(C1, "2601.00001") == (1, 1)
    assert People(other[1]).hashed("slack:U1") != People(redis).hashed("slack:U1")


# -- a store that has a life of its own ------------------------------------------------------------------------------


def test_a_store_in_use_keeps_its_own_and_gains_the_rest(lived, here, other, redis, tmp_path):
    backup.export(here, str(tmp_path / "f"), people_key=True)
    target, there = other
    channels, memory = Channels(there), Memory(there)
    channels.subscribe("slack:C2", "llm-agents-en")
    channels.subscribe("slack:C3")
    memory.move_cursor(C1, 2e9)
    there.sadd(f"pb:posted:{C1}", "2601.77777")
    there.zadd(f"pb:seen:{C1}", {"2601.00001": 5e9})
    Threads(there).add(C1, "1.1", "e8", Turn("Newer?", "Yes."))
    mine = People(there).hashed("slack:U1")
    backup.restore(target, str(tmp_path / "f"))
    assert channels.get("slack:C2").profile == "llm-agents-en"
    assert channels.known() == ["slack:C2", "slack:C3", "telegram:-2"]
    assert memory.cursor(C1) == 2e9
    assert "2601.77777" in memory.known(C1, ["2601.77777", "2601.00002"])
    assert "2601.00002" in memory.known(C1, ["2601.77777", "2601.00002"])
    assert there.zscore(f"pb:seen:{C1}", "2601.00001") == 5e9
    assert Threads(there).turns(C1, "1.1") == [Turn("Newer?", "Yes.")]
    assert People(there).hashed("slack:U1") == mine, "its own key stays"


def test_the_later_digest_stays_the_last(lived, here, other, hf, tmp_path):
    target, there = other
    backup.export(here, str(tmp_path / "old"))
    backup.restore(target, str(tmp_path / "old"))
    hf.days[str(date(2026, 1, 26))] = [make_item("2601.00009", title=FIT, summary=FIT)]
    slot, _ = make(there, target, date(2026, 1, 27))
    backup.restore(target, str(tmp_path / "old"))
    assert Memory(there).last(C1)[0] == slot
    backup.export(target, str(tmp_path / "new"))
    backup.restore(here, str(tmp_path / "new"))
    assert Memory(connect(here.redis_url.get_secret_value())).last(C1)[0] == slot


def test_nothing_is_changed_under_a_digest_in_the_making(lived, here, other, tmp_path):
    backup.export(here, str(tmp_path / "f"))
    target, there = other
    ledger = Ledger(there)
    ledger.open("digest|x", "digest", 0, {})
    fence = ledger.take("digest|x", time.time(), 60)
    with pytest.raises(BadInput, match="being made"):
        backup.restore(target, str(tmp_path / "f"))
    assert Memory(there).fresh(C1)
    ledger.end("digest|x", fence, time.time())
    assert backup.restore(target, str(tmp_path / "f")).changed


# -- all or nothing --------------------------------------------------------------------------------------------------


def test_a_store_of_another_kind_is_left_alone(lived, here, other, tmp_path):
    backup.export(here, str(tmp_path / "f"))
    target, there = other
    there.set("pb:votes:slack:C1:2601.00001", "not a hash")
    with pytest.raises(BadInput, match="another kind"):
        backup.restore(target, str(tmp_path / "f"))
    there.delete("pb:doctor", "rq:paperboy")  # its probes of whether the server takes writes
    assert there.keys("*") == [b"pb:votes:slack:C1:2601.00001"]


def test_a_server_killed_during_the_import_has_all_or_nothing(lived, here, other, tmp_path):
    target, file = other[0], str(tmp_path / "f")
    backup.export(here, file, people_key=True)
    many = [StoredKey(f"about:slack:C1:{i}", json.dumps({"root": "1", "paper": f"p{i}"})) for i in range(5_000)]
    raw = gzip.decompress((tmp_path / "f").read_bytes())
    whole = write(tmp_path / "big", raw, more=many)
    entries = backup._entries(backup._read(str(whole)), "big")
    outcomes = []
    for delay in (0.0, 0.02, 0.05, 0.1, 60):
        url = embedded.start(target.data_dir)
        client = connect(url, retries=0)
        client.flushall()
        pid = int(client.info("server")["process_id"])
        writer = threading.Thread(target=quietly, args=(url, entries))
        writer.start()
        writer.join(delay)
        os.kill(pid, signal.SIGKILL)
        writer.join(60)
        client.close()
        client = connect(embedded.start(target.data_dir), retries=60)
        outcomes.append(client.dbsize())
        client.close()
    assert set(outcomes) == {0, len(entries) + EXTRA}, outcomes
    assert outcomes[-1], "a server killed after the answer has it all"


EXTRA = 1
"""Keys that are rebuilt beside the records: `trouble`."""


def quietly(url, entries):
    client = connect(url, retries=0)
    try:
        merge(client, entries)
    except Exception:
        pass
    finally:
        client.close()


def test_an_export_is_one_moment(here, redis, tmp_path):
    """A writer moves one name between two sets: each copy must show it in exactly one."""
    redis.sadd("pb:posted:a", "x", "stay")
    redis.sadd("pb:posted:b", "stay")
    for i in range(2000):
        redis.set(f"pb:about:c:{i}", '{"root": "1", "paper": "p"}')
    stop = threading.Event()

    def swing():
        client = connect(here.redis_url.get_secret_value())
        while not stop.is_set():
            client.smove("pb:posted:a", "pb:posted:b", "x")
            client.smove("pb:posted:b", "pb:posted:a", "x")
        client.close()

    writer = threading.Thread(target=swing)
    writer.start()
    try:
        for _ in range(15):
            found = content(redis)
            assert ("x" in found["posted:a"]) + ("x" in found["posted:b"]) == 1
    finally:
        stop.set()
        writer.join()


# -- the file --------------------------------------------------------------------------------------------------------


def write(path, raw, more=(), **header):
    """A file like `raw` with more records or another header, its checksum made to fit."""
    first, _, body = raw.partition(b"\n")
    body += b"".join(json.dumps(vars(e)).encode() + b"\n" for e in more)
    fields = json.loads(first) | {"records": body.count(b"\n"), "sha256": hashlib.sha256(body).hexdigest()} | header
    path.write_bytes(gzip.compress(json.dumps(fields).encode() + b"\n" + body))
    return path


def test_the_file_is_private_complete_and_says_what_it_is(lived, here, tmp_path):
    path = tmp_path / "move.gz"
    path.write_text("an older one")
    path.chmod(0o644)
    backup.export(here, str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []
    header = json.loads(gzip.decompress(path.read_bytes()).splitlines()[0])
    assert (header["format"], header["version"]) == ("paperboy-backup", 1)
    assert header["counts"]["digest"] == 1
    assert sum(header["counts"].values()) == header["records"]
    assert datetime.fromisoformat(header["made"]).tzinfo


def test_a_secret_that_somebody_typed_does_not_leave(lived, here, env, redis, tmp_path):
    token = "xoxb-" + "1-2-canarycanary"
    settings = env(SLACK_BOT_TOKEN=token, ANTHROPIC_API_KEY="canary-key-0123456789")
    Threads(redis).add(C1, "1.1", "e5", Turn(f"Is {token} right?", 'And "canary-key-0123456789"?'))
    redis.set("pb:result:x", token)
    backup.export(settings, str(tmp_path / "f"))
    text = gzip.decompress((tmp_path / "f").read_bytes()).decode()
    assert "canary" not in text
    assert "Is " in text


def damaged(raw):
    first, _, body = raw.partition(b"\n")
    return first + b"\n" + body.replace(b"2601.00001", b"2601.00009", 1)


BAD = {
    "empty": (lambda raw: b"", "not a backup"),
    "text": (lambda raw: b"hello\nworld\n", "not a backup"),
    "foreign json": (lambda raw: b'{"format": "other", "version": 1}\n', "not a backup"),
    "another gzip": (lambda raw: gzip.compress(b"\x00" * 1000), "not a backup"),
    "cut short": (lambda raw: gzip.compress(raw)[:-200], "damaged"),
    "a bit": (lambda raw: gzip.compress(raw)[:400] + b"\xff" + gzip.compress(raw)[401:], "damaged"),
    "another word": (damaged, "damaged"),
    "no end": (lambda raw: b"\0" * 10**6, "not a backup"),
    "a line less": (lambda raw: b"\n".join(raw.split(b"\n")[:-2]) + b"\n", "damaged"),
}


def test_a_file_that_is_not_whole_is_refused_in_one_sentence(lived, here, other, tmp_path):
    path = tmp_path / "f"
    backup.export(here, str(path))
    raw = gzip.decompress(path.read_bytes())
    for how, (spoil, word) in BAD.items():
        path.write_bytes(spoil(raw))
        with pytest.raises(BadInput, match=word) as caught:
            backup.restore(other[0], str(path))
        assert str(caught.value).count("\n") == 0, how
        assert other[1].dbsize() == 0, how


def test_a_newer_file_is_refused(lived, here, other, tmp_path):
    backup.export(here, str(tmp_path / "f"))
    write(tmp_path / "f", gzip.decompress((tmp_path / "f").read_bytes()), version=2)
    with pytest.raises(BadInput, match="newer Paperboy"):
        backup.restore(other[0], str(tmp_path / "f"))
    assert other[1].dbsize() == 0


BAD_RECORDS = [
    StoredKey("nothing:x", "x"),
    StoredKey("open", {"x": "1"}),
    StoredKey("digest:x", "{}"),
    StoredKey("cursor:x", "soon"),
    StoredKey("posted:x", "x"),
    StoredKey("posted:x", []),
    StoredKey("votes:x", {"p": "7"}),
    StoredKey("task:x", {"state": "open", "kind": "digest", "due": "0", "data": "{}"}),
    StoredKey("paper:\n", "{}"),
    StoredKey("spend:2026-01-24:held", {"x": "1"}),
    StoredKey("spend:2026-01-24", {"calls": "1_0"}),
    StoredKey("seen:slack:C1", {"2601.00001": "nan"}),
    StoredKey("seen:slack:C1", {"2601.00001": "٣"}),
    StoredKey("covered:slack:C1", {"2026-01-24": "1e400"}),
    StoredKey("cursor:slack:C1", " 5 "),
    StoredKey("had", ["\ud800"]),
    StoredKey("channel:slack:C9", {"changes": "[" * 20_000}),
    StoredKey("posted:slack:C1", ["2601.00001"], 10**30),
    StoredKey("posted:slack:C1", ["2601.00001"], -1),
    StoredKey("part:d:a", {"state": "dead", "payload": "{}", "parent": "", "at": "soon"}),
]


def test_a_record_that_could_not_be_read_back_is_refused_with_its_line(lived, here, other, tmp_path):
    backup.export(here, str(tmp_path / "f"))
    raw = gzip.decompress((tmp_path / "f").read_bytes())
    for entry in BAD_RECORDS:
        write(tmp_path / "f", raw, more=[entry])
        with pytest.raises(BadInput, match=rf"line {raw.count(bytes([10])) + 1}\)"):
            backup.restore(other[0], str(tmp_path / "f"))
        assert other[1].dbsize() == 0, entry


@pytest.mark.parametrize("where", ["", "no/such/folder/f"])
def test_a_place_that_cannot_be_written_is_named(where, here, tmp_path):
    with pytest.raises(BadInput, match=str(tmp_path)):
        backup.export(here, str(tmp_path / where))
    with pytest.raises(BadInput, match="cannot be read"):
        backup.restore(here, str(tmp_path / where))


def test_the_commands_through_a_pipe(lived, here, other, tmp_path):
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}

    def run(settings, *words, **more):
        urls = {"REDIS_URL": settings.redis_url.get_secret_value()}
        return subprocess.run(
            [sys.executable, "-m", "bot", *words],
            env=env | urls,
            cwd=tmp_path,
            capture_output=True,
            timeout=HANG_S,
            **more,
        )

    out = run(here, "export", "-")
    assert out.returncode == 0, out.stderr
    assert b"exported: 2 channels" in out.stderr
    into = run(other[0], "import", "-", input=out.stdout)
    assert into.returncode == 0, into.stderr
    assert b"1 digests" in into.stderr
    bad = run(other[0], "import", "-", input=b"hello")
    assert (bad.returncode, bad.stderr.count(b"\n")) == (1, 1)
    assert b"Standard input is not a backup" in bad.stderr
    assert content(other[1]).keys() <= content(connect(here.redis_url.get_secret_value())).keys() | {"trouble"}
