-- Decides the quotas of one request and records them, in one step.
--
-- KEYS     the history of each quota; a key may come twice
-- ARGV[1]  the time in microseconds since the epoch, or '' for the server's
-- ARGV[2]  the time after which nothing is recorded any more, or '' for none
-- ARGV[3]  '1' to record, '0' to look only
-- ARGV[4…] four for each key: limit, period in microseconds, cost, number of its charge,
--          after '~' where that is only tried: not recorded after one that is denied
--
-- Answers the time, and four for each quota: 1 where it has room, the remaining permits,
-- the wait and the reset in microseconds. A wait of -1 is one without end. Answers the
-- time alone where it is too late.
--
-- A history is a string: a header of eight doubles, and a ring of entries of two doubles
-- each, the instant and the cumulative cost. Costs are kept modulo 2^52, which no limit
-- reaches.

local HEADER = '<dddddddd'
local HEADER_SIZE = 64
local ENTRY = '<dd'
local ENTRY_SIZE = 16
local MODULUS = 4503599627370496
local EXACT_ENTRIES = 131072
local MAX_ENTRIES = 2 * EXACT_ENTRIES + 2

local function offset(history, index)
  return HEADER_SIZE + ENTRY_SIZE * ((history.head + index) % history.capacity)
end

local function entry(history, index)
  local from = offset(history, index)
  return struct.unpack(ENTRY, redis.call('GETRANGE', history.key, from, from + ENTRY_SIZE - 1))
end

local function used(history)
  return (history.cumulative - history.base) % MODULUS
end

local function clear(history)
  history.count, history.head, history.base, history.cumulative = 0, 0, 0, 0
end

local function load(key, period)
  local header = redis.call('GETRANGE', key, 0, HEADER_SIZE - 1)
  local history = { key = key }
  if #header == HEADER_SIZE then
    history.period, history.head, history.count, history.capacity, history.base, history.oldest, history.newest, history.cumulative =
      struct.unpack(HEADER, header)
    history.stored = true
  else
    history.period, history.capacity, history.oldest, history.newest = period, 0, 0, 0
    clear(history)
  end
  return history
end

-- The first entry for which a condition holds that holds for all after it, and for the last.
local function first(history, holds)
  local low, high = 0, 1
  while high < history.count - 1 and not holds(entry(history, high)) do
    low, high = high, high * 2
  end
  high = math.min(high, history.count - 1)
  while high - low > 1 do
    local middle = math.floor((low + high) / 2)
    if holds(entry(history, middle)) then
      high = middle
    else
      low = middle
    end
  end
  return high
end

local function drop(history, now)
  local void = now - history.period
  if history.count == 0 or history.oldest > void then
    return
  end
  if history.newest <= void then
    clear(history)
    return
  end
  local live = first(history, function(instant)
    return instant > void
  end)
  local _, base = entry(history, live - 1)
  history.base = base
  history.head = (history.head + live) % history.capacity
  history.count = history.count - live
  history.oldest = entry(history, 0)
end

local function expire(history, period, now)
  drop(history, now)
  if history.period ~= period then
    history.period = period
    history.changed = history.stored
    drop(history, now)
  end
end

local function until_free(history, permits, now)
  if history.count == 0 then
    return 0
  end
  local instant = history.oldest
  if permits > 1 then
    local _, cumulative = entry(history, 0)
    if (cumulative - history.base) % MODULUS < permits then
      instant = entry(history, first(history, function(_, reached)
        return (reached - history.base) % MODULUS >= permits
      end))
    end
  end
  return instant + history.period - now
end

local function wait(history, limit, cost, now)
  if limit == 0 then
    return history.period
  elseif cost > limit then
    return -1
  end
  return until_free(history, used(history) - limit + cost, now)
end

local function reset(history, limit, now)
  if limit == 0 then
    return history.period
  end
  return until_free(history, math.max(1, used(history) - limit + 1), now)
end

