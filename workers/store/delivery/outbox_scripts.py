"""The steps of the outbox, each one atomic script in Redis."""

CLAIM = """
local s = redis.call('HMGET', KEYS[1], 'state', 'fence', 'how')
if not s[1] then return 'gone' end
local fence = tonumber(s[2] or 0)
if fence > tonumber(ARGV[1]) then return 'lost' end
if s[1] == 'pending' or s[1] == 'edit' or s[1] == 'delete' then
  redis.call('HSET', KEYS[1], 'fence', ARGV[1])
  redis.call('HSETNX', KEYS[1], 'first', ARGV[2])
  if s[1] == 'pending' then redis.call('HSET', KEYS[1], 'state', 'sending', 'how', ARGV[3]) end
  return s[1]
end
if s[1] == 'sending' and fence < tonumber(ARGV[1]) then
  return s[3] == 'placeholder' and 'stray' or 'interrupted'
end
if s[1] == 'sending' then return 'lost' end
return s[1]
"""

FINISH = """
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] and ARGV[4] ~= 'take' then
  if ARGV[2] ~= 'sent' or ARGV[3] == '' then return 0 end
  if redis.call('HGET', KEYS[1], 'state') ~= 'uncertain' then
    redis.call('HSET', KEYS[1], 'late_id', ARGV[3])
    return 0
  end
  ARGV[1] = redis.call('HGET', KEYS[1], 'fence')
end
local state = ARGV[2]
if state == 'sent' and ARGV[8] ~= '' and redis.call('HGET', KEYS[1], 'rev') ~= ARGV[8] then state = 'edit' end
redis.call('HSET', KEYS[1], 'state', state, 'fence', ARGV[1], 'error', ARGV[5], 'at', ARGV[6])
if ARGV[9] ~= '' then redis.call('HSET', KEYS[1], 'how', ARGV[9]) end
if ARGV[2] == 'pending' then redis.call('HDEL', KEYS[1], 'msg')
elseif ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'msg', ARGV[3]) end
if ARGV[2] == 'uncertain' or ARGV[2] == 'dead' then redis.call('ZADD', KEYS[2], ARGV[6], ARGV[7])
else redis.call('ZREM', KEYS[2], ARGV[7]) end
if ARGV[2] ~= 'pending' then redis.call('HINCRBY', KEYS[3], ARGV[2], 1) end
return 1
"""

AGAIN = """
local s = redis.call('HMGET', KEYS[1], 'state', 'fence', 'msg')
if (s[2] or '0') ~= ARGV[1] then return 0 end
local open = s[3] and 'edit' or 'pending'
if s[1] == open and ARGV[2] == 'again' then return 1 end
if s[1] ~= 'uncertain' and s[1] ~= 'dead' then return 0 end
if ARGV[2] == 'leave' then open = s[1] == 'uncertain' and 'sent' or 'deleted' end
redis.call('HSET', KEYS[1], 'state', open, 'error', '')
if ARGV[2] == 'leave' then redis.call('ZREM', KEYS[2], ARGV[3]) end
return 1
"""

SETTLED = """
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'uncertain' and state ~= 'dead' then redis.call('ZREM', KEYS[2], ARGV[1]) end
"""

EXTEND = """
local s = redis.call('HMGET', KEYS[1], 'until', 'held')
if not s[1] or (s[2] and s[2] ~= '') or tonumber(s[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'until', ARGV[1])
return 1
"""
