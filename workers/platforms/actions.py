"""Names of buttons that both the messages and the listeners know."""

MENU, MORE, OFF, FOLLOW, AUTHOR = "menu", "more", "off", "follow", "author"
"""Under a paper: the menu, what it offers (more like this, not our topic, follow an author), and one author. On Slack
the menu's action id, its options' values, and action ids `author0`… with `<number> <paper id>` as value; on Telegram
callback data: `menu:<paper id>` opens and closes it, then `more:<paper id>`…, `author:<number>:<paper id>`."""

MENU_OF = {MORE: "menu_more", OFF: "menu_off", FOLLOW: "menu_follow"}
"""What the menu offers, in its order -> its words."""

OTHER, ABOUT = "other", "about"
"""Under an answer in a private chat: shows other papers, and asks the same of one of them. On Slack action ids, of
which the second has its number behind it; the value is the question's task, a space, and the paper's id. On Telegram
callback data is `other:<update>` and `about:<update>:<paper id>`."""
