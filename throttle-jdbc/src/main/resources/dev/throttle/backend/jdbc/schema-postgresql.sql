-- The tables and functions of Throttle's backend on PostgreSQL 13 and later. Run once, as a user who may create them.
-- For another prefix than 'throttle_', replace it everywhere. The application's own user needs USAGE on the schema,
-- SELECT, INSERT, UPDATE and DELETE on the tables, and EXECUTE on the functions, which everybody has by default.
--
-- Times are in microseconds since the epoch, by the server's clock, and periods in microseconds.

-- A history: its newest entries, the oldest first, and what holds for all of its entries. It has its own clock, which
-- never goes back behind its newest entry. If the server's goes back, the history's is set ahead by the difference.
CREATE TABLE IF NOT EXISTS throttle_history (
  key text COLLATE "C" NOT NULL PRIMARY KEY,
  times bigint[] NOT NULL,    -- of the entries, on the history's clock
  costs bigint[] NOT NULL,    -- the cumulative cost up to and including each entry
  base bigint NOT NULL,       -- the cumulative cost before these entries
  kept bigint NOT NULL,       -- for how long entries are kept
  longest bigint NOT NULL,    -- the longest period of the rates that were used last
  retained bigint NOT NULL,   -- until when entries are kept though no rate asks for it, or 0
  ahead bigint NOT NULL,      -- how far the history's clock is ahead of the server's
  cutoff bigint NOT NULL,     -- entries of this time and earlier are void for good
  lowest bigint NOT NULL,     -- the number of the oldest chunk
  chunks bigint NOT NULL,     -- the number after that of the newest chunk
  spilled bigint NOT NULL,    -- the time of the newest entry in a chunk
  expires bigint NOT NULL     -- when everything is void or later; rarely changed, so that updates stay in their page
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE throttle_history ALTER COLUMN times SET STORAGE PLAIN, ALTER COLUMN costs SET STORAGE PLAIN;
CREATE INDEX IF NOT EXISTS throttle_history_expires ON throttle_history (expires);

-- The older entries of a history, 32 in a row, if it has more than 64.
CREATE TABLE IF NOT EXISTS throttle_chunk (
  key text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  times bigint[] NOT NULL,
  costs bigint[] NOT NULL,
  base bigint NOT NULL,
  latest bigint NOT NULL,     -- the time of the last entry
  total bigint NOT NULL,      -- the cumulative cost up to and including the last entry
  PRIMARY KEY (key, number)
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE throttle_chunk ALTER COLUMN times SET STORAGE PLAIN, ALTER COLUMN costs SET STORAGE PLAIN;
CREATE INDEX IF NOT EXISTS throttle_chunk_latest ON throttle_chunk (key, latest, number);
CREATE INDEX IF NOT EXISTS throttle_chunk_total ON throttle_chunk (key, total);

-- What was used in one window of the calendar.
CREATE TABLE IF NOT EXISTS throttle_counter (
  key text COLLATE "C" NOT NULL PRIMARY KEY,
  newest bigint NOT NULL,     -- the time of the last recording
  used bigint NOT NULL,
  expires bigint NOT NULL     -- the end of the window
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX IF NOT EXISTS throttle_counter_expires ON throttle_counter (expires);

-- Rates that were set at run time.
CREATE TABLE IF NOT EXISTS throttle_override (
  application text COLLATE "C" NOT NULL,
  target text COLLATE "C" NOT NULL,
  rates text NOT NULL,
  expires bigint NOT NULL,    -- 0 for never
  PRIMARY KEY (application, target)
);

-- The configured rates of running instances.
CREATE TABLE IF NOT EXISTS throttle_instance (
  application text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  rates text NOT NULL,
  expires bigint NOT NULL,
  PRIMARY KEY (application, digest)
);

-- Returns the version of these tables and functions.
CREATE OR REPLACE FUNCTION throttle_version() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';

-- Returns the server's time.
CREATE OR REPLACE FUNCTION throttle_now() RETURNS bigint LANGUAGE sql VOLATILE AS
  'SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint';

-- Locks a history for the rest of the transaction. Returns false, and does not, if the transaction is of a kind in
-- which histories cannot be decided.
CREATE OR REPLACE FUNCTION throttle_lock(p_lock bigint, p_patience text) RETURNS boolean LANGUAGE sql VOLATILE AS $$
  -- Each statement must see what others committed before it had the lock. Plans must be right for tables of any size:
  -- only an index scan marks entries of dead rows, so that the next one does not visit them.
  SELECT current_setting('transaction_isolation') = 'read committed'
    AND current_setting('transaction_read_only') = 'off'
    AND set_config('synchronous_commit', 'off', true) = 'off' AND set_config('lock_timeout', p_patience, true) <> ''
    AND set_config('enable_seqscan', 'off', true) = 'off' AND set_config('enable_bitmapscan', 'off', true) = 'off'
    AND pg_advisory_xact_lock(p_lock) IS NOT NULL
$$;

-- Locks histories for the rest of the transaction, in the given order, and then reads the clock.
--
-- In each transaction, most of the time goes into preparing what is evaluated for the first time. So there are few
-- expressions on the way of the most common request. What others need, constants included, is in blocks of its own.
CREATE OR REPLACE FUNCTION throttle_begin(p_locks bigint[], p_time bigint, p_patience text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  v_done boolean;
BEGIN
  IF NOT throttle_lock(p_locks[1], p_patience) THEN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
      RAISE EXCEPTION 'Histories need the isolation level READ COMMITTED' USING ERRCODE = '25001';
    END IF;
    RAISE EXCEPTION 'The transaction is read-only' USING ERRCODE = '25006';
  END IF;
  FOR v_lock IN 2 .. cardinality(p_locks) LOOP
    v_done := pg_advisory_xact_lock(p_locks[v_lock]) IS NULL;
  END LOOP;
  RETURN coalesce(p_time, throttle_now());
END $$;

-- Returns when a cumulative cost was reached in a history.
CREATE OR REPLACE FUNCTION throttle_reached(p_key text, p_cost bigint, p_times bigint[], p_costs bigint[], p_base bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  IF p_cost > p_base THEN
    RETURN p_times[width_bucket(p_cost - 1, p_costs) + 1];
  END IF;
  RETURN (SELECT c.times[width_bucket(p_cost - 1, c.costs) + 1] FROM throttle_chunk c
    WHERE c.key = p_key AND c.total >= p_cost ORDER BY c.total LIMIT 1);
END $$;

-- Decides a quota with sliding windows.
--   p_mode  0 to peek, 1 to record if all rates have room, 2 to record in any case
--   p_args  from p_at on: cost, group, number of rates; and for each rate, the longest period first: limit, period
-- Returns 1 if all rates have room; then for each rate 1 if it has room, the remaining permits, the wait (-1 if it
-- never ends) and the reset.
CREATE OR REPLACE FUNCTION throttle_slide(p_key text, p_now bigint, p_mode integer, p_args bigint[], p_at integer)
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  c_inline CONSTANT integer := 64;
  v_cost bigint := p_args[p_at];
  v_records boolean := p_mode > 0;
  v_times bigint[];
  v_costs bigint[];
  v_base bigint;
  v_kept bigint;
  v_previous bigint;
  v_retained bigint;
  v_ahead bigint;
  v_cutoff bigint;
  v_lowest bigint;
  v_chunks bigint;
  v_spilled bigint;
  v_expires bigint;
  v_known boolean;
  v_newest bigint;
  v_total bigint;
  v_instant bigint;
  v_usual boolean;
  v_changed boolean;
  v_answer bigint[];
  v_bound bigint;
  v_first bigint;
  v_spent bigint;
  v_free bigint;
  v_place integer;
BEGIN
  SELECT h.times, h.costs, h.base, h.kept, h.longest, h.retained, h.ahead, h.cutoff, h.lowest, h.chunks, h.spilled,
      h.expires, true, h.times[cardinality(h.times)], coalesce(h.costs[cardinality(h.costs)], h.base), p_now + h.ahead,
      p_mode < 2 AND h.kept = p_args[p_at + 4] AND h.longest = h.kept AND h.retained = 0
        AND h.times[cardinality(h.times)] <= p_now + h.ahead
        AND h.times[cardinality(h.times)] > greatest(h.cutoff, p_now + h.ahead - h.kept)
    INTO v_times, v_costs, v_base, v_kept, v_previous, v_retained, v_ahead, v_cutoff, v_lowest, v_chunks, v_spilled,
      v_expires, v_known, v_newest, v_total, v_instant, v_usual
    FROM throttle_history h WHERE h.key = p_key;
  IF v_usual THEN
    v_cutoff := greatest(v_cutoff, v_instant - v_kept);
  ELSE
    DECLARE
      c_most CONSTANT bigint := 4503599627370495;
      v_longest bigint := p_args[p_at + 4];
    BEGIN
      IF v_known THEN
        IF v_instant < v_newest THEN
          v_instant := v_newest;
          v_ahead := v_newest - p_now;
          v_changed := true;
        END IF;
        IF v_retained > 0 AND v_instant >= v_retained THEN
          v_kept := v_previous;
          v_retained := 0;
        END IF;
        v_cutoff := greatest(v_cutoff, v_instant - v_kept);
      ELSE
        v_instant := p_now;
        v_total := 0;
        v_ahead := 0;
        v_cutoff := 0;
        v_lowest := 0;
        v_chunks := 0;
        v_spilled := 0;
        v_expires := 0;
      END IF;
      IF v_newest > v_cutoff THEN
        IF p_mode = 2 THEN
          -- No window may reach what costs are kept to, so that nothing overflows.
          v_spent := v_base;
          IF v_lowest < v_chunks AND v_spilled > v_cutoff THEN
            v_spent := (SELECT c.base FROM throttle_chunk c WHERE c.key = p_key AND c.latest > v_cutoff
              ORDER BY c.latest, c.number LIMIT 1);
          END IF;
          v_cost := greatest(least(v_cost, c_most - (v_total - v_spent)), 0);
          v_records := v_cost > 0;
        ELSIF v_longest <> v_previous OR v_longest > v_kept OR v_retained > 0 AND v_longest = v_kept THEN
          IF v_longest >= v_kept THEN
            v_kept := v_longest;
            v_retained := 0;
          ELSIF v_previous > v_longest THEN
            v_retained := greatest(v_retained, v_instant + v_previous);
          END IF;
          v_previous := v_longest;
          v_changed := true;
        END IF;
      ELSE
        -- There are no entries that are not void.
        IF v_lowest = v_chunks THEN
          v_total := 0;
        END IF;
        IF p_mode = 2 THEN
          v_cost := least(v_cost, c_most);
        END IF;
        v_times := '{}';
        v_costs := '{}';
        v_base := v_total;
        v_kept := v_longest;
        v_previous := v_longest;
        v_retained := 0;
        v_changed := false;
      END IF;
    END;
  END IF;

  -- Answer as if all rates had room, and once more if one has not.
  <<answer>>
  LOOP
    v_answer := ARRAY[1::bigint];
    FOR v_rate IN 1 .. p_args[p_at + 2] LOOP
      v_bound := greatest(v_cutoff, v_instant - p_args[p_at + 2 + 2 * v_rate]);
      IF v_lowest < v_chunks AND v_spilled > v_bound THEN
        SELECT c.times[f.place + 1], coalesce(c.costs[nullif(f.place, 0)], c.base) INTO v_first, v_spent
          FROM (SELECT * FROM throttle_chunk e WHERE e.key = p_key AND e.latest > v_bound
            ORDER BY e.latest, e.number LIMIT 1) c, width_bucket(v_bound, c.times) AS f (place);
        IF NOT FOUND THEN
          -- Someone has deleted the chunks.
          v_first := v_times[1];
          v_spent := v_base;
        END IF;
      ELSE
        v_place := width_bucket(v_bound, v_times);
        v_first := v_times[v_place + 1];
        v_spent := coalesce(v_costs[nullif(v_place, 0)], v_base);
      END IF;
      v_free := p_args[p_at + 1 + 2 * v_rate] - (v_total - v_spent);
      IF v_records AND (v_cost <= v_free OR p_mode = 2) THEN
        v_answer := v_answer || ARRAY[1, greatest(v_free - v_cost, 0), 0,
          coalesce(v_first, v_instant) + p_args[p_at + 2 + 2 * v_rate] - v_instant];
      ELSIF v_records THEN
        v_records := false;
        CONTINUE answer;
      ELSE
        DECLARE
          v_limit bigint := p_args[p_at + 1 + 2 * v_rate];
          v_period bigint := p_args[p_at + 2 + 2 * v_rate];
          v_wait bigint := 0;
          v_reset bigint := 0;
        BEGIN
          IF v_cost > v_limit THEN
            v_wait := -1;
          ELSIF v_cost > v_free THEN
            v_wait := v_period - v_instant
              + throttle_reached(p_key, v_spent + v_cost - v_free, v_times, v_costs, v_base);
          END IF;
          IF v_limit = 0 THEN
            v_reset := v_period;
          ELSIF v_first IS NOT NULL AND v_free >= 0 THEN
            v_reset := v_first + v_period - v_instant;
          ELSIF v_first IS NOT NULL THEN
            v_reset := v_period - v_instant
              + throttle_reached(p_key, v_spent + 1 - v_free, v_times, v_costs, v_base);
          END IF;
          IF v_cost > v_free AND p_mode < 2 THEN
            v_answer[1] := 0;
          END IF;
          v_answer := v_answer || ARRAY[CASE WHEN v_wait = 0 THEN 1 ELSE 0 END, greatest(v_free, 0), v_wait, v_reset];
        END;
      END IF;
    END LOOP;
    EXIT;
  END LOOP;

  IF v_records THEN
    v_place := width_bucket(v_cutoff, v_times);
    IF v_place > 0 THEN
      v_base := v_costs[v_place];
      v_times := v_times[v_place + 1:];
      v_costs := v_costs[v_place + 1:];
    END IF;
    v_times := v_times || v_instant;
    v_costs := v_costs || (v_total + v_cost);
    IF cardinality(v_times) > c_inline OR v_lowest < v_chunks OR v_total > 4000000000000000000 THEN
      DECLARE
        c_chunk CONSTANT integer := 32;
        v_spills boolean := cardinality(v_times) > c_inline;
        v_number bigint;
      BEGIN
        IF v_spills THEN
          INSERT INTO throttle_chunk (key, number, times, costs, base, latest, total)
            VALUES (p_key, v_chunks, v_times[:c_chunk], v_costs[:c_chunk], v_base, v_times[c_chunk], v_costs[c_chunk]);
          v_base := v_costs[c_chunk];
          v_spilled := v_times[c_chunk];
          v_times := v_times[c_chunk + 1:];
          v_costs := v_costs[c_chunk + 1:];
          v_chunks := v_chunks + 1;
        END IF;
        IF v_lowest < v_chunks AND (v_spills OR v_spilled <= v_cutoff) THEN
          -- Delete a few chunks that are void. More become void only as others are filled.
          v_number := v_chunks;
          IF v_spilled > v_cutoff THEN
            v_number := (SELECT c.number FROM throttle_chunk c WHERE c.key = p_key AND c.latest > v_cutoff
              ORDER BY c.latest, c.number LIMIT 1);
          END IF;
          v_number := least(v_number, v_lowest + 8);
          IF v_number > v_lowest THEN
            DELETE FROM throttle_chunk c WHERE c.key = p_key AND c.number >= v_lowest AND c.number < v_number;
            v_lowest := v_number;
          END IF;
        END IF;
        IF v_total > 4000000000000000000 THEN
          v_spent := coalesce((SELECT c.base FROM throttle_chunk c WHERE c.key = p_key AND c.latest > v_cutoff
            ORDER BY c.latest, c.number LIMIT 1), v_base);
          UPDATE throttle_chunk c SET base = c.base - v_spent, total = c.total - v_spent,
            costs = ARRAY(SELECT u.cost - v_spent FROM unnest(c.costs) WITH ORDINALITY AS u (cost, place)
              ORDER BY u.place)
            WHERE c.key = p_key;
          v_base := v_base - v_spent;
          v_costs := ARRAY(SELECT u.cost - v_spent FROM unnest(v_costs) WITH ORDINALITY AS u (cost, place)
            ORDER BY u.place);
        END IF;
      END;
    END IF;
  END IF;

  IF v_records OR v_changed THEN
    IF v_expires - p_now - v_kept NOT BETWEEN 0 AND greatest(least(v_kept / 4, 900000000), 5000000) THEN
      v_expires := p_now + v_kept + greatest(least(v_kept / 4, 900000000), 5000000);
    END IF;
    IF v_known THEN
      UPDATE throttle_history h SET times = v_times, costs = v_costs, base = v_base, kept = v_kept,
          longest = v_previous, retained = v_retained, ahead = v_ahead, cutoff = v_cutoff, lowest = v_lowest,
          chunks = v_chunks, spilled = v_spilled, expires = v_expires
        WHERE h.key = p_key;
      IF FOUND THEN
        RETURN v_answer;
      END IF;
    END IF;
    -- There was none, or it was deleted meanwhile as it was void.
    INSERT INTO throttle_history (key, times, costs, base, kept, longest, retained, ahead, cutoff, lowest, chunks,
        spilled, expires)
      VALUES (p_key, v_times, v_costs, v_base, v_kept, v_previous, v_retained, v_ahead, v_cutoff, v_lowest, v_chunks,
        v_spilled, v_expires);
  END IF;
  RETURN v_answer;
END $$;

-- Decides a quota of the calendar, as 'throttle_slide' does.
--   p_args  from p_at on: cost, group, the negative number of rates, three boundaries, and the limit of each rate
CREATE OR REPLACE FUNCTION throttle_count(p_key text, p_now bigint, p_mode integer, p_args bigint[], p_at integer)
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  c_most CONSTANT bigint := 4503599627370495;
  v_cost bigint := p_args[p_at];
  v_start bigint := p_args[p_at + 4];
  v_ends bigint := p_args[p_at + 5];
  v_newest bigint;
  v_used bigint;
  v_expires bigint;
  v_known boolean;
  v_changed boolean;
  v_room boolean := true;
  v_records boolean;
  v_limit bigint;
  v_wait bigint;
  v_answer bigint[];
BEGIN
  IF p_now < v_start THEN
    v_ends := v_start;
    v_start := p_args[p_at + 3];
  END IF;
  SELECT c.newest, c.used, c.expires INTO v_newest, v_used, v_expires FROM throttle_counter c WHERE c.key = p_key;
  v_known := FOUND;
  IF NOT v_known OR v_newest < v_start THEN
    v_used := 0;
  END IF;
  v_changed := v_used > 0 AND (v_newest > p_now OR v_expires < v_ends);
  IF p_mode = 2 THEN
    v_cost := least(v_cost, c_most - v_used);
  END IF;
  FOR v_rate IN 1 .. -p_args[p_at + 2] LOOP
    v_room := v_room AND (p_mode = 2 OR v_cost <= p_args[p_at + 5 + v_rate] - v_used);
  END LOOP;
  v_records := p_mode > 0 AND v_room;
  v_answer := ARRAY[v_room::integer::bigint];
  IF v_records THEN
    v_used := v_used + v_cost;
    v_newest := p_now;
    v_cost := 0;
  END IF;
  FOR v_rate IN 1 .. -p_args[p_at + 2] LOOP
    v_limit := p_args[p_at + 5 + v_rate];
    v_wait := 0;
    IF v_cost > v_limit THEN
      v_wait := -1;
    ELSIF v_cost > v_limit - v_used THEN
      v_wait := v_ends - p_now;
    END IF;
    v_answer := v_answer || ARRAY[CASE WHEN v_wait = 0 OR v_records THEN 1 ELSE 0 END, greatest(v_limit - v_used, 0),
      v_wait, CASE WHEN v_used > 0 OR v_limit = 0 THEN v_ends - p_now ELSE 0 END];
  END LOOP;
  IF v_records OR v_changed THEN
    IF v_known THEN
      UPDATE throttle_counter c SET newest = least(v_newest, p_now), used = v_used, expires = v_ends
        WHERE c.key = p_key;
      v_known := FOUND;
    END IF;
    IF NOT v_known THEN
      INSERT INTO throttle_counter (key, newest, used, expires)
        VALUES (p_key, least(v_newest, p_now), v_used, v_ends);
    END IF;
  END IF;
  RETURN v_answer;
END $$;

-- Decides a quota of either kind.
CREATE OR REPLACE FUNCTION throttle_quota(p_key text, p_now bigint, p_mode integer, p_args bigint[], p_at integer)
RETURNS bigint[] LANGUAGE sql AS $$
  SELECT CASE WHEN p_args[p_at + 2] < 0 THEN throttle_count(p_key, p_now, p_mode, p_args, p_at)
    ELSE throttle_slide(p_key, p_now, p_mode, p_args, p_at) END
$$;

-- Decides the quotas of one request and records them, in one step.
--   p_time      the time, or null for the server's
--   p_earliest, p_deadline  before and after which nothing is recorded
--   p_patience  how long to wait for each lock, in milliseconds
--   p_keys      the history of each quota, at most once in a group
--   p_starts    where the arguments of each quota begin, and where they end
--   p_args      the arguments, as above. The number of a shadow group is negative; it is not recorded after a denied
--               group
--   p_locks     the locks of all keys, in ascending order
--   p_mode      1 to record what has room, 0 to peek
-- Returns the time and the answers for each quota; the time alone if it is too early or the deadline has passed.
CREATE OR REPLACE FUNCTION throttle_decide(p_time bigint, p_earliest bigint, p_deadline bigint, p_patience text,
  p_keys text[], p_starts integer[], p_args bigint[], p_locks bigint[], p_mode integer)
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  v_now bigint := throttle_begin(p_locks, p_time, p_patience);
  v_answers bigint[];
BEGIN
  IF v_now < p_earliest OR v_now > p_deadline THEN
    RETURN ARRAY[v_now];
  END IF;
  IF cardinality(p_keys) = 1 THEN
    v_answers := v_now || throttle_quota(p_keys[1], v_now, p_mode, p_args, 1);
  ELSE
    DECLARE
      v_quotas integer := cardinality(p_keys);
      v_answer bigint[];
      v_part bigint[];
      v_first integer := 1;
      v_last integer;
      v_at integer;
      v_group bigint;
      v_mode integer;
      v_calendar boolean;
      v_place integer;
      v_size integer;
      v_all boolean;
      v_denied boolean := false;
    BEGIN
      v_answers := ARRAY[v_now];
      WHILE v_first <= v_quotas LOOP
        v_group := p_args[p_starts[v_first] + 1];
        v_last := v_first;
        WHILE v_last < v_quotas AND p_args[p_starts[v_last + 1] + 1] = v_group LOOP
          v_last := v_last + 1;
        END LOOP;
        v_mode := CASE WHEN v_group < 0 AND v_denied THEN 0 ELSE p_mode END;
        IF v_first = v_last THEN
          v_part := throttle_quota(p_keys[v_first], v_now, v_mode, p_args, p_starts[v_first]);
          v_all := v_part[1] = 1;
        ELSE
          -- Record each sliding quota that has room, and then those of the calendar. If one has none, give back what
          -- was recorded, and peek at all.
          v_part := '{}';
          v_all := true;
          v_calendar := false;
          FOR v_quota IN v_first .. v_last LOOP
            v_at := p_starts[v_quota];
            v_calendar := v_calendar OR p_args[v_at + 2] < 0;
            v_answer := throttle_quota(p_keys[v_quota], v_now, CASE WHEN p_args[v_at + 2] < 0 THEN 0 ELSE v_mode END,
              p_args, v_at);
            v_part := v_part || v_answer;
            v_all := v_all AND v_answer[1] = 1;
            IF NOT v_all AND v_mode > 0 THEN
              FOR v_recorded IN v_first .. v_quota - 1 LOOP
                v_at := p_starts[v_recorded];
                IF p_args[v_at + 2] > 0 THEN
                  PERFORM throttle_return(p_keys[v_recorded], v_now, v_now, p_args[v_at], p_args[v_at]);
                END IF;
              END LOOP;
              v_part := '{}';
              FOR v_peeked IN v_first .. v_last LOOP
                v_part := v_part || throttle_quota(p_keys[v_peeked], v_now, 0, p_args, p_starts[v_peeked]);
              END LOOP;
              EXIT;
            END IF;
          END LOOP;
          IF v_calendar AND v_all AND v_mode > 0 THEN
            v_place := 1;
            FOR v_quota IN v_first .. v_last LOOP
              v_at := p_starts[v_quota];
              v_size := 1 + 4 * abs(p_args[v_at + 2]);
              IF p_args[v_at + 2] < 0 THEN
                v_part := v_part[:v_place - 1] || throttle_count(p_keys[v_quota], v_now, v_mode, p_args, v_at)
                  || v_part[v_place + v_size:];
              END IF;
              v_place := v_place + v_size;
            END LOOP;
          END IF;
        END IF;
        v_denied := v_denied OR v_group > 0 AND NOT v_all;
        v_answers := v_answers || v_part;
        v_first := v_last + 1;
      END LOOP;
    END;
  END IF;
  IF p_time IS NULL AND throttle_now() > p_deadline THEN
    RAISE EXCEPTION 'The deadline has passed' USING ERRCODE = '57014';
  END IF;
  RETURN v_answers;
END $$;

-- Decides and records one quota with one sliding window, which is the most common request, in one statement. If that
-- finds no history with room of which only the row matters, 'throttle_decide' decides: it takes and returns the same.
CREATE OR REPLACE FUNCTION throttle_record(p_time bigint, p_earliest bigint, p_deadline bigint, p_patience text,
  p_key text, p_cost bigint, p_limit bigint, p_period bigint, p_lock bigint)
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  c_inline CONSTANT integer := 64;
  v_now bigint := CASE WHEN throttle_lock(p_lock, p_patience) THEN coalesce(p_time, throttle_now()) END;
  v_bound bigint := v_now - p_period;
  v_answer bigint[];
BEGIN
  UPDATE throttle_history h SET
      times = h.times[width_bucket(v_bound, h.times) + 1:] || v_now,
      costs = h.costs[width_bucket(v_bound, h.times) + 1:] || h.costs[cardinality(h.costs)] + p_cost,
      base = coalesce(h.costs[nullif(width_bucket(v_bound, h.times), 0)], h.base)
    WHERE h.key = p_key AND v_now BETWEEN p_earliest AND p_deadline
      AND h.longest = p_period AND h.kept = p_period AND h.retained = 0 AND h.ahead = 0 AND h.cutoff <= v_bound
      AND h.lowest = h.chunks AND h.expires >= v_now + p_period AND h.base < 4000000000000000000
      AND cardinality(h.times) < c_inline AND h.times[cardinality(h.times)] <= v_now
      AND h.costs[cardinality(h.costs)] - coalesce(h.costs[nullif(width_bucket(v_bound, h.times), 0)], h.base)
        <= p_limit - p_cost
    RETURNING ARRAY[v_now, 1, 1, p_limit - (h.costs[cardinality(h.costs)] - h.base), 0, h.times[1] - v_bound]
    INTO v_answer;
  IF NOT FOUND THEN
    RETURN throttle_decide(p_time, p_earliest, p_deadline, p_patience, ARRAY[p_key], ARRAY[1],
      ARRAY[p_cost, 1, 1, p_limit, p_period], ARRAY[p_lock], 1);
  ELSIF p_time IS NULL AND throttle_now() > p_deadline THEN
    RAISE EXCEPTION 'The deadline has passed' USING ERRCODE = '57014';
  END IF;
  RETURN v_answer;
END $$;

-- Gives back permits of one history: where they were recorded, and from no other entries.
-- Returns 0 if what was recorded does not count any more, 1 if the permits were given back, and 2 if they were not,
-- because more than 4096 entries are later.
CREATE OR REPLACE FUNCTION throttle_return(p_key text, p_now bigint, p_recorded bigint, p_cost bigint, p_permits bigint)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  c_inline CONSTANT integer := 64;
  c_chunk CONSTANT integer := 32;
  c_later CONSTANT integer := 4096;
  v_history throttle_history%ROWTYPE;
  v_chunk throttle_chunk%ROWTYPE;
  v_times bigint[];
  v_costs bigint[];
  v_base bigint;
  v_instant bigint;
  v_bound bigint;
  v_at bigint;
  v_pulled bigint;
  v_first integer;
  v_final integer;
  v_left integer;
  v_count integer;
  v_target bigint;
BEGIN
  SELECT * INTO v_history FROM throttle_history h WHERE h.key = p_key;
  v_count := cardinality(v_history.times);
  IF NOT FOUND OR v_count = 0 THEN
    RETURN 0;
  END IF;
  v_times := v_history.times;
  v_costs := v_history.costs;
  v_base := v_history.base;
  v_pulled := v_history.chunks;
  v_instant := greatest(p_now + v_history.ahead, v_times[v_count]);
  v_bound := greatest(v_history.cutoff, v_instant - CASE
    WHEN v_history.retained > 0 AND v_instant >= v_history.retained THEN v_history.longest ELSE v_history.kept END);
  v_at := p_recorded + v_history.ahead;
  IF v_at > v_times[v_count] OR v_at <= v_bound THEN
    RETURN 0;
  END IF;

  -- Read older entries until they include all of that time.
  WHILE v_times[1] >= v_at AND v_history.lowest < v_pulled AND v_history.spilled > v_bound LOOP
    EXIT WHEN cardinality(v_times) - width_bucket(v_at, v_times) > c_later;
    SELECT * INTO v_chunk FROM throttle_chunk c
      WHERE c.key = p_key AND c.number = v_pulled - 1 AND c.latest > v_bound;
    EXIT WHEN NOT FOUND;
    v_times := v_chunk.times || v_times;
    v_costs := v_chunk.costs || v_costs;
    v_base := v_chunk.base;
    v_pulled := v_pulled - 1;
  END LOOP;
  v_count := cardinality(v_times);
  v_first := width_bucket(v_at - 1, v_times) + 1;
  v_final := width_bucket(v_at, v_times);
  IF v_count - v_final > c_later THEN
    RETURN 2;
  END IF;
  IF v_first > v_final OR p_cost > v_costs[v_final] - coalesce(v_costs[nullif(v_first - 1, 0)], v_base) THEN
    RETURN 0;
  END IF;

  -- The first 'v_left' entries stay. The next one may give back a part of its cost.
  v_target := v_costs[v_final] - p_permits;
  v_left := least(width_bucket(v_target, v_costs), v_final);
  IF coalesce(v_costs[nullif(v_left, 0)], v_base) < v_target THEN
    v_left := v_left + 1;
    v_costs[v_left] := v_target;
  END IF;
  v_times := v_times[:v_left] || v_times[v_final + 1:];
  v_costs := v_costs[:v_left] || ARRAY(SELECT u.cost - p_permits FROM unnest(v_costs[v_final + 1:]) WITH ORDINALITY
    AS u (cost, place) ORDER BY u.place);
  v_count := cardinality(v_times);

  IF v_pulled < v_history.chunks OR v_count = 0 THEN
    DELETE FROM throttle_chunk c WHERE c.key = p_key AND c.number >= v_pulled;
    IF v_count = 0 AND v_history.lowest < v_pulled THEN
      SELECT * INTO v_chunk FROM throttle_chunk c
        WHERE c.key = p_key AND c.number = v_pulled - 1 AND c.latest > v_bound;
      IF FOUND THEN
        v_pulled := v_pulled - 1;
        v_times := v_chunk.times;
        v_costs := v_chunk.costs;
        v_base := v_chunk.base;
        v_count := cardinality(v_times);
        DELETE FROM throttle_chunk c WHERE c.key = p_key AND c.number = v_pulled;
      END IF;
    END IF;
    WHILE v_count > c_inline LOOP
      INSERT INTO throttle_chunk (key, number, times, costs, base, latest, total)
        VALUES (p_key, v_pulled, v_times[:c_chunk], v_costs[:c_chunk], v_base, v_times[c_chunk], v_costs[c_chunk]);
      v_base := v_costs[c_chunk];
      v_times := v_times[c_chunk + 1:];
      v_costs := v_costs[c_chunk + 1:];
      v_count := v_count - c_chunk;
      v_pulled := v_pulled + 1;
    END LOOP;
    v_history.spilled := coalesce((SELECT c.latest FROM throttle_chunk c
      WHERE c.key = p_key AND c.number = v_pulled - 1), 0);
  END IF;
  IF v_count = 0 AND v_history.lowest >= v_pulled THEN
    DELETE FROM throttle_history h WHERE h.key = p_key;
  ELSE
    UPDATE throttle_history h SET times = v_times, costs = v_costs, base = v_base, chunks = v_pulled,
        spilled = v_history.spilled, cutoff = CASE WHEN v_count = 0 THEN v_bound ELSE h.cutoff END,
        expires = CASE WHEN v_count = 0 THEN p_now ELSE h.expires END
      WHERE h.key = p_key;
  END IF;
  RETURN 1;
END $$;

-- Gives back permits of a window of the calendar while it lasts. Returns 1, or 0 if it is over.
CREATE OR REPLACE FUNCTION throttle_uncount(p_key text, p_now bigint, p_cost bigint, p_permits bigint, p_start bigint,
  p_ends bigint)
RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  IF p_now < p_start OR p_now >= p_ends THEN
    RETURN 0;
  END IF;
  UPDATE throttle_counter c SET used = c.used - p_permits
    WHERE c.key = p_key AND c.newest >= p_start AND c.used >= p_cost;
  RETURN FOUND::integer;
END $$;

-- Settles quotas in one step: takes what 'throttle_decide' takes.
--   p_args  a cost that is too high: 0, when the quota was recorded, its cost, the permits to give back, and of a
--           calendar quota the start and the end of the window in which it was recorded, else 0. One that is too low:
--           the arguments of a quota whose cost is the difference, which is recorded in any case
-- Returns the time and for each quota what 'throttle_return' returns; the time alone if it is too early or the deadline
-- has passed.
CREATE OR REPLACE FUNCTION throttle_settle(p_time bigint, p_earliest bigint, p_deadline bigint, p_patience text,
  p_keys text[], p_starts integer[], p_args bigint[], p_locks bigint[])
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  v_now bigint := throttle_begin(p_locks, p_time, p_patience);
  v_answers bigint[] := ARRAY[v_now];
  v_at integer;
BEGIN
  IF v_now < p_earliest OR v_now > p_deadline THEN
    RETURN v_answers;
  END IF;
  FOR v_quota IN 1 .. cardinality(p_keys) LOOP
    v_at := p_starts[v_quota];
    IF p_args[v_at] = 0 AND p_args[v_at + 5] > 0 THEN
      v_answers := v_answers || throttle_uncount(p_keys[v_quota], v_now, p_args[v_at + 2], p_args[v_at + 3],
        p_args[v_at + 4], p_args[v_at + 5])::bigint;
    ELSIF p_args[v_at] = 0 THEN
      v_answers := v_answers || throttle_return(p_keys[v_quota], v_now, p_args[v_at + 1], p_args[v_at + 2],
        p_args[v_at + 3])::bigint;
    ELSIF p_args[v_at + 2] < 0 THEN
      PERFORM throttle_count(p_keys[v_quota], v_now, 2, p_args, v_at);
      v_answers := v_answers || 1::bigint;
    ELSE
      PERFORM throttle_slide(p_keys[v_quota], v_now, 2, p_args, v_at);
      v_answers := v_answers || 1::bigint;
    END IF;
  END LOOP;
  IF p_time IS NULL AND throttle_now() > p_deadline THEN
    RAISE EXCEPTION 'The deadline has passed' USING ERRCODE = '57014';
  END IF;
  RETURN v_answers;
END $$;

-- Deletes the histories of keys.
CREATE OR REPLACE FUNCTION throttle_forget(p_keys text[], p_locks bigint[], p_patience text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM throttle_begin(p_locks, NULL, p_patience);
  DELETE FROM throttle_chunk c WHERE c.key = ANY (p_keys);
  DELETE FROM throttle_history h WHERE h.key = ANY (p_keys);
  DELETE FROM throttle_counter c WHERE c.key = ANY (p_keys);
END $$;

-- Deletes some histories that are void, unless another session is doing so. Requests do not wait for more than this
-- batch, and it waits for none: one that has begun to delete chunks waits for the history. Returns how many rows were
-- deleted.
CREATE OR REPLACE FUNCTION throttle_sweep(p_lock bigint, p_before bigint, p_most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  v_keys text[];
  v_deleted integer;
  v_rows integer;
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  IF NOT pg_try_advisory_xact_lock(p_lock) THEN
    RETURN 0;
  END IF;
  v_keys := ARRAY(SELECT h.key FROM throttle_history h WHERE h.expires < p_before ORDER BY h.expires LIMIT p_most
    FOR UPDATE SKIP LOCKED);
  DELETE FROM throttle_chunk c WHERE c.ctid = ANY (ARRAY(SELECT e.ctid FROM throttle_chunk e
    WHERE e.key = ANY (v_keys) LIMIT p_most FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS v_deleted = ROW_COUNT;
  IF v_deleted < p_most THEN
    DELETE FROM throttle_history h WHERE h.key = ANY (v_keys)
      AND NOT EXISTS (SELECT FROM throttle_chunk c WHERE c.key = h.key);
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    v_deleted := v_deleted + v_rows;
  END IF;
  DELETE FROM throttle_counter c WHERE c.key = ANY (ARRAY(SELECT e.key FROM throttle_counter e
    WHERE e.expires < p_before ORDER BY e.expires LIMIT p_most FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  RETURN v_deleted + v_rows;
END $$;

-- Changes an override if there is a target, takes note of the configured rates of the caller, and returns the time, all
-- overrides and the configured rates of all instances, which have no target. Fails if the deadline has passed.
CREATE OR REPLACE FUNCTION throttle_rates(p_application text, p_target text, p_rates text, p_duration bigint,
  p_configured text, p_time bigint, p_deadline bigint)
RETURNS TABLE (o_time bigint, o_target text, o_rates text, o_expires bigint) LANGUAGE plpgsql AS $$
DECLARE
  c_running CONSTANT bigint := 10000000;
  v_now bigint := coalesce(p_time, throttle_now());
BEGIN
  IF v_now > p_deadline THEN
    RAISE EXCEPTION 'The deadline has passed' USING ERRCODE = '57014';
  END IF;
  IF p_target IS NOT NULL AND p_rates IS NULL THEN
    DELETE FROM throttle_override o WHERE o.application = p_application AND o.target = p_target;
  ELSIF p_target IS NOT NULL THEN
    INSERT INTO throttle_override AS o (application, target, rates, expires)
      VALUES (p_application, p_target, p_rates, coalesce(v_now + p_duration, 0))
      ON CONFLICT (application, target) DO UPDATE SET rates = excluded.rates, expires = excluded.expires;
  END IF;
  -- A server that takes no writes must not hide the rates.
  IF p_configured <> '' AND current_setting('transaction_read_only') = 'off' AND NOT EXISTS (
      SELECT FROM throttle_instance i WHERE i.application = p_application AND i.digest = md5(p_configured)
        AND i.expires > v_now + c_running / 2 AND i.expires <= v_now + c_running) THEN
    BEGIN
      DELETE FROM throttle_instance i WHERE i.application = p_application AND i.digest <> md5(p_configured)
        AND (i.expires <= v_now OR i.expires > v_now + c_running);
      DELETE FROM throttle_override o WHERE o.application = p_application AND o.expires > 0 AND o.expires <= v_now;
      INSERT INTO throttle_instance AS i (application, digest, rates, expires)
        VALUES (p_application, md5(p_configured), p_configured, v_now + c_running)
        ON CONFLICT (application, digest) DO UPDATE SET expires = excluded.expires;
    EXCEPTION WHEN insufficient_privilege OR disk_full OR lock_not_available THEN
      NULL;
    END;
  END IF;
  RETURN QUERY SELECT v_now, o.target, o.rates, o.expires FROM throttle_override o
      WHERE o.application = p_application AND (o.expires = 0 OR o.expires > v_now)
    UNION ALL SELECT v_now, NULL, i.rates, i.expires FROM throttle_instance i
      WHERE i.application = p_application AND i.expires > v_now AND i.expires <= v_now + c_running
    UNION ALL SELECT v_now, NULL, NULL, 0::bigint;
END $$;
