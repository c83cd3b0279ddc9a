"""English: what whoever runs the bot is told of a model's service that refuses, and what readers are told."""

WORDS = {
    "op_model": "⚠️ The model fails (`{error}`): digests and answers go on without it, labelled. {cure}{said}",
    "cure_model_auth": "Its key is refused: make a new one (`ANTHROPIC_API_KEY`), or correct `ANTHROPIC_BASE_URL`.",
    "cure_model_quota": "The account's spending limit is reached: raise it, or wait for the next period.",
    "cure_model_credit": "The account has no credit left: buy some where the key was made.",
    "cure_model_not_found": "The service has no such model or address: correct `MODEL_SCORE`, `MODEL_DEEPDIVE`, "
    "`MODEL_ANSWER` or `ANTHROPIC_BASE_URL`.",
    "cure_model_region": "The service does not serve the region or network that this machine calls from: use a machine "
    "or a proxy where it does, or another service.",
    "cure_model_gateway": "A gateway between us and the service refused with a web page: allow the service's address "
    "there (proxy, firewall, VPN), or correct `ANTHROPIC_BASE_URL`.",
    "cure_model_forbidden": "The service forbids it (HTTP 403): its words say what is missing.",
    "cure_model_rejected": "The service does not take our requests: its words say why; `python -m bot doctor` tries "
    "what it can do.",
    "cure_model_connection": "It cannot be reached: check the network and `ANTHROPIC_BASE_URL`.",
    "cure_model_timeout": "It does not answer in time: a small server may need a smaller model or a faster machine.",
    "cure_model_rate_limited": "It says that we ask too often: lower `MODEL_CONCURRENCY`, or raise its limit.",
    "cure_model_overloaded": "It is overloaded or in trouble: this passes by itself.",
    "cure_model_other": "Check its key, quota and service.",
    "service_said": "The service says: “{text}”",
    "note_usage_estimated": "The model's service did not say what it used: tokens and cost are estimated here.",
}
