"""What people type before a command: `paperboy`, or `python -m bot`."""

import os

MODULE, INSTALLED = "python -m bot", "paperboy"

_NAME = "PAPERBOY_COMMAND"
"""Environment variable by which processes know what the command was called that started them."""


def installed() -> None:
    """Note that this process was started as the installed command.

    All that it starts knows it, too.
    """
    os.environ[_NAME] = INSTALLED


def typed() -> str:
    """What stands before the name of a command."""
    return INSTALLED if os.environ.get(_NAME) == INSTALLED else MODULE
