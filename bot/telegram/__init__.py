"""The Telegram listener: polling or webhook, commands, buttons, questions.

`app` keeps the process and the offset, `inbox` the order, `webhook` is the other way in; `message` reads a message,
`handlers` and `menu` turn it into a call of Intake, `chats` knows the life of chats, `keyboards` draws buttons,
`replies` says the answer.
"""

import os

os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library then gives Retry-After as a timedelta, without a warning
