-- Decides the quotas of one request and records them, in one step. It can also decide several
-- requests, one after the other at the same instant, as if each had been run alone.
--
-- KEYS     the history of each quota, request by request; a key may occur twice
-- ARGV[1]  doubles: the time in microseconds since the epoch, or -1 to use the server's; the
--          deadline, after which nothing is recorded; 1 to record, 0 to peek; and four for each
--          key: limit, period in microseconds, cost, number of its group in the request. The
--          number is negative for a shadow group, which is not recorded after a denied group of
--          the same request
-- ARGV[2]  if there are several requests, doubles: the number of keys of each
--
-- Returns doubles in one string, five for each quota: the time, 1 if it has room, the remaining
-- permits, the wait and the reset in microseconds. A wait of -1 never ends. Returns the time
-- alone if the deadline has passed. If one of several requests fails, the others do not: the
-- second double of its quotas is -1, the third of its first quota the length of the error
-- message, and the others are 0. The error messages follow all doubles.
--
-- A history is a string: a header of five doubles, and up to 16 entries, the newest last.
-- A long history has four more doubles in its header, room for all 16 entries, and then a ring
-- of the earlier entries. An entry is its time and the cumulative cost, in seven bytes each.
-- Costs are kept modulo 2^52, which no limit reaches.
--
-- A history has its own clock, which never goes back behind its newest entry. If the server's
-- clock goes back, the history's clock is set ahead once, by the difference: the newest entry
-- then counts as if it were made now, and earlier entries keep their distance to it. So no wait
-- is longer than the period, and no entry counts for less time than it should.
--
-- Most of the time goes into calls and into what Lua allocates, so there are few of both. There
-- are few functions, because functions and the variables that they share are created anew in
-- each run. So each function has its own constants, and what the most common request does not
-- need is created after that request has been answered. Numbers in calls are strings where
-- possible, because the server is slow to format a number.

local call, pack, unpack = redis.call, struct.pack, struct.unpack

local arguments = ARGV[1]
local now, deadline, recording = unpack('<ddd', arguments)
if now < 0 then
  local time = call('TIME')
  now = time[1] * 1000000 + time[2]
end
if now > deadline then
  return pack('<d', now)
end
recording = recording == 1

-- Records a quota if this only adds an entry to its history, or starts the history. Returns the
-- answer, or nil and the front of the history if more has to be done. The front is passed in if
-- it was read before. APPEND gives a short string room for twice its size, at most 264 bytes.
local function append(i, front)
  local ENTRY, ENTRY_SIZE, HEADER_SIZE, LONG_HEADER_SIZE, FRONT_SIZE = '<I7I7', 14, 40, 72, 296
  local MODULUS, EXACT_ENTRIES, EXPIRY_SLACK = 4503599627370496, 131072, 5000000
  local key = KEYS[i]
  local limit, period, cost = unpack('<ddd', arguments, 32 * i - 7)
  front = front or call('GETRANGE', key, '0', '295')
  local size = #front
  if size == 0 then
    if cost == 0 or cost > limit then
      return nil, front
    end
    local expiry = now + period + math.min(EXPIRY_SLACK, period / 64)
    call('SET', key, pack('<dddddI7I7', period, now, 0, expiry, 0, now, cost), 'PX',
      string.format('%d', (expiry - now) / 1000 + 2))
    return pack('<ddddd', now, 1, limit - cost, 0, period)
  end

  local kept, oldest, base, expiry, ahead = unpack('<ddddd', front)
  local tail, last, ring = size, nil, 0
  if size == FRONT_SIZE then
    ring, last = unpack('<dxxxxxxxxd', front, HEADER_SIZE + 9)
    tail = LONG_HEADER_SIZE + ENTRY_SIZE * last
  end
  local newest, cumulative = unpack(ENTRY, front, tail - ENTRY_SIZE + 1)
  local free = limit - (cumulative - base) % MODULUS - cost
  local instant = now + ahead
  if free < 0 or cost == 0 or kept ~= period or instant < newest or oldest <= instant - period
    or instant + period > expiry or ring + 16 > EXACT_ENTRIES
    or tail + ENTRY_SIZE > FRONT_SIZE - (last and 0 or LONG_HEADER_SIZE - HEADER_SIZE) then
    return nil, front
  end
  cumulative = (cumulative + cost) % MODULUS
  if last then
    call('SETRANGE', key, '64',
      pack('<dc0I7I7', last + 1, front:sub(LONG_HEADER_SIZE + 1, tail), instant, cumulative))
  else
    call('APPEND', key, pack(ENTRY, instant, cumulative))
  end
  return pack('<ddddd', now, 1, free, 0, oldest + period - instant)
