"""Chinese: what people are told when something cannot be posted or done, and what they can do about it."""

WORDS = {
    "no_post_invite": "我还不能在 {channel} 发消息：请在那里输入 `/invite {me}`，等待中的内容随后会自动发出。",
    "no_post_direct": "我不能在这个对话里发消息：请直接给 {me} 发消息，或在我所在的频道使用。",
    "no_post_archived": "我不能在 {channel} 发消息：频道已归档。恢复后，等待中的内容会自动发出。",
    "no_post_rule": "我不能在 {channel} 发消息：Slack 拒绝了（`{why}`）。请让频道管理者允许我发言，"
    "等待中的内容随后会自动发出。",
    "no_post_right": "我不能在 {channel} 发言：请管理员给我“发送消息”的权限（频道则是“发布消息”）。"
    "等待中的内容随后会自动发出。",
    "no_post_add": "我不能在 {channel} 发言：请把我加进去（频道需设为管理员）。等待中的内容随后会自动发出。",
    "no_post_topic": "我不能在 {channel} 发言：话题已关闭。请重新打开，或给我“管理话题”的权限，"
    "等待中的内容随后会自动发出。",
    "no_post_no_topic": "我不能在 {channel} 发言：话题已被删除，请换一个话题。",
    "no_post_operator": "你要的内容现在发不出去。已通知运维者，修好后会自动发出。",
    "no_post_over": "你在 {channel} 要的内容没能及时发出，现已不再保留，请重新提问。",
    "being_posted": "今天的日报正在发送，余下部分马上就到。",
    "post_waits": "今天的日报已经做好，但 {platform} 没有响应；恢复后会自动发出。",
    "posted_again": "好的，今天日报中没有发出的部分现在补发。",
    "service_away": "{platform} 目前没有响应；恢复后，待发内容会自动发出。",
    "not_posted": "发往本频道的 {n} 条消息没有发出。`/digest now` 会重试今天日报中的消息；其余的运维者可用 `python "
    "-m bot status` 查看。",
    "op_held": "⚠️ {platform} 拒绝了 {n} 条消息，回复为 `{error}`：消息先保留。请查明 {platform} "
    "对此的说明并修正（`python -m bot doctor` 可检查令牌和权限），之后会自动发出。",
    "op_held_over": "✅ {platform}：因 `{error}` 而等待的消息已发出或已结束。",
    "op_kind_held": "等待处理的拒绝",
    "op_service": "⚠️ {platform} 自 {since} 起没有响应（`{error}`）：所有消息先保留，恢复后自动发出。若持续不恢复，"
    "请检查网络和服务状态页。",
    "op_service_over": "✅ {platform} 已恢复响应。",
    "op_kind_service": "服务无响应",
    "op_clock": "⚠️ 本机时钟为 {ours}，Redis 为 {theirs}：两者一致之前不会开始新的日报。请开启时间同步："
    "`timedatectl set-ntp true`。",
    "op_clock_over": "✅ 时钟重新一致。",
    "op_kind_clock": "时钟不可信",
    "sub_late": "⚠️ {channel} 今天的日报迟到了。在那里输入 `/digest status` 可看原因；运维者可看 `python -m bot "
    "status`。",
    "sub_uncertain": "⚠️ 我的一条消息是否已到达 {channel} 无法确定：请看一下那里。`/digest status` 有详情。",
    "sub_dead": "⚠️ 有内容没能发到 {channel}。在那里输入 `/digest now` 可重试今天的日报；`/digest status` 有详情。",
}
