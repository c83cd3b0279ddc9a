"""Slack's error codes by what follows from them.

From the pages of `chat.postMessage`, `chat.update`, `chat.delete`, `conversations.history`, `conversations.replies` and
`conversations.info`, and from the list of errors that any method may answer with (docs.slack.dev, November 2026).
"""

from workers.platforms.consequences import Follow

RATE = frozenset({"ratelimited", "rate_limited"})
"""Wait for as long as the answer says."""

MAYBE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable", "server_error"})
"""After these Slack itself says that part of the work may have been done: look before it is sent again."""

PASSING = frozenset({
    "accesslimited", "external_channel_migrating", "message_limit_exceeded", "org_login_required", "team_added_to_org",
    "update_failed", "upgrade_in_progress",
})  # fmt: skip
"""Surely not sent, and nobody has to do anything: a migration under way, a limit of the workspace."""

PLACE = frozenset({
    "account_inactive_channel", "cannot_dm_bot", "cannot_reply_to_message", "channel_is_archived",
    "channel_is_limited_access", "channel_not_found", "channel_type_not_supported", "duplicate_channel_not_found",
    "im_disabled", "invalid_channel", "is_archived", "is_inactive", "messages_tab_disabled",
    "method_not_supported_for_channel_type", "no_permission", "not_in_channel", "posting_to_general_channel_denied",
    "restricted_action", "restricted_action_non_threadable_channel", "restricted_action_read_only_channel",
    "restricted_action_thread_locked", "restricted_action_thread_only_channel", "user_disabled", "user_is_bot",
    "user_is_restricted", "user_is_ultra_restricted", "user_not_found", "user_not_in_channel", "user_not_visible",
})  # fmt: skip

OPERATOR = frozenset({
    "access_denied", "account_inactive", "app_access_restricted", "app_not_hosted", "as_user_not_supported",
    "deprecated_endpoint", "ekm_access_denied", "enterprise_is_restricted", "forbidden_team", "free_team_not_allowed",
    "invalid_app_id", "invalid_auth", "invalid_team", "metadata_must_be_sent_from_app", "method_deprecated",
    "missing_argument_team_id", "missing_scope", "not_allowed_token_type", "not_authed", "plan_upgrade_required",
    "send_on_behalf_not_allowed", "team_access_not_granted", "team_not_found", "token_expired", "token_revoked",
    "two_factor_setup_required", "unknown_method",
})  # fmt: skip

TOKEN = frozenset({
    "account_inactive", "invalid_auth", "missing_scope", "not_allowed_token_type", "not_authed", "token_expired",
    "token_revoked",
})  # fmt: skip
"""Those of OPERATOR that a new token mends."""

MESSAGE = frozenset({
    "attachment_payload_limit_exceeded", "block_mismatch", "cannot_add_bot", "cant_broadcast_message",
    "cant_delete_message", "cant_update_message", "compliance_exports_prevent_deletion", "duplicate_message_not_found",
    "edit_window_closed", "invalid_arg_name", "invalid_arguments", "invalid_array_arg", "invalid_attachments",
    "invalid_blocks", "invalid_blocks_format", "invalid_charset", "invalid_cursor", "invalid_form_data",
    "invalid_json", "invalid_limit", "invalid_metadata_filter_keys", "invalid_metadata_format",
    "invalid_metadata_schema", "invalid_post_type", "invalid_thread_ts", "invalid_ts_latest", "invalid_ts_oldest",
    "json_not_object", "markdown_text_conflict", "message_not_found", "metadata_too_large", "missing_post_type",
    "msg_blocks_too_long", "msg_too_long", "no_text", "slack_connect_blocked_file_type",
    "slack_connect_canvas_sharing_blocked", "slack_connect_file_link_sharing_blocked",
    "slack_connect_lists_sharing_blocked", "thread_not_found", "too_long", "too_many_attachments",
    "too_many_contact_cards",
})  # fmt: skip


def follow(code: str) -> Follow:
    """What follows from a code."""
    if code in RATE or code in MAYBE or code in PASSING:
        return "retry"
    if code in PLACE or code.startswith("restricted_action"):
        return "place"
    if code in OPERATOR:
        return "operator"
    return "message" if code in MESSAGE else "unknown"
