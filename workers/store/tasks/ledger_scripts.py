"""The ledger's Lua scripts, each one atomic write."""

from workers.store.server.connection import key as k

TASK = k("task", "")
"""What the key of a task begins with."""

OPEN = """
local state = redis.call('HGET', KEYS[1], 'state')
if state and (state == 'open' or ARGV[4] == '0') then return 0 end
redis.call('HSET', KEYS[1], 'state', 'open', 'kind', ARGV[1], 'due', ARGV[2], 'data', ARGV[3],
  'lease', 0, 'started', 0, 'fails', 0, 'tries', 0, 'again', 0)
redis.call('HSETNX', KEYS[1], 'try', 0)
redis.call('PERSIST', KEYS[1])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[5])
redis.call('LPUSH', KEYS[3], '1') redis.call('LTRIM', KEYS[3], 0, 9) redis.call('EXPIRE', KEYS[3], 60)
local turn = ARGV[6]
if turn and turn ~= '' then
  redis.call('HSET', KEYS[1], 'turn', turn)
  redis.call('LREM', turn, 0, ARGV[5])
  redis.call(ARGV[7] == '1' and 'LPUSH' or 'RPUSH', turn, ARGV[5])
  redis.call('EXPIRE', turn, 1209600)
else
  redis.call('HDEL', KEYS[1], 'turn')
end
return 1
"""

_NEXT = """
local function pass_on(place, open, wake, key)
  local turn = redis.call('HGET', place, 'turn')
  if not turn then return end
  redis.call('LREM', turn, 0, key)
  local next = redis.call('LINDEX', turn, 0)
  if not next or redis.call('HDEL', TASK .. next, 'waits') == 0 then return end
  redis.call('ZADD', open, 'XX', redis.call('HGET', TASK .. next, 'due'), next)
  redis.call('LPUSH', wake, '1') redis.call('LTRIM', wake, 0, 9) redis.call('EXPIRE', wake, 60)
end
"""
"""A task has ended: the next one of its turn, if it has been waiting for that, may be handed out."""

_TURNS = f"local TASK = '{TASK}'\n{_NEXT}"

SKIP = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'state', 'skipped', 'kind', ARGV[1], 'due', ARGV[2])
redis.call('HSET', KEYS[1], 'try', 0, 'data', '{}', 'ended', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
"""

TAKE = (
    _TURNS
    + """
local t = redis.call('HMGET', KEYS[1], 'state', 'lease', 'try', 'started', 'released')
if t[1] ~= 'open' then redis.call('ZREM', KEYS[2], ARGV[4]) return 0 end
local now = tonumber(ARGV[1])
local due = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[4]) or 0)
if tonumber(t[2]) > now or due > now then return 0 end
local turn = redis.call('HGET', KEYS[1], 'turn')
local first = turn and redis.call('LINDEX', turn, 0)
while first and first ~= ARGV[4] and redis.call('HGET', TASK .. first, 'state') ~= 'open' do
  redis.call('LPOP', turn)
  first = redis.call('LINDEX', turn, 0)
end
if first and first ~= ARGV[4] then
  redis.call('HSET', KEYS[1], 'waits', 1)
  redis.call('ZADD', KEYS[2], now + tonumber(ARGV[6]), ARGV[4])
  return 0
end
if tonumber(t[3]) > 0 and t[4] == t[3] and t[5] ~= t[3] then
  local fails = redis.call('HINCRBY', KEYS[1], 'fails', 1)
  if fails - tonumber(redis.call('HGET', KEYS[1], 'tries') or 0) >= tonumber(ARGV[3]) then
    redis.call('HSET', KEYS[1], 'state', 'dead', 'error', 'crashed', 'ended', ARGV[1])
    redis.call('EXPIRE', KEYS[1], ARGV[5])
    redis.call('ZREM', KEYS[2], ARGV[4])
    redis.call('ZADD', KEYS[3], now, ARGV[4])
    pass_on(KEYS[1], KEYS[2], KEYS[4], ARGV[4])
    return -1
  end
