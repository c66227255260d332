-- Events in partitions by month (UTC) of their arrival, so that old ones can leave as a whole and the newest month
-- stays small enough for memory. Partitions live in a schema of their own, which nobody but the owner may use.
--
-- PostgreSQL wants the partition's key in every unique index, so (kiosk_id, seq, epoch) alone is no longer unique by
-- constraint: the lock on the kiosk's head row, which every append takes before it looks, is what keeps it so.
-- seq stands before epoch in the key because everybody asks by kiosk and seq.
--
-- No reference to store.kiosk, which was looked up for every event: events come in under the lock on their kiosk's
-- head, and neither a head nor its kiosk ever leaves.
--
-- The payload is kept as it was signed and once: as jsonb beside the text it doubled the table, and nobody asked it.

CREATE SCHEMA event_months;

ALTER TABLE store.event SET SCHEMA event_months;
ALTER TABLE event_months.event RENAME TO before_months;

CREATE TABLE store.event (
    kiosk_id    text NOT NULL,
    epoch       integer NOT NULL,
    seq         bigint NOT NULL,
    hash        text NOT NULL,
    prev_hash   text NOT NULL,
    signature   text NOT NULL,
    payload     text NOT NULL,
    visit_id    text NOT NULL,
    type        text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kiosk_id, seq, epoch, received_at)
) PARTITION BY RANGE (received_at);
-- Not partial: a condition on visit_id cannot be proved where the plan does not know the visit. With seq, because
-- the first and the last event of a visit are asked for.
CREATE INDEX event_of_visit ON store.event (kiosk_id, visit_id, seq);
CREATE INDEX event_starts ON store.event (received_at) WHERE type = 'visit_started';

CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE ON store.event
    FOR EACH ROW EXECUTE FUNCTION store.refuse_change();
CREATE TRIGGER events_stay BEFORE TRUNCATE ON store.event
    FOR EACH STATEMENT EXECUTE FUNCTION store.refuse_change();

CREATE TRIGGER head_stays BEFORE DELETE OR UPDATE OF kiosk_id ON store.head
    FOR EACH ROW EXECUTE FUNCTION store.refuse_change();
CREATE TRIGGER heads_stay BEFORE TRUNCATE ON store.head
    FOR EACH STATEMENT EXECUTE FUNCTION store.refuse_change();

ALTER TABLE store.event ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.event FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON store.event TO bpjs_owner
    USING (NOT (SELECT store.caller_is_kiosk()) OR kiosk_id = (SELECT store.current_kiosk()));
CREATE POLICY jobs ON store.event TO bpjs_connector, bpjs_settle USING (true);
CREATE POLICY staff_job ON store.event FOR SELECT TO bpjs_staff USING (true);
GRANT SELECT ON store.event TO bpjs_connector, bpjs_settle, bpjs_staff;

