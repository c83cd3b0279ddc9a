"""Slack and Telegram listeners and the command line.

They verify, acknowledge and enqueue; they never fetch papers or call the model.
"""

import sys

if sys.platform == "win32":  # no fork, no Unix socket, no file lock as we need them
    sys.exit("paperboy: does not run on Windows itself: install it in WSL2 (wsl --install), or run it with Docker.")
