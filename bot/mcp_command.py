"""The `mcp` command: the team's memory for agents, on standard input and output."""

from typing import Annotated

import typer

from bot.cli import command
from workers.errors import BadSetting

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command("mcp")
def serve(
    channel: Annotated[
        list[str] | None,
        typer.Option("--channel", metavar="CHANNEL", help="slack:C0123ABCD, again for more (default: MCP_CHANNELS)."),
    ] = None,
) -> None:
    """Serve the team's memory to agents over MCP on stdin and stdout.

    It is read-only, and holds the channels named.
    """
    with command(serves=True) as settings:
        try:
            import mcp  # noqa: F401 - told before anything else is loaded
        except ImportError:
            raise BadSetting("The MCP library is not installed: install Paperboy with its extra mcp.") from None
        from bot.mcp_server import server
        from workers.console.mcp_tools import MemoryTools

        server(MemoryTools.of(settings, channel or ())).run()
