-- Gives back permits that requests have recorded but did not take in truth, in one step. 'decide.lua' describes the
-- layout of a history.
--
-- KEYS     the history of each quota
-- ARGV[1]  doubles: the time in microseconds since the epoch, or -1 for the server's. Then for each key: the server's
--          time when the quota was recorded, its cost, the permits to give back, and of a calendar quota the window in
--          which it was recorded: its start, and its end, which is 0 for any other quota
--
-- Returns a byte for each key: 0 if what was recorded does not count any more, 1 if the permits were given back, and 2
-- if they were not, because more than 4096 entries are later.
--
-- A calendar quota is settled only while its window lasts. Any other quota is found by its time. The permits are taken
-- from the newest entries of that time, and from no other. An entry that has none left is removed. If the history's
-- clock was set ahead since then, the entry is not found.

local call, pack, unpack, unpack_table = redis.call, struct.pack, struct.unpack, unpack
local ENTRY, ENTRY_SIZE, FRONT_SIZE, STATE_SIZE, EXPIRY_SLACK = '>I7I7', 14, 256, 62, 5000000
local MODULUS, EXACT_ENTRIES, MAX_LATER_ENTRIES, MAX_READ_ENTRIES = 4503599627370496, 131072, 4096, 8192
local GONE, SETTLED, STANDS = '\0', '\1', '\2'