end

local looked
if recording and #KEYS == 1 then
  local answer
  answer, looked = append(1)
  if answer then
    return answer
  end
end

-- Finds the first entry after index 'low' with a time, or with a cost since 'base', of at least
-- 'least', or else the newest entry. The newest entries are in 'front', from 'from' on. Returns
-- the index, the time and the cumulative cost before it.
local function find(key, front, from, head, ring, capacity, last, low, base, least)
  local ENTRY, ENTRY_SIZE, FRONT_SIZE, MODULUS = '<I7I7', 14, 296, 4503599627370496
  local function entry(place)
    if place >= ring then
      return unpack(ENTRY, front, from + ENTRY_SIZE * (place - ring))
    end
    local at = FRONT_SIZE + ENTRY_SIZE * ((head + place) % capacity)
    return unpack(ENTRY, call('GETRANGE', key, at, at + ENTRY_SIZE - 1))
  end
  local function reached(place)
    local instant, cumulative = entry(place)
    return (base and (cumulative - base) % MODULUS or instant) >= least
  end

  local newest = ring + last - 1
  local high, step = low + 1, 1
  while high < newest and not reached(high) do
    low, high, step = high, high + step, 2 * step
  end
  high = math.min(high, newest)
  while high - low > 1 do
    local middle = math.floor((low + high) / 2)
    if reached(middle) then
      high = middle
    else
      low = middle
    end
  end
  local before = base
  if high > 0 then
    local _
    _, before = entry(high - 1)
  end
  return high, (entry(high)), before
end

-- Enlarges the ring. SETRANGE gives a string that it enlarges room for twice its size, and BITOP
-- makes a copy without extra room. Long rings are not copied, but grow as they are written.
local function grow(key, head, ring, capacity, limit)
  local ENTRY_SIZE, FRONT_SIZE, BLOCK = 14, 296, 16
  local MAX_ENTRIES, COPIED_ENTRIES = 2 * 131072 + 2, 4096
  local split = FRONT_SIZE + ENTRY_SIZE * (head - head % BLOCK)
  if split > FRONT_SIZE then
    call('SETRANGE', key, FRONT_SIZE, call('GETRANGE', key, split, FRONT_SIZE + ENTRY_SIZE * capacity - 1)
      .. call('GETRANGE', key, FRONT_SIZE, split - 1))
  end
  local wanted = math.max(math.min(limit, MAX_ENTRIES), ring + BLOCK)
  if ring >= COPIED_ENTRIES then
    return BLOCK * math.ceil(wanted / BLOCK) + BLOCK
  end
  wanted = BLOCK * math.ceil(math.min(wanted, 1.5 * ring + BLOCK) / BLOCK) + BLOCK
  call('SETRANGE', key, FRONT_SIZE + ENTRY_SIZE * wanted - 1, '\0')
  call('BITOP', 'OR', key, key)
  return wanted
end

