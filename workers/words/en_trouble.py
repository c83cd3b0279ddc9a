"""English: what people are told when something cannot be posted or done, and what they can do about it."""

WORDS = {
    "no_post_invite": "I cannot post in {channel} yet: type `/invite {me}` there, and what is waiting comes by itself.",
    "no_post_direct": "I cannot post in this conversation: write to {me} directly, or use a channel that I am in.",
    "no_post_archived": "I cannot post in {channel}: it is archived. Once it is back, what is waiting comes by itself.",
    "no_post_rule": "I may not post in {channel}: Slack refuses it (`{why}`). Ask who manages the channel to let "
    "me; what is waiting then comes by itself.",
    "no_post_right": "I may not write in {channel}: an administrator must give me the right to send messages (in a "
    "channel: to post messages). What is waiting then comes by itself.",
    "no_post_add": "I cannot write in {channel}: add me to it (to a channel as an administrator). What is waiting "
    "then comes by itself.",
    "no_post_topic": "I cannot write in {channel}: the topic is closed. Reopen it, or give me the right to manage "
    "topics; what is waiting then comes by itself.",
    "no_post_no_topic": "I cannot write in {channel}: the topic was deleted. Use another one.",
    "no_post_operator": "What you asked for cannot be posted right now. Whoever runs me has been told; it comes by "
    "itself once that is mended.",
    "no_post_over": "What you asked for in {channel} could not be posted in time and is not kept any longer. Please "
    "ask again.",
    "being_posted": "Today's digest is on its way: the rest of it is being posted.",
    "post_waits": "Today's digest is made and waits for {platform}, which does not answer. It comes by itself.",
    "posted_again": "On it: what was not posted of today's digest is posted now.",
    "service_away": "{platform} does not answer at present; what is to be posted comes by itself once it does.",
    "not_posted": "{n:message|messages} for this channel could not be posted. `/digest now` tries those of today's "
    "digest again; whoever runs me sees the rest with `python -m bot status`.",
    "op_held": "⚠️ {platform} refuses {n:message|messages} and says `{error}`: they wait. Look up what {platform} "
    "says of that, mend it (`python -m bot doctor` looks at tokens and rights); they then go out by themselves.",
    "op_held_over": "✅ {platform}: what waited because of `{error}` is out, or over.",
    "op_kind_held": "refusal that waits for you",
    "op_service": "⚠️ {platform} has not answered since {since} (`{error}`): everything waits and goes out by "
    "itself. Check the network and the service's status page if it lasts.",
    "op_service_over": "✅ {platform} answers again.",
    "op_kind_service": "service away",
    "op_clock": "⚠️ This machine's clock says {ours}, Redis says {theirs}: no digest is opened until they agree. "
    "Switch time synchronisation on: `timedatectl set-ntp true`.",
    "op_clock_over": "✅ The clocks agree again.",
    "op_kind_clock": "clock not believed",
    "sub_late": "⚠️ Today's digest for {channel} is late. `/digest status` there tells why; whoever runs me can "
    "look at `python -m bot status`.",
    "sub_uncertain": "⚠️ It is unknown whether a message of mine arrived in {channel}: please look there. `/digest "
    "status` tells more.",
    "sub_dead": "⚠️ Something could not be posted in {channel}. `/digest now` there tries today's digest again; "
    "`/digest status` tells more.",
}