-- Lowers each cost in a cost and the entries after it, of which each has a time and a cost.
local function lower(costs, permits)
  local MOST = 64
  local lowered = {}
  for at = 1, #costs - 7, ENTRY_SIZE * MOST do
    local count = math.min(MOST, (#costs - 6 - at) / ENTRY_SIZE)
    local format = '>' .. string.rep('I7I7', count)
    local values = { unpack(format, costs, at) }
    for i = 1, 2 * count, 2 do
      values[i] = (values[i] - permits) % MODULUS
    end
    table.insert(lowered, pack(format, unpack_table(values, 1, 2 * count)))
  end
  table.insert(lowered, pack('>I7', (unpack('>I7', costs, #costs - 6) - permits) % MODULUS))
  return table.concat(lowered)
end

-- Gives back permits of one calendar quota.
local function settle_counter(key, now, cost, permits, start, ends)
  local value = call('GET', key)
  if not value or now < start or now >= ends then return GONE end
  local newest, used, expiry = unpack('>I7I7I7', value)
  if #value ~= 21 or used < 1 or used >= MODULUS then error('The key holds something other than a counter') end
  if newest < start or used < cost then return GONE end
  if used > permits then
    call('SET', key, pack('>I7I7I7', newest, used - permits, expiry), 'KEEPTTL')
  else
    call('DEL', key)
  end
  return SETTLED
end

-- Gives back permits in one history.
local function settle(key, now, recorded, cost, permits, start, ends)
  if ends > 0 then return settle_counter(key, now, cost, permits, start, ends) end
  local front = call('GETRANGE', key, '0', '255')
  local size = #front
  if size == 0 then return GONE end
  local retained, kind, expiry, ahead, kept, oldest, base, head = unpack('>I7BI7I7dddd', front)
  local long = kind > 16
  local rounded, rounded_origin, rounded_capacity, origin, capacity, stop, newest, cumulative
  if long then
    kind, rounded, rounded_origin, rounded_capacity, origin, capacity, stop, newest, cumulative =
      kind - 16, unpack('>ddddddI7I7', front, FRONT_SIZE - STATE_SIZE + 1)
  else
    stop = head + (size - 29 - 32 * kind) / ENTRY_SIZE
    newest, cumulative = unpack(ENTRY, front, size - ENTRY_SIZE + 1)
  end
  local slack = expiry - newest - kept
  if kept < 1 or stop % 1 ~= 0 or not (slack >= 0 and slack <= EXPIRY_SLACK + 1) then
    error('The key holds something other than a history')
  end
  local instant, time = recorded + ahead, math.max(now + ahead, newest)
  local period = retained > 0 and time >= retained and unpack('>d', front, 55) or kept
  if instant > newest or instant < oldest or instant <= time - period then return GONE end

  -- Read the newest entries, with the cost after them, until they include all of that time.
  local exact = head < 0 and stop - EXACT_ENTRIES or head
  local low, tail, count = head, nil, 32
  if not long then
    tail = front:sub(size - 6 - ENTRY_SIZE * (stop - head))
  else
    repeat
      low = math.max(exact, stop - count)
      local at = (low - origin) % capacity
      local final = at + stop - low
      tail = call('GETRANGE', key, FRONT_SIZE + ENTRY_SIZE * at,
        FRONT_SIZE + ENTRY_SIZE * math.min(final, capacity) - 1)
      if final > capacity then
        tail = tail .. call('GETRANGE', key, FRONT_SIZE, FRONT_SIZE + ENTRY_SIZE * (final - capacity) - 1)
      end
      count = 16 * count
    until low == exact or count > MAX_READ_ENTRIES or select(2, unpack(ENTRY, tail)) < instant
    tail = tail .. pack('>I7', cumulative)
  end

  -- The first 'reached' entries of the tail are not later.
  local reached, later = 0, stop - low
  while reached < later do
    local middle = math.floor((reached + later) / 2)
    if select(2, unpack(ENTRY, tail, ENTRY_SIZE * middle + 1)) <= instant then
      reached = middle + 1
    else
      later = middle
    end
  end
  if stop - low - reached > MAX_LATER_ENTRIES then return STANDS end

  -- The first 'left' entries stay. The last of them may give back a part of its cost.
  local left, given = reached, 0
  local least = low > exact and 1 or 0
  while left > least and given < permits do
    local before, time, after = unpack('>I7I7I7', tail, ENTRY_SIZE * (left - 1) + 1)
    if time ~= instant then break end
    local spent = (after - before) % MODULUS
    if spent > permits - given then
      given = permits
    else
      given, left = given + spent, left - 1
    end
  end
  local removed, first = reached - left, low + left
  if removed == 0 and given == 0 then return GONE end
  stop = stop - removed
  if stop == head then
    call('DEL', key)
    return SETTLED
  end

  local without_newest = removed > 0 and stop == first
  tail = tail:sub(1, ENTRY_SIZE * left) .. lower(tail:sub(ENTRY_SIZE * reached + 1), given)
  cumulative = unpack('>I7', tail, #tail - 6)
  if without_newest then
    newest = unpack('>I7', tail, #tail - 13)
    expiry = math.min(expiry, math.floor(newest + kept + math.min(EXPIRY_SLACK, kept / 64)))
  end
  if first == head then
    oldest = unpack('>I7', tail, 8)
  end

  local filled = false
  if head < 0 then
    -- The newest rounded entries fill the ring of exact entries up.
    for number = exact - 1, exact - removed, -1 do
      rounded, filled = rounded - 1, true
      local at = FRONT_SIZE + ENTRY_SIZE * (EXACT_ENTRIES + (rounded - rounded_origin) % rounded_capacity)
      call('SETRANGE', key, FRONT_SIZE + ENTRY_SIZE * ((number - origin) % capacity),
        call('GETRANGE', key, at, at + ENTRY_SIZE - 1))
      if rounded == head then
        head = number
        break
      end
    end
  end

  -- A window whose first entry was changed begins where the longest does. So does each window if the newest entry was
  -- removed, because the clock may now go back further.
  local windows = pack('>dddd', kept, oldest, base, head)
  for place = 1, kind - 1 do
    local period, _, _, number = unpack('>dddd', front, 23 + 32 * place)
    local same = number < first and not without_newest and not filled
    windows = windows
      .. (same and front:sub(23 + 32 * place, 54 + 32 * place) or pack('>dddd', period, oldest, base, head))
  end
  local value = pack('>I7BI7I7c0', retained, long and kind + 16 or kind, expiry, ahead, windows)
  if not long then
    call('SET', key, value .. tail, 'KEEPTTL')
    return SETTLED
  end
  local changed, at = tail:sub(ENTRY_SIZE * left + 1, -8), (first - origin) % capacity
  local fitting = ENTRY_SIZE * (capacity - at)
  if #changed > 0 then
    call('SETRANGE', key, FRONT_SIZE + ENTRY_SIZE * at, changed:sub(1, fitting))
  end
  if #changed > fitting then
    call('SETRANGE', key, FRONT_SIZE, changed:sub(fitting + 1))
  end
  call('SETRANGE', key, '0', value .. string.rep('\0', FRONT_SIZE - STATE_SIZE - #value) .. pack('>ddddddI7I7',
    rounded, rounded_origin, rounded_capacity, origin, capacity, stop, newest, cumulative))
  return SETTLED
end

local arguments = ARGV[1]
local now = unpack('>d', arguments)
if now < 0 then
  local time = call('TIME')
  now = time[1] * 1000000 + time[2]
end
local results = ''
for i = 1, #KEYS do
  results = results .. settle(KEYS[i], now, unpack('>ddddd', arguments, 40 * i - 31))
end
return results