-- Decides a quota, and records it if 'records' is true and it has room. The front of its history
-- is passed in if it was read before. Returns the answer, whether it has room, and the front, or
-- false if the history was written since.
local function decide_one(i, cost, records, front)
  local ENTRY, ENTRY_SIZE = '<I7I7', 14
  local HEADER_SIZE, LONG_HEADER_SIZE = 40, 72
  local FRONT_SIZE, BLOCK = 296, 16
  local MODULUS, EXACT_ENTRIES, EXPIRY_SLACK = 4503599627370496, 131072, 5000000
  local key = KEYS[i]
  local limit, period = unpack('<dd', arguments, 32 * i - 7)

  front = front or call('GETRANGE', key, '0', '295')
  local size = #front
  local stored = size > 0
  local kept, oldest, base, expiry, ahead, newest, cumulative = period, 0, 0, 0, 0, 0, 0
  local head, ring, capacity, last, from = 0, 0, 0, 0, HEADER_SIZE + 1
  local added, changed = '', false
  if stored then
    kept, oldest, base, expiry, ahead = unpack('<ddddd', front)
    if size < FRONT_SIZE then
      last = (size - HEADER_SIZE) / ENTRY_SIZE
    else
      head, ring, capacity, last = unpack('<dddd', front, HEADER_SIZE + 1)
      from = LONG_HEADER_SIZE + 1
    end
    newest, cumulative = unpack(ENTRY, front, from + ENTRY_SIZE * (last - 1))
    -- A value that something else wrote does not have the expiry of a history.
    local slack = expiry - newest - kept
    if last % 1 ~= 0 or not (kept > 0 and kept < MODULUS and slack >= 0 and slack <= EXPIRY_SLACK + 1
      and ahead >= 0) then
      error('The key holds something other than a history')
    end
  end

  local time = now + ahead
  if time < newest then
    time, ahead, expiry, changed = newest, newest - now, 0, true
  end

  -- An entry that has expired by the previous rate stays expired.
  while stored do
    local expired = time - kept
    if newest <= expired then
      time, ahead, expiry = now, 0, 0
      oldest, newest, base, cumulative = now, now, 0, 0
      head, ring, capacity, last = 0, 0, 0, 0
    elseif oldest <= expired then
      -- While a window stays full, entries expire one at a time.
      local live = 0
      if ring > 1 and head + 1 < capacity then
        local at = FRONT_SIZE + ENTRY_SIZE * head
        local _, before, second = unpack('<I7I7I7', call('GETRANGE', key, at, at + 20))
        if second > expired then
          live, oldest, base = 1, second, before
        end
      end
      if live == 0 then
        live, oldest, base = find(key, front, from, head, ring, capacity, last, 0, nil, expired + 1)
      end
      if live < ring then
        head, ring = (head + live) % capacity, ring - live
      else
        from, last = from + ENTRY_SIZE * (live - ring), last - (live - ring)
        head, ring, capacity = 0, 0, 0
      end
    end
    if kept == period then
      break
    end
    kept, changed = period, true
  end

  local free = limit - (cumulative - base) % MODULUS
  local allowed = cost <= free
  local wait = 0
  if allowed then
    if records and cost > 0 then
      local count = ring + last
      local merged = false
      if count >= EXACT_ENTRIES then
        local step = math.floor(period / EXACT_ENTRIES) + 1
        merged = math.floor(time / step) == math.floor(newest / step)
      elseif count == 0 then
        oldest = time
      end
      cumulative = (cumulative + cost) % MODULUS
      newest = time
      free = free - cost
      if merged then
        last = last - 1
      elseif last == BLOCK then
        if ring + BLOCK > capacity then
          capacity, head, expiry = grow(key, head, ring, capacity, limit), head % BLOCK, 0
        end
        call('SETRANGE', key, FRONT_SIZE + ENTRY_SIZE * ((head + ring) % capacity), front:sub(from))
        ring, last = ring + BLOCK, 0
      end
      last, added, changed = last + 1, pack(ENTRY, time, cumulative), true
    end
  elseif cost > limit then
    wait = -1
  elseif cost - free == 1 then
    wait = oldest + period - time
  else
    local _, instant = find(key, front, from, head, ring, capacity, last, -1, base, cost - free)
    wait = instant + period - time
  end

  local reset = 0
  if limit == 0 then
    reset = period
  elseif last > 0 then
    if free >= 0 then
      reset = oldest + period - time
    else
      local _, instant = find(key, front, from, head, ring, capacity, last, -1, base, 1 - free)
      reset = instant + period - time
    end
  end

  if changed then
    local expires_at = newest + period
    local late = expiry < expires_at or expiry > expires_at + EXPIRY_SLACK
    if late then
      expiry = expires_at + math.min(EXPIRY_SLACK, period / 64)
    end
    local written = front:sub(from, from + ENTRY_SIZE * last - #added - 1) .. added
    if last == 0 then
      call('DEL', key)
    elseif capacity > 0 then
      call('SETRANGE', key, '0',
        pack('<ddddddddd', period, oldest, base, expiry, ahead, head, ring, capacity, last) .. written)
      if late then
        call('PEXPIRE', key, string.format('%d', (expiry - time) / 1000 + 2))
      end
    elseif late then
      call('SET', key, pack('<ddddd', period, oldest, base, expiry, ahead) .. written, 'PX',
        string.format('%d', (expiry - time) / 1000 + 2))
    else
      call('SET', key, pack('<ddddd', period, oldest, base, expiry, ahead) .. written, 'KEEPTTL')
    end
  end

  return pack('<ddddd', now, allowed and 1 or 0, free > 0 and free or 0, wait, reset), allowed, not changed and front
end

local answers = {}

-- Decides the request with the quotas from 'first' to 'final'. The front of the first history is
-- passed in if 'append' has read it but could not record.
local function decide(first, final, front)
  local denied = false
  local start = first
  while start <= final do
    local stop, shadow = start, false
    if start < final or denied then
      local group = unpack('<d', arguments, 32 * start + 17)
      shadow = group < 0
      while stop < final and unpack('<d', arguments, 32 * stop + 49) == group do
        stop = stop + 1
      end
    end
    local records = recording and not (shadow and denied)
    local all = true
    if start == stop then
      local answer
      if records and not front then
        answer, front = append(start)
      end
      if not answer then
        answer, all = decide_one(start, unpack('<d', arguments, 32 * start + 9), records, front)
      end
      answers[start], front = answer, nil
    else
      -- First peek at all quotas of the group, and then record them if all have room. Quotas
      -- with the same key are summed, which 'append' does not do.
      local totals, fronts, repeated = {}, {}, false
      for i = start, stop do
        local key = KEYS[i]
        repeated = repeated or totals[key]
        totals[key] = (totals[key] or 0) + unpack('<d', arguments, 32 * i + 9)
      end
      for i = start, stop do
        local allowed
        answers[i], allowed, fronts[i] = decide_one(i, totals[KEYS[i]], false)
        all = all and allowed
      end
      if records and all then
        for i = start, stop do
          local answer, read
          if not repeated then
            answer, read = append(i, fronts[i])
          end
          answers[i] = answer or decide_one(i, totals[KEYS[i]], true, read)
          totals[KEYS[i]] = 0
        end
      end
    end
    denied = denied or not (all or shadow)
    start = stop + 1
  end
end

local sizes = ARGV[2]
if not sizes then
  decide(1, #KEYS, looked)
  return table.concat(answers)
end
local errors = ''
local first, at = 1, 1
while at < #sizes do
  local size
  size, at = unpack('<d', sizes, at)
  local decided, failure = pcall(decide, first, first + size - 1)
  if not decided then
    local text = type(failure) == 'table' and failure.err or failure
    for i = first, first + size - 1 do
      answers[i] = pack('<ddddd', now, -1, i == first and #text or 0, 0, 0)
    end
    errors = errors .. text
  end
  first = first + size
end
return table.concat(answers) .. errors
