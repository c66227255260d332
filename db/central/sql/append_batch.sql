-- The ordinary batch goes on exactly where the head stands and has nothing wrong: checked and kept in one statement.
-- Whatever is not like that goes link by link as before, which says what is wrong and keeps what came before it.

-- Asked by the policy of every table that a call touches. The first folds into the plan, which it could not with a
-- search_path of its own (its names are bound here, not when it runs); the second is planned once a session, not once
-- a statement as SQL functions are before PostgreSQL 18.
CREATE OR REPLACE FUNCTION store.caller_is_kiosk() RETURNS boolean
LANGUAGE sql STABLE
RETURN starts_with(session_user::text, 'kiosk_');

CREATE OR REPLACE FUNCTION store.current_kiosk() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT k.kiosk_id FROM store.kiosk k WHERE k.role_name = session_user AND k.enabled);
END
$$;

-- Types that store.project_event acts on; an event of another type never reaches it on the short way.
CREATE FUNCTION store.is_projected(type text) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$ SELECT type = ANY (ARRAY['pin_accepted', 'identity_denied', 'visit_ended']) $$;

-- Ends the short way at the first link that is not ordinary, so that at most what the long way keeps was written for
-- nothing.
CREATE FUNCTION store.leave_batch() RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RAISE data_exception; END $$;

-- True when all of ``events`` were kept; false: none was, and nothing is said of why.
-- OFFSET 0 keeps the planner from reading the payload anew for every field of it.
CREATE FUNCTION store.take_batch(kiosk text, head store.head, events jsonb) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    max_event_bytes CONSTANT integer := 64 * 1024;  -- wire.MAX_EVENT_BYTES
    projected jsonb;
    one jsonb;
BEGIN
    IF events #>> '{0,seq}' IS DISTINCT FROM (head.seq + 1)::text THEN RETURN false; END IF;
    WITH put AS (
        INSERT INTO store.event AS v (kiosk_id, epoch, seq, hash, prev_hash, signature, payload, visit_id, type)
        SELECT kiosk, head.epoch, l.seq, l.hash, l.prev_hash, l.signature, l.payload,
               l.body ->> 'visit_id', l.body #>> '{event,type}'
        FROM (
            SELECT t.e, head.seq + t.n AS seq, t.e ->> 'payload' AS payload, t.e ->> 'hash' AS hash,
                   t.e ->> 'signature' AS signature, (t.e ->> 'payload')::jsonb AS body,
                   CASE t.n WHEN 1 THEN head.hash ELSE events #>> ARRAY[(t.n - 2)::text, 'hash'] END AS prev_hash
            FROM jsonb_array_elements(events) WITH ORDINALITY AS t (e, n) OFFSET 0
        ) l
        WHERE CASE WHEN
            jsonb_typeof(l.e -> 'seq') = 'number' AND jsonb_typeof(l.e -> 'payload') = 'string'
            AND jsonb_typeof(l.e -> 'hash') = 'string' AND jsonb_typeof(l.e -> 'signature') = 'string'
            AND l.e ->> 'seq' = l.seq::text
            AND octet_length(l.payload) <= max_event_bytes
            AND l.hash = encode(sha256(convert_to(l.payload, 'UTF8')), 'hex')
            AND length(l.signature) = 128
            AND l.signature = encode(decode(l.signature, 'hex'), 'hex')
            AND l.body ->> 'kiosk_id' = kiosk
            AND l.body ->> 'seq' = l.seq::text
            AND jsonb_typeof(l.body -> 'epoch') = 'number'
            AND (l.body ->> 'epoch')::int BETWEEN 1 AND head.epoch
            AND jsonb_typeof(l.body -> 'visit_id') = 'string'
            AND length(l.body ->> 'visit_id') <= 64
            AND length(l.body #>> '{event,type}') BETWEEN 1 AND 64
            AND l.body ->> 'prev_hash' = l.prev_hash
        THEN true ELSE store.leave_batch() END
        RETURNING v.seq, v.visit_id,
                  CASE WHEN v.visit_id <> '' AND store.is_projected(v.type) THEN v.payload END AS consequent
    )
    SELECT jsonb_agg(jsonb_build_object('visit', p.visit_id, 'event', p.consequent::jsonb -> 'event') ORDER BY p.seq)
           FILTER (WHERE p.consequent IS NOT NULL)
    INTO projected FROM put p;
    IF projected IS NOT NULL THEN
        FOR one IN SELECT value FROM jsonb_array_elements(projected) LOOP
            PERFORM store.project_event(kiosk, one ->> 'visit', one -> 'event');
        END LOOP;
    END IF;
    RETURN true;
EXCEPTION WHEN data_exception OR program_limit_exceeded OR statement_too_complex THEN
    RETURN false;
END
$$;

CREATE OR REPLACE FUNCTION api.append_events(batch jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    max_batch_bytes CONSTANT integer := 4 * 1024 * 1024;  -- wire.MAX_BATCH_BYTES
    max_batch_events CONSTANT integer := 1000;            -- wire.MAX_BATCH_EVENTS
    kiosk text := store.current_kiosk();
    events jsonb := batch -> 'events';  -- taken out once: it is copied each time
    head store.head;
    link record;
    e jsonb;
    kept_seq bigint := 0;
    kept_hash text;
    awaited boolean;
    status text := 'accepted';
    reason text := '';
BEGIN
    IF kiosk IS NULL THEN
        status := 'not_enrolled';
    ELSE
        SELECT * INTO STRICT head FROM store.head h WHERE h.kiosk_id = kiosk FOR UPDATE;
        kept_seq := head.seq;
        kept_hash := head.hash;
        IF jsonb_typeof(events) IS DISTINCT FROM 'array' THEN
            status := 'malformed';
        ELSIF pg_column_size(batch) > max_batch_bytes OR jsonb_array_length(events) > max_batch_events THEN
            status := 'oversize';
            reason := 'batch';
        ELSIF store.take_batch(kiosk, head, events) THEN
            kept_seq := head.seq + jsonb_array_length(events);
            kept_hash := events #>> '{-1,hash}';
        ELSE
            FOR e IN SELECT value FROM jsonb_array_elements(events) LOOP
                link := store.take_link(kiosk, head.epoch, e, kept_seq, kept_hash);
                kept_seq := link.seq;
                kept_hash := link.hash;
                IF link.status <> 'accepted' THEN
                    status := link.status;
                    reason := link.reason;
                    EXIT;
                END IF;
            END LOOP;
        END IF;
    END IF;
    IF kept_seq > head.seq THEN
        UPDATE store.head h SET seq = kept_seq, hash = kept_hash WHERE h.kiosk_id = kiosk
        -- A request may be waiting for exactly these events.
        RETURNING EXISTS (SELECT FROM store.request r WHERE r.kiosk_id = kiosk AND r.state = 'waiting') INTO awaited;
        IF awaited THEN
            NOTIFY bpjs_request;
        END IF;
    END IF;
    IF status <> 'accepted' THEN
        PERFORM store.raise_alarm('append_' || status, reason);
    END IF;
    RETURN jsonb_build_object('status', status, 'accepted_seq', kept_seq, 'reason', reason);
END
$$;

REVOKE EXECUTE ON FUNCTION store.is_projected(text), store.leave_batch(),
    store.take_batch(text, store.head, jsonb) FROM PUBLIC;
