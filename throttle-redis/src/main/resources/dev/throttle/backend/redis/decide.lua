-- Decides the quotas of one request and records them, in one step. It can also decide several requests, one after
-- the other at the same instant, as if each had been run alone.
--
-- KEYS     the history of each quota, request by request, at most once in a group
-- ARGV[1]  doubles: the time in microseconds since the epoch, or -1 for the server's; the earliest time and the
--          deadline, before and after which nothing is recorded; 1 to record what has room, 2 to record in any case,
--          0 to peek. Then for each key: cost, number of its group in the request, number of rates; and for each rate,
--          the longest period first: limit, period in microseconds. The number of a shadow group is negative; it is
--          not recorded after a denied group of the same request. The number of rates of a calendar quota is negative.
--          It is followed by three boundaries, the last one after the deadline, and by the limit of each rate
-- ARGV[2]  if there are several requests, three doubles for each: its keys, the bytes of their arguments and answers
--
-- Returns doubles in one string: for each quota the time, and for each of its rates 1 if it has room, the remaining
-- permits, the wait (-1 if it never ends) and the reset in microseconds. Returns the time alone if it is too early, or
-- the deadline has passed. If one of several requests fails, its second double is -1 and its third the length of the
-- error message; the messages follow all doubles.
--
-- The history of a calendar quota is a counter, a string of three numbers of seven bytes: the time of the last
-- recording, the cost in its window, and the end of the window, soon after which the key expires. If the server's clock
-- goes back behind the last recording, that counts as if it were made now, so no wait goes beyond the next boundary.
--
-- Any other history is a string:
--   retained  until when the first window is kept though no rate asks for it, or 0
--   kind      a byte: the number of windows, plus 16 if the history is long
--   expiry    of the key
--   ahead     how far the history's clock is ahead of the server's
--   windows   up to five, the longest first: period; time of the oldest live entry, the cost before it, its number.
--             The first window decides which entries are kept
--   entries   as many as fit into 256 bytes, the oldest first: the cost before it, and for each entry its time and
--             the cost up to it. So each time stands between the costs before and after it
-- A long history has these instead of the entries:
--   state     at byte 194. Of the ring of rounded entries: the number after the newest, the number in the first
--             place, the capacity. Of the ring of exact entries: the number in the first place, the capacity, the
--             number after the newest, the time of the newest, the cost up to it
--   rings     at byte 256, of entries: the cost before it, its time. The newest 131072 are exact. Older ones are
--             rounded up to 1/131072 of the longest period, and have negative numbers
-- Windows and state are doubles, except for the state's time and cost. All other numbers have seven bytes. Costs are
-- kept modulo 2^52, which no window reaches: neither within a limit, nor by what is recorded in any case.
--
-- A history has its own clock, which never goes back behind its newest entry. If the server's goes back, the
-- history's is set ahead by the difference: the newest entry then counts as if it were made now, and earlier entries
-- keep their distance to it. So no wait is longer than the period, and no entry expires too early.
--
-- Most of the time goes into calls and into what Lua allocates, such as functions and the variables that they share.
-- So there are few of these, and the most common request is answered before most of them are created.

local call, pack, unpack = redis.call, struct.pack, struct.unpack

local arguments = ARGV[1]
local now, earliest, deadline, recording, cost, group, rates, limit, period = unpack('>ddddddddd', arguments)
if now < 0 then
  local time = call('TIME')
  now = time[1] * 1000000 + time[2]
end
if now < earliest or now > deadline then return pack('>d', now) end

