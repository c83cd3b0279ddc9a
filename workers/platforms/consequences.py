"""What follows from a refusal of Slack or Telegram.

    retry       passing: the same message again, soon
    place       the channel or chat takes nothing from us: wait until it does
    operator    our token, our rights or the workspace's rules: whoever runs the bot must mend it
    message     this very message is at fault: a plainer, shorter form of it, else it is not sent
    unknown     a code that stands in no table: wait as for the operator, and quote it to them

Nothing that is unknown is ever taken for the message's fault, for that would end it at the first try.
"""

from typing import Literal

Follow = Literal["retry", "place", "operator", "message", "unknown"]
