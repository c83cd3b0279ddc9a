"""Telegram's ears and mouth.

`app` keeps the process, `inbox` the order and the offset, `webhook` the other way in; `said` reads a message, `handlers`
and `menu` turn it into one call to the front room, `keyboards` draws buttons, `voice` says the answer.
"""