end
redis.call('HDEL', KEYS[1], 'waits')
redis.call('HSET', KEYS[1], 'lease', now + tonumber(ARGV[2]))
redis.call('ZADD', KEYS[2], now + tonumber(ARGV[2]), ARGV[4])
return redis.call('HINCRBY', KEYS[1], 'try', 1)
"""
)

START = """
local t = redis.call('HMGET', KEYS[1], 'state', 'try', 'started')
if t[1] ~= 'open' or t[2] ~= ARGV[1] or t[3] == ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'started', ARGV[1], 'lease', ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
return 1
"""

RENEW = """
local t = redis.call('HMGET', KEYS[1], 'state', 'try')
if t[1] ~= 'open' or t[2] ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'lease', ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
return 1
"""

REST = """
local t = redis.call('HMGET', KEYS[1], 'state', 'try')
if t[1] ~= 'open' or t[2] ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'lease', ARGV[2], 'released', ARGV[1])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
return 1
"""

RESUME = """
local t = redis.call('HMGET', KEYS[1], 'state', 'try', 'released')
if t[1] ~= 'open' or t[2] ~= ARGV[1] or t[3] ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'lease', ARGV[2], 'released', 0)
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
return 1
"""

LATER = (
    _TURNS
    + """
local t = redis.call('HMGET', KEYS[1], 'state', 'try')
if t[1] ~= 'open' or t[2] ~= ARGV[1] then return 0 end
if ARGV[4] ~= '' then
  redis.call('HSET', KEYS[1], 'error', ARGV[4])
  local fails = redis.call('HINCRBY', KEYS[1], 'fails', 1)
  if ARGV[5] == '0' then redis.call('HINCRBY', KEYS[1], 'tries', 1)
  elseif fails - tonumber(redis.call('HGET', KEYS[1], 'tries') or 0) >= tonumber(ARGV[5]) then
    redis.call('HSET', KEYS[1], 'state', 'dead', 'ended', ARGV[2])
    redis.call('EXPIRE', KEYS[1], ARGV[6])
    redis.call('ZREM', KEYS[2], ARGV[3])
    redis.call('ZADD', KEYS[4], ARGV[2], ARGV[3])
    pass_on(KEYS[1], KEYS[2], KEYS[3], ARGV[3])
    return -1
  end
end
redis.call('HSET', KEYS[1], 'lease', 0, 'released', ARGV[1])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
redis.call('LPUSH', KEYS[3], '1') redis.call('LTRIM', KEYS[3], 0, 9) redis.call('EXPIRE', KEYS[3], 60)
return 1
"""
)

END = (
    _TURNS
    + """
local t = redis.call('HMGET', KEYS[1], 'state', 'try', 'again')
if t[1] ~= 'open' or t[2] ~= ARGV[1] then return 0 end
if t[3] == '1' and ARGV[2] == 'done' then
  redis.call('HSET', KEYS[1], 'lease', 0, 'released', ARGV[1], 'again', 0)
  redis.call('ZADD', KEYS[2], ARGV[3], ARGV[6])
  redis.call('LPUSH', KEYS[3], '1') redis.call('LTRIM', KEYS[3], 0, 9) redis.call('EXPIRE', KEYS[3], 60)
  return 1
end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'ended', ARGV[3], 'error', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('ZREM', KEYS[2], ARGV[6])
if ARGV[2] == 'dead' then redis.call('ZADD', KEYS[4], ARGV[3], ARGV[6]) end
pass_on(KEYS[1], KEYS[2], KEYS[3], ARGV[6])
return 1
"""
)

TURN_OVER = """
if redis.call('HGET', KEYS[1], 'state') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2])
return 1
"""

HEAL = """
local score = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[3]) or 0)
if score <= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'lease', 0, 'released', redis.call('HGET', KEYS[1], 'try') or 0)
redis.call('ZADD', KEYS[2], 'XX', ARGV[1], ARGV[3])
return 1
"""