-- As before, without the column.
CREATE OR REPLACE FUNCTION store.take_link(kiosk text, epoch integer, e jsonb, INOUT seq bigint, INOUT hash text,
                                OUT status text, OUT reason text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    max_event_bytes CONSTANT integer := 64 * 1024;  -- wire.MAX_EVENT_BYTES
    link_seq bigint;
    link_hash text := e ->> 'hash';
    payload text := e ->> 'payload';
    body jsonb;
BEGIN
    status := 'malformed';
    reason := store.envelope_fault(e);
    IF reason IS NOT NULL THEN RETURN; END IF;
    link_seq := (e ->> 'seq')::bigint;
    reason := 'seq ' || link_seq;
    IF octet_length(payload) > max_event_bytes THEN status := 'oversize'; RETURN; END IF;
    IF encode(sha256(convert_to(payload, 'UTF8')), 'hex') <> link_hash THEN status := 'edited'; RETURN; END IF;
    IF link_seq <= seq THEN
        -- Old epochs hold poisoned tails: only the line that leads to the head counts.
        status := CASE WHEN link_hash = (SELECT v.hash FROM store.event v WHERE v.kiosk_id = kiosk AND v.seq = link_seq
                                         ORDER BY v.epoch DESC LIMIT 1) THEN 'accepted' ELSE 'fork' END;
        RETURN;
    END IF;
    IF link_seq > seq + 1 THEN status := 'gap'; RETURN; END IF;
    body := store.parsed(payload);
    IF body IS NULL THEN RETURN; END IF;
    IF store.body_fault(body, kiosk, epoch, e ->> 'seq') IS NOT NULL THEN
        status := 'foreign';
        reason := store.body_fault(body, kiosk, epoch, e ->> 'seq');
        RETURN;
    END IF;
    IF body ->> 'prev_hash' IS DISTINCT FROM hash THEN status := 'fork'; RETURN; END IF;

    INSERT INTO store.event (kiosk_id, epoch, seq, hash, prev_hash, signature, payload, visit_id, type)
    VALUES (kiosk, epoch, link_seq, link_hash, hash, e ->> 'signature', payload,
            body ->> 'visit_id', body #>> '{event,type}');
    IF body ->> 'visit_id' <> '' THEN
        PERFORM store.project_event(kiosk, body ->> 'visit_id', body -> 'event');
    END IF;
    seq := link_seq;
    hash := link_hash;
    status := 'accepted';
END
$$;

-- Months that left the table, by an admin's hand.
CREATE TABLE store.detached_month (
    name        text PRIMARY KEY,
    from_at     timestamptz NOT NULL,
    to_at       timestamptz NOT NULL,
    events      bigint NOT NULL,
    detached_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE store.detached_month ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.detached_month FORCE ROW LEVEL SECURITY;
CREATE POLICY centre ON store.detached_month TO bpjs_owner USING (NOT (SELECT store.caller_is_kiosk()));

CREATE FUNCTION store.month_name(at timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT to_char(at AT TIME ZONE 'UTC', '"y"YYYY"m"MM') $$;

-- The same walls for who names a partition directly. Triggers for rows come with the table it belongs to,
-- those for TRUNCATE do not.
CREATE FUNCTION store.wall_month(name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('ALTER TABLE event_months.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE event_months.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format($policy$
        CREATE POLICY own_rows ON event_months.%I TO bpjs_owner
        USING (NOT (SELECT store.caller_is_kiosk()) OR kiosk_id = (SELECT store.current_kiosk()))
    $policy$, name);
    EXECUTE format('CREATE TRIGGER events_stay BEFORE TRUNCATE ON event_months.%I
                    FOR EACH STATEMENT EXECUTE FUNCTION store.refuse_change()', name);
END
$$;

CREATE FUNCTION store.add_rest() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TABLE event_months.rest PARTITION OF store.event DEFAULT;
    PERFORM store.wall_month('rest');
END
$$;

-- What the default partition took because a month was missing is moved into it. Its rows cannot be deleted (history
-- stays), so the default partition is made anew and the old one dropped once every row is elsewhere.
CREATE FUNCTION store.empty_rest_into(month text, from_at timestamptz, to_at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    old text := 'rest_before_' || month;
    held bigint;
    moved bigint;
    kept bigint;
BEGIN
    ALTER TABLE store.event DETACH PARTITION event_months.rest;
    EXECUTE format('ALTER TABLE event_months.rest RENAME TO %I', old);
    PERFORM store.add_rest();
    EXECUTE format('SELECT count(*) FROM event_months.%I', old) INTO held;
    EXECUTE format('INSERT INTO event_months.%I SELECT * FROM event_months.%I r
                    WHERE r.received_at >= $1 AND r.received_at < $2', month, old) USING from_at, to_at;
    GET DIAGNOSTICS moved = ROW_COUNT;
    EXECUTE format('INSERT INTO event_months.rest SELECT * FROM event_months.%I r
                    WHERE r.received_at < $1 OR r.received_at >= $2', old) USING from_at, to_at;
    GET DIAGNOSTICS kept = ROW_COUNT;
    IF moved + kept <> held THEN RAISE EXCEPTION 'events would be lost'; END IF;
    EXECUTE format('DROP TABLE event_months.%I', old);
END
$$;

-- True when the month of ``at`` was missing and is there now. Attaching, unlike creating in place, lets others read
-- and append meanwhile. A definer, so that the table is the owner's whoever calls.
CREATE FUNCTION store.add_event_month(at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    from_at timestamptz := date_trunc('month', at, 'UTC');
    to_at timestamptz := (date_trunc('month', at AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
    month text := store.month_name(from_at);
BEGIN
    IF to_regclass(format('event_months.%I', month)) IS NOT NULL
       OR EXISTS (SELECT FROM store.detached_month d WHERE d.name = month) THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE event_months.%I (LIKE store.event INCLUDING DEFAULTS)', month);
    PERFORM store.wall_month(month);
    IF EXISTS (SELECT FROM event_months.rest r WHERE r.received_at >= from_at AND r.received_at < to_at) THEN
        PERFORM store.empty_rest_into(month, from_at, to_at);
    END IF;
    EXECUTE format('ALTER TABLE store.event ATTACH PARTITION event_months.%I FOR VALUES FROM (%L) TO (%L)',
                   month, from_at, to_at);
    RETURN true;
END
$$;

-- This month and those to come; returns how many were missing. For the keeper job and every init.
CREATE FUNCTION store.add_event_months(ahead integer DEFAULT 3) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    made integer := 0;
BEGIN
    LOCK TABLE store.detached_month IN SHARE ROW EXCLUSIVE MODE;  -- two at once make months one after the other
    FOR n IN 0 .. least(ahead, 24) LOOP
        IF store.add_event_month((now() AT TIME ZONE 'UTC' + n * interval '1 month') AT TIME ZONE 'UTC') THEN
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END
$$;

SELECT store.add_rest();
SELECT store.add_event_month(m AT TIME ZONE 'UTC')
FROM generate_series(
    (SELECT date_trunc('month', COALESCE(min(b.received_at), now()) AT TIME ZONE 'UTC')
     FROM event_months.before_months b),
    now() AT TIME ZONE 'UTC', interval '1 month') m;
SELECT store.add_event_months();

INSERT INTO store.event (kiosk_id, epoch, seq, hash, prev_hash, signature, payload, visit_id, type, received_at)
SELECT kiosk_id, epoch, seq, hash, prev_hash, signature, payload, visit_id, type, received_at
FROM event_months.before_months;
DO $$
BEGIN
    IF (SELECT count(*) FROM store.event) <> (SELECT count(*) FROM event_months.before_months) THEN
        RAISE EXCEPTION 'events would be lost';
    END IF;
END
$$;
DROP TABLE event_months.before_months;
