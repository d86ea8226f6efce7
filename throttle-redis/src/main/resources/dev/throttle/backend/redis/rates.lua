-- Keeps the rates that are set at run time in one hash. The field of a scope, or of a scope of a
-- plan, holds the time at which its rate expires, 0 for never, and the rate. A field that begins
-- with '=' holds the configured rates of some instances, and its value the time until which
-- these are assumed to run. If the clock has been set back since, such a field is removed, and
-- running instances write it again. Writing these fields may fail, which must not hide the
-- rates.
--
-- KEYS[1]  the hash
-- ARGV[1]  the time in microseconds since the epoch, or '' to use the server's
-- ARGV[2]  the field to change, or '' to read only
-- ARGV[3]  the rate, or '' to remove it
-- ARGV[4]  the time in microseconds after which the rate expires, or '' for never
-- ARGV[5]  the deadline, after which nothing is changed, or '' for none
-- ARGV[6]  the configured rates of the caller, or '' for none
--
-- Returns the time, and then the name and the value of each field.

local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end

if ARGV[5] ~= '' and now > tonumber(ARGV[5]) then
  return redis.error_reply('TOOLATE The deadline has passed')
end

if ARGV[2] ~= '' then
  if ARGV[3] == '' then
    redis.call('HDEL', KEYS[1], ARGV[2])
  else
    local ends = (ARGV[4] == '') and 0 or now + ARGV[4]
    redis.call('HSET', KEYS[1], ARGV[2], string.format('%.0f', ends) .. ' ' .. ARGV[3])
    redis.pcall('PERSIST', KEYS[1])
  end
end

local RUNNING = 10000000
local configured = '=' .. ARGV[6]
local known, overrides = false, false
local answer = { string.format('%.0f', now) }
local rates = redis.call('HGETALL', KEYS[1])
for i = 1, #rates, 2 do
  local ends = tonumber(string.match(rates[i + 1], '^%d+')) or 0
  local override = string.sub(rates[i], 1, 1) ~= '='
  if ends ~= 0 and ends <= now or not override and ends > now + RUNNING then
    redis.pcall('HDEL', KEYS[1], rates[i])
  else
    known = known or rates[i] == configured and ends > now + RUNNING / 2
    overrides = overrides or override
    answer[#answer + 1] = rates[i]
    answer[#answer + 1] = rates[i + 1]
  end
end
if configured ~= '=' and not known then
  redis.pcall('HSET', KEYS[1], configured, string.format('%.0f', now + RUNNING))
  if not overrides then
    redis.pcall('PEXPIRE', KEYS[1], '60000')
  end
end
return answer