-- Records the quotas from 'i' to 'final' if this only adds an entry to each history, or starts it. Returns the answers.
-- If more has to be done, it writes nothing, and returns nil, the quota that needs it and what was read of its history.
-- The arguments of quota 'i' begin at 'at', and are passed as well.
local function append(first, i, final, at, cost, _, rates, limit, period)
  local MODULUS, EXPIRY_SLACK = 4503599627370496, 5000000
  local key = KEYS[i]
  if rates < 0 then return nil end
  for earlier = first, i - 1 do
    if KEYS[earlier] == key then return nil end
  end
  local front = call('GETRANGE', key, '0', '255')
  local size = #front
  local retained, kind, expiry, ahead, kept, oldest, base, head, newest, cumulative, full, origin, capacity, stop
  if size == 0 then
    retained, kind, expiry, ahead, kept, oldest, base, newest, cumulative = 0, 1, now + period, 0, period, now, 0, 0, 0
  else
    retained, kind, expiry, ahead, kept, oldest, base, head = unpack('>I7BI7I7dddd', front)
    if kind > 16 then
      kind, origin, capacity, stop, newest, cumulative = kind - 16, unpack('>dddI7I7', front, 219)
      full = head < 0 or stop - head == capacity
    else
      newest, cumulative = unpack('>I7I7', front, size - 13)
      full = size > 242
    end
  end
  local instant = now + ahead
  local free = limit - (cumulative - base) % MODULUS - cost
  if free < 0 or kind ~= rates or kept ~= period or retained > 0 or full or oldest <= instant - period
    or instant < newest or instant + period > expiry then
    return nil, i, front
  end

  local answers, others = '', ''
  for place = 1, rates - 1 do
    local limit, period = unpack('>dd', arguments, at + 24 + 16 * place)
    local stored, oldest, base = unpack('>ddd', front, 23 + 32 * place)
    local free = limit - (cumulative - base) % MODULUS - cost
    if free < 0 or stored ~= period or oldest <= instant - period then return nil, i, front end
    answers = answers .. pack('>dddd', 1, free, 0, oldest + period - instant)
  end
  if i < final then
    local which, read
    at = at + 24 + 16 * rates
    others, which, read = append(first, i + 1, final, at, unpack('>ddddd', arguments, at))
    if not others then return nil, which, read end
  end

  local spent = (cumulative + cost) % MODULUS
  if size == 0 then
    expiry = math.floor(expiry + math.min(EXPIRY_SLACK, period / 64))
    call('SET', key, pack('>I7BI7I7ddddI7I7I7', 0, 1, expiry, 0, period, now, 0, 0, 0, now, cost),
      'PX', string.format('%d', (expiry - now) / 1000 + 2))
  elseif stop then
    call('SETRANGE', key, string.format('%d', 256 + 14 * ((stop - origin) % capacity)),
      pack('>I7I7', cumulative, instant))
    call('SETRANGE', key, '234', pack('>dI7I7', stop + 1, instant, spent))
  else
    call('APPEND', key, pack('>I7I7', instant, spent))
  end
  return pack('>dddddc0c0', now, 1, free, 0, oldest + period - instant, answers, others)
end