-- Makes the ring long enough for one more entry.
local function grow(history, limit)
  if history.count < history.capacity then
    return
  end
  local capacity = math.min(math.max(limit, 2 * history.capacity), MAX_ENTRIES)
  if history.head > 0 then
    local size = HEADER_SIZE + ENTRY_SIZE * history.capacity
    local split = HEADER_SIZE + ENTRY_SIZE * history.head
    local entries = redis.call('GETRANGE', history.key, split, size - 1)
      .. redis.call('GETRANGE', history.key, HEADER_SIZE, split - 1)
    redis.call('SETRANGE', history.key, HEADER_SIZE, entries)
    history.head = 0
  end
  history.capacity = capacity
end

local function instant_of(history, now)
  local instant = now
  if history.count > 0 and history.newest > now then
    instant = history.newest
  end
  if history.count < EXACT_ENTRIES then
    return instant
  end
  local step = math.floor(history.period / EXACT_ENTRIES) + 1
  return math.ceil(instant / step) * step
end

local function pack(history)
  return struct.pack(HEADER, history.period, history.head, history.count, history.capacity, history.base,
    history.oldest, history.newest, history.cumulative)
end

-- Milliseconds until the newest entry is void.
local function lifetime(history, now)
  return math.ceil((history.newest + history.period - now) / 1000) + 1
end

local function record(history, limit, cost, now)
  local instant = instant_of(history, now)
  local merged = history.count >= EXACT_ENTRIES and instant == history.newest
  history.cumulative = (history.cumulative + cost) % MODULUS
  history.newest = instant
  local packed = struct.pack(ENTRY, instant, history.cumulative)
  if history.count == 0 then
    history.head, history.count, history.oldest = 0, 1, instant
    history.capacity = math.min(limit, MAX_ENTRIES)
    redis.call('SET', history.key, pack(history) .. packed, 'PX', lifetime(history, now))
    history.stored, history.changed = true, false
    return
  end
  if not merged then
    grow(history, limit)
    history.count = history.count + 1
  end
  redis.call('SETRANGE', history.key, offset(history, history.count - 1), packed)
  history.changed = true
end

local function save(history, now)
  if not history.changed then
    return
  end
  if history.count == 0 then
    redis.call('DEL', history.key)
  else
    redis.call('SETRANGE', history.key, 0, pack(history))
    redis.call('PEXPIRE', history.key, lifetime(history, now))
  end
end

local now
if ARGV[1] ~= '' then
  now = tonumber(ARGV[1])
else
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
if ARGV[2] ~= '' and now > tonumber(ARGV[2]) then
  return { now }
end

local histories, quotas = {}, {}
for i, key in ipairs(KEYS) do
  local quota = {
    limit = tonumber(ARGV[4 * i]),
    period = tonumber(ARGV[4 * i + 1]),
    cost = tonumber(ARGV[4 * i + 2]),
    charge = ARGV[4 * i + 3],
  }
  histories[key] = histories[key] or load(key, quota.period)
  quota.history = histories[key]
  quotas[i] = quota
end

local answer = { now }
local denied = false
local from = 1
while from <= #quotas do
  local to = from
  while to < #quotas and quotas[to + 1].charge == quotas[from].charge do
    to = to + 1
  end
  local totals, all = {}, true
  for i = from, to do
    expire(quotas[i].history, quotas[i].period, now)
    totals[quotas[i].history] = (totals[quotas[i].history] or 0) + quotas[i].cost
  end
  for i = from, to do
    local quota = quotas[i]
    quota.total = totals[quota.history]
    quota.allowed = quota.total <= quota.limit - used(quota.history)
    all = all and quota.allowed
  end
  local shadow = quotas[from].charge:sub(1, 1) == '~'
  if all and ARGV[3] == '1' and not (shadow and denied) then
    for i = from, to do
      record(quotas[i].history, quotas[i].limit, quotas[i].cost, now)
    end
  end
  for i = from, to do
    local quota, history = quotas[i], quotas[i].history
    local at = 4 * i - 2
    answer[at] = quota.allowed and 1 or 0
    answer[at + 1] = math.max(0, quota.limit - used(history))
    answer[at + 2] = quota.allowed and 0 or wait(history, quota.limit, quota.total, now)
    answer[at + 3] = reset(history, quota.limit, now)
  end
  denied = denied or not (all or shadow)
  from = to + 1
end
for _, history in pairs(histories) do
  save(history, now)
end
return answer
