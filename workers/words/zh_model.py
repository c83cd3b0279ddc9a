"""Chinese: what whoever runs the bot is told of a model's service that refuses, and what readers are told."""

WORDS = {
    "op_model": "⚠️ 模型失败（`{error}`）：日报和回答在没有模型的情况下继续，并已标注。{cure}{said}",
    "cure_model_auth": "密钥被拒绝：请换一个新密钥（`ANTHROPIC_API_KEY`），或更正 `ANTHROPIC_BASE_URL`。",
    "cure_model_quota": "账户已达到消费上限：请提高上限，或等到下个周期。",
    "cure_model_credit": "账户余额不足：请在申请密钥的平台充值。",
    "cure_model_not_found": "服务没有这个模型或地址：请更正 `MODEL_SCORE`、`MODEL_DEEPDIVE`、`MODEL_ANSWER` "
    "或 `ANTHROPIC_BASE_URL`。",
    "cure_model_region": "该服务不对本机所在的地区或网络开放：请换用可访问的机器或代理，或改用其他服务。",
    "cure_model_gateway": "中间的网关用网页拒绝了请求：请在代理、防火墙或 VPN 中放行服务地址，"
    "或更正 `ANTHROPIC_BASE_URL`。",
    "cure_model_forbidden": "服务禁止此请求（HTTP 403）：缺什么见其原话。",
    "cure_model_rejected": "服务不接受我们的请求：原因见其原话；`python -m bot doctor` 会检测它支持什么。",
    "cure_model_connection": "无法连接：请检查网络和 `ANTHROPIC_BASE_URL`。",
    "cure_model_timeout": "没有及时回答：小型服务器可能需要更小的模型或更快的机器。",
    "cure_model_rate_limited": "服务表示请求过于频繁：请调低 `MODEL_CONCURRENCY`，或提高账户限额。",
    "cure_model_overloaded": "服务过载或出现故障：会自行恢复。",
    "cure_model_other": "请检查密钥、额度和服务。",
    "service_said": "服务原话：“{text}”",
    "note_usage_estimated": "模型服务没有给出用量：词元数和费用为本地估算。",
}