local recorded, which, read
if recording == 1 and not ARGV[2] then
  recorded, which, read = append(1, 1, #KEYS, 33, cost, group, rates, limit, period)
end
if recorded then return recorded end

-- Finds the first entry from number 'low' on that was made at 'least' or later. Returns its number, the cost before it
-- and its time. If 'since' is given, finds the first entry before which the cost since then is at least 'least', and
-- returns cost and time of the entry before it, or none if that is before 'low'.
local function find(key, front, stop, low, least, since)
  local ENTRY, ENTRY_SIZE, FRONT_SIZE, MODULUS, EXACT_ENTRIES = '>I7I7', 14, 256, 4503599627370496, 131072
  local rounded, rounded_origin, rounded_capacity, origin, capacity
  if front:byte(8) > 16 then
    rounded, rounded_origin, rounded_capacity, origin, capacity = unpack('>ddddd', front, 195)
  end
  local high, step, cost, time = stop, 1
  while low < high do
    local middle = low + high
    middle = math.min(low + step - 1, (middle - middle % 2) / 2)
    if low < 0 and high >= 0 then
      middle = stop - EXACT_ENTRIES
    end
    local bytes, at = front, #front - 6 - ENTRY_SIZE * (stop - middle)
    if capacity then
      at = middle >= 0 and (middle - origin) % capacity or EXACT_ENTRIES + (middle - rounded_origin) % rounded_capacity
      at = FRONT_SIZE + ENTRY_SIZE * at
      bytes, at = call('GETRANGE', key, string.format('%d', at), string.format('%d', at + ENTRY_SIZE - 1)), 1
    end
    local before, made = unpack(ENTRY, bytes, at)
    local reached = (since and (before - since) % MODULUS or made) >= least
    if reached == not since then
      cost, time = before, made
    end
    if reached then
      high = low < 0 and middle >= 0 and rounded or middle
    else
      low, step = middle + 1, 2 * step
    end
  end
  return low == rounded and stop - EXACT_ENTRIES or low, cost, time
end

local decide

-- Decides a calendar quota and those of its group that follow, as 'decide' does.
local function decide_counter(i, final, at, records)
  local COUNTER, MOST, EXPIRY_SLACK = '>I7I7I7', 4503599627370495, 10000
  local key = KEYS[i]
  local cost, group, count, before, start, ends = unpack('>dddddd', arguments, at)
  if now < start then
    start, ends = before, start
  end
  local value, newest, used, expiry = call('GET', key), now, 0, ends
  if value then
    newest, used, expiry = unpack(COUNTER, value)
    if #value ~= 21 or used < 1 or used > MOST then error('The key holds something other than a counter') end
    used = newest >= start and used or 0
  end
  local changed = used > 0 and (newest > now or expiry < ends)
  if recording == 2 then
    cost = math.min(cost, MOST - used)
  end

  local room, answers, past = true, '', at + 48 - 8 * count
  for place = at + 48, past - 8, 8 do
    room = room and (recording == 2 or cost <= unpack('>d', arguments, place) - used)
  end
  local all, others, following, next_at = room, '', i + 1, past
  if following <= final and group == select(2, unpack('>dd', arguments, next_at)) then
    all, others, following, next_at = decide(following, final, next_at, records and room)
    all = all and room
  end
  if records and all then
    newest, used, cost, changed = now, used + cost, 0, true
  end
  for place = at + 48, past - 8, 8 do
    local limit = unpack('>d', arguments, place)
    local free, left = limit - used, ends - now
    local wait = cost > limit and -1 or cost > free and left or 0
    answers = answers .. pack('>dddd', wait == 0 and 1 or 0, math.max(free, 0), wait,
      (used > 0 or limit == 0) and left or 0)
  end
  if changed then
    local left = string.format('%d', (ends - now) / 1000 + EXPIRY_SLACK)
    call('SET', key, pack(COUNTER, math.min(newest, now), used, ends), 'PX', left)
  end
  return all, pack('>dc0c0', now, answers, others), following, next_at
end

-- Decides the quotas of a group from 'i' on, whose arguments begin at 'at', and records them if 'records' is true and
-- all have room. Returns whether all have room, the answers, the first quota of the next group and where its arguments
-- begin.
function decide(i, final, at, records)
  local ENTRY, ENTRY_SIZE, FRONT_SIZE, STATE_SIZE, MAX_WINDOWS = '>I7I7', 14, 256, 62, 5
  local MODULUS, EXACT_ENTRIES, EXPIRY_SLACK = 4503599627370496, 131072, 5000000
  local key = KEYS[i]
  local cost, group, count, _, longest = unpack('>ddddd', arguments, at)
  if count < 0 then return decide_counter(i, final, at, records) end
  local front = i == which and read or call('GETRANGE', key, '0', '255')
  local size, changed, long = #front, false, false

  local retained, kind, expiry, ahead, kept, oldest, base, head, stop, newest, cumulative, time
  local rounded, rounded_origin, rounded_capacity, origin, capacity = -MODULUS, 0, 0, 0, 0
  if size > 0 then
    retained, kind, expiry, ahead, kept, oldest, base, head = unpack('>I7BI7I7dddd', front)
    if kind > 16 then
      long, kind = true, kind - 16
      rounded, rounded_origin, rounded_capacity, origin, capacity, stop, newest, cumulative =
        unpack('>ddddddI7I7', front, FRONT_SIZE - STATE_SIZE + 1)
    else
      stop = head + (size - 29 - 32 * kind) / ENTRY_SIZE
      newest, cumulative = unpack(ENTRY, front, size - ENTRY_SIZE + 1)
    end
    -- A value that something else wrote does not have the expiry of a history.
    local slack = expiry - newest - kept
    if kept < 1 or stop % 1 ~= 0 or not (slack >= 0 and slack <= EXPIRY_SLACK + 1) then
      error('The key holds something other than a history')
    end

    time = now + ahead
    if time < newest then
      time, ahead, expiry, changed = newest, newest - now, 0, true
    end
    local previous = retained > 0 and unpack('>d', front, 55) or kept
    if retained > 0 and time >= retained then
      retained, changed, kept = 0, true, previous
    end
    if newest <= time - kept then
      size, changed, long = 0, true, false
    else
      if oldest <= time - kept then
        head, base, oldest = find(key, front, stop, head < 0 and head or head + 1, time - kept + 1)
        changed = true
      end
      if longest > kept or longest == kept and retained > 0 then
        kept, retained, changed = longest, 0, true
      elseif longest ~= previous then
        retained, changed = longest < previous and math.max(retained, time + previous) or retained, true
      end
    end
  end
  if size == 0 then
    retained, kind, expiry, ahead, kept, oldest, base, head = 0, 1, 0, 0, longest, now, 0, 0
    stop, newest, cumulative, time = 0, 0, 0, now
  end
  if recording == 2 then
    cost = math.min(cost, MODULUS - 1 - (cumulative - base) % MODULUS)
  end

  -- Answer as if all quotas had room, and once more if they have not.
  local all, others, windows, answers, following, next_at, most
  repeat
    local room, hopeful = true, false
    windows, answers = '', ''
    for place = 1, count do
      local limit, period = unpack('>dd', arguments, at + 8 + 16 * place)
      local first, before, number = oldest, base, head
      if period == kept then
        most = limit
      else
        for window = 1, kind - 1 do
          local stored, instant, spent, entry = unpack('>dddd', front, 23 + 32 * window)
          if stored == period and entry >= head and (entry < 0 or head >= 0 or entry >= stop - EXACT_ENTRIES) then
            first, before, number = instant, spent, entry
          end
        end
        if newest <= time - period then
          first, before, number = time, cumulative, stop
        elseif number < 0 or first <= time - period then
          number, before, first = find(key, front, stop, number < 0 and number or number + 1, time - period + 1)
        end
        windows = windows .. pack('>dddd', period, first, before, number)
      end
      local free, wait, reset = limit - (cumulative - before) % MODULUS, 0, first + period - time
      room = room and (cost <= free or recording == 2)
      if records and room then
        free, hopeful = free - cost, true
      else
        local function delay(permits)
          local instant = permits > 1 and select(3, find(key, front, stop, number + 1, permits, before)) or first
          return instant + period - time
        end
        wait = cost > limit and -1 or cost > free and delay(cost - free) or 0
        reset = limit == 0 and period or number == stop and 0 or delay(1 - free)
      end
      answers = answers .. pack('>dddd', wait == 0 and 1 or 0, free > 0 and free or 0, wait, reset)
    end
    if not following then
      all, others, following, next_at = room, '', i + 1, at + 24 + 16 * count
      if following <= final and group == select(2, unpack('>dd', arguments, next_at)) then
        all, others, following, next_at = decide(following, final, next_at, records and room)
        all = all and room
      end
    end
    records = records and all
  until all or not hopeful

  if changed and stop == head and not records then
    call('DEL', key)
  elseif records or changed then
    local entries
    if long and head >= 0 and stop - head < 6 then
      entries, long = '', false
      for number = head, stop - 1 do
        entries = entries .. pack(ENTRY, select(2, find(key, front, stop, number, 0)))
      end
      entries = entries .. pack('>I7', cumulative)
    elseif not long then
      entries = stop > head and front:sub(size - 6 - ENTRY_SIZE * (stop - head)) or pack('>I7', 0)
    end

    if records then
      local exact = head < 0 and stop - EXACT_ENTRIES or head
      if long and stop - exact == capacity then
        local function from(at, place, size)
          place = at + ENTRY_SIZE * place
          return call('GETRANGE', key, place, at + ENTRY_SIZE * size - 1) .. call('GETRANGE', key, at, place - 1)
        end
        if capacity < EXACT_ENTRIES then
          -- What SET writes has no spare room. A longer ring grows as it is written.
          local ring = from(FRONT_SIZE, (head - origin) % capacity, capacity)
          local wanted = math.min(math.max(most or EXACT_ENTRIES, capacity + 1), EXACT_ENTRIES)
          if capacity < 2048 then
            wanted = math.min(wanted, math.floor(1.5 * capacity) + 16)
            call('SET', key, front .. ring .. string.rep('\0', ENTRY_SIZE * (wanted - capacity)), 'KEEPTTL')
          else
            call('SETRANGE', key, FRONT_SIZE, ring)
          end
          origin, capacity = head, wanted
        else
          -- The oldest exact entry moves to the other ring.
          local rounded_at, step = FRONT_SIZE + ENTRY_SIZE * EXACT_ENTRIES, math.floor(kept / EXACT_ENTRIES) + 1
          local _, before, instant = find(key, front, stop, exact, 0)
          local _, merged, latest = find(key, front, stop, head < 0 and rounded - 1 or stop, 0)
          if latest and math.floor(instant / step) == math.floor(latest / step) then
            before, oldest = merged, head == rounded - 1 and instant or oldest
          else
            head = math.min(head, rounded)
            if rounded - head == rounded_capacity then
              if rounded_capacity > 0 then
                call('SETRANGE', key, rounded_at, from(rounded_at, (head - rounded_origin) % rounded_capacity,
                  rounded_capacity))
              end
              rounded_origin, rounded_capacity = head, rounded_capacity + EXACT_ENTRIES + 1
            end
            rounded = rounded + 1
          end
          call('SETRANGE', key, rounded_at + ENTRY_SIZE * ((rounded - 1 - rounded_origin) % rounded_capacity),
            pack(ENTRY, before, instant))
        end
      end
      local spent = (cumulative + cost) % MODULUS
      if long then
        call('SETRANGE', key, string.format('%d', FRONT_SIZE + ENTRY_SIZE * ((stop - origin) % capacity)),
          pack(ENTRY, cumulative, time))
      else
        entries = entries .. pack(ENTRY, time, spent)
      end
      newest, cumulative, stop = time, spent, stop + 1
    else
      -- The clock may still go back to the newest entry, so where these windows begin is not final.
      windows = retained > 0 and pack('>dddd', longest, oldest, base, head) or ''
    end

    local value = pack('>ddddc0', kept, oldest, base, head, windows:sub(1, 32 * MAX_WINDOWS - 32))
    kind = #value / 32
    if not long and 22 + #value + #entries > FRONT_SIZE then
      long, origin, capacity, entries = true, head, stop - head + 16, entries:sub(1, -8)
      call('SET', key, string.rep('\0', FRONT_SIZE) .. entries .. string.rep('\0', 16 * ENTRY_SIZE), 'KEEPTTL')
    end
    local expires_at = newest + kept
    local late = expiry < expires_at or expiry > expires_at + EXPIRY_SLACK
    expiry = late and math.floor(expires_at + math.min(EXPIRY_SLACK, kept / 64)) or expiry
    value = pack('>I7BI7I7c0', retained, long and kind + 16 or kind, expiry, ahead, value)
    if long then
      call('SETRANGE', key, '0', value .. string.rep('\0', FRONT_SIZE - STATE_SIZE - #value) .. pack('>ddddddI7I7',
        rounded, rounded_origin, rounded_capacity, origin, capacity, stop, newest, cumulative))
    else
      call('SET', key, value .. entries, 'KEEPTTL')
    end
    if late then
      call('PEXPIRE', key, string.format('%d', (expiry - time) / 1000 + 2))
    end
  end
  return all, pack('>dc0c0', now, answers, others), following, next_at
end

-- Decides the request with the quotas from 'i' to 'final', whose arguments begin at 'at'.
local function run(i, final, at)
  local answers, denied = '', false
  while i <= final do
    local _, group = unpack('>dd', arguments, at)
    local all, answer
    all, answer, i, at = decide(i, final, at, recording > 0 and not (group < 0 and denied))
    answers, denied = answers .. answer, denied or not all and group > 0
  end
  return answers
end

local sizes = ARGV[2]
if not sizes then return run(1, #KEYS, 33) end
local answers, errors, first, at = {}, '', 1, 33
for position = 1, #sizes, 24 do
  local keys, bytes, answer_bytes = unpack('>ddd', sizes, position)
  local decided, answer = pcall(function()
    local final = first + keys - 1
    return recording == 1 and append(first, first, final, at, unpack('>ddddd', arguments, at)) or run(first, final, at)
  end)
  if not decided then
    local text = type(answer) == 'table' and answer.err or answer
    answer = pack('>ddd', now, -1, #text) .. string.rep('\0', answer_bytes - 24)
    errors = errors .. text
  end
  table.insert(answers, answer)
  first, at = first + keys, at + bytes
end
return table.concat(answers) .. errors
