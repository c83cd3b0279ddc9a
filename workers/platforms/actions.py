"""Names of buttons that both the messages and the listeners know."""

OTHER, ABOUT = "other", "about"
"""Under an answer in a private chat: shows other papers, and asks the same of one of them. On Slack action ids, of
which the second has its number behind it; the value is the question's task, a space, and the paper's id. On Telegram
callback data is `other:<update>` and `about:<update>:<paper id>`."""
