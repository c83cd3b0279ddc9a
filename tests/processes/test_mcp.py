"""`mcp`: an agent asks the team's memory over stdio.

Through the library's own client.
"""

import asyncio
import json
import os
import sys
from importlib.util import find_spec

import pytest

from tests import INHERITED, ROOT
from tests.waiting import HANG_S
from tests.world import CHANNEL, CHAT, World

pytestmark = pytest.mark.skipif(not find_spec("mcp"), reason="the extra mcp is not installed")


@pytest.fixture
def world(tmp_path, redis_url):
    with World(tmp_path, redis_url) as found:
        yield found


def talk(world, calls, *words):
    """The server's tools, and the replies of `calls`, as (is_error, data).

    `calls`: (name, arguments) ….
    """
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    inherited = {n: v for n, v in os.environ.items() if n in INHERITED}
    env = inherited | world.env | {"PYTHONPATH": str(ROOT)}
    start = StdioServerParameters(command=sys.executable, args=["-m", "bot", "mcp", *words], env=env, cwd=world.folder)

    async def run():
        with (world.folder / "mcp.log").open("w") as log:
            async with stdio_client(start, errlog=log) as (read, write), ClientSession(read, write) as session:
                await session.initialize()
                tools = (await session.list_tools()).tools
                return tools, [_data(await session.call_tool(name, given)) for name, given in calls]

    return asyncio.run(asyncio.wait_for(run(), HANG_S))


def _data(reply):
    if reply.is_error:
        return True, reply.content[0].text
    found = reply.structured_content
    return False, found["result"] if set(found) == {"result"} else found


def test_an_agent_asks_the_teams_memory(world):
    world.hf.days["2026-01-27"] = json.loads((ROOT / "workers/sources/sample/day.json").read_text())
    world.serve_sample()
    made = world.digest("--date", "2026-01-27")
    best = made[0]["digest"]["picks"][0]["paper"]
    calls = [
        ("papers_posted", {}),
        ("papers_posted", {"until": "2025-01-01"}),
        ("papers_posted", {"channel": f"telegram:{CHAT}"}),
        ("digest", {}),
        ("digest", {"day": "someday"}),
        ("read", {"ref": best["id"]}),
        ("read", {"ref": "1706.03762"}),
        ("ask", {"ref": best["id"], "question": "What does it propose?"}),
        ("find", {"words": best["title"].split()[0]}),
    ]
    tools, replies = talk(world, calls, "--channel", f"slack:{CHANNEL}")
    assert {t.name for t in tools} == {"papers_posted", "digest", "find", "read", "ask"}
    assert all(t.annotations.read_only_hint and t.description for t in tools)
    (_, posted), (_, none), other, (_, days), baddate, (_, text), stranger, (_, answer), (_, found) = replies
    assert {p["id"] for p in posted} == {p["paper"]["id"] for p in made[0]["digest"]["picks"]} and none == []
    assert {p["channel"] for p in posted} == {f"slack:{CHANNEL}"}
    assert other[0] and "You may not ask" in other[1]
    assert [d["date"] for d in days] == ["2026-01-27"] and days[0]["picks"][0]["analysis"]
    assert baddate[0] and "no date" in baddate[1]
    assert text["sections"] and text["title"] == best["title"]
    assert stranger[0] and "not posted" in stranger[1]
    assert answer["text"] and answer["cites"]
    assert best["id"] in {f["paper"] for f in found} and {f["channel"] for f in found} == {f"slack:{CHANNEL}"}
    assert len(world.slack.messages(CHANNEL)) == len(made[0]["parts"]), "nothing was posted for it"


def test_no_channel_is_named(world):
    done = world.command("mcp", check=False)
    assert done.returncode == 1 and "MCP_CHANNELS" in done.stderr and not done.stdout
