-- What a log does at the very least: reads the clock and the key, adds an entry, answers.
-- It limits nothing.
--
-- KEYS[1]  the log
-- ARGV[1]  limit and period, not looked at, as long as what Throttle's script is given
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local log = redis.call('GETRANGE', KEYS[1], '0', '287')
redis.call('APPEND', KEYS[1], struct.pack('<I7I7', now, #log))
return struct.pack('<ddddd', now, 1, 0, 0, 0)
