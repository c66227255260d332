-- The ordinary batch goes on exactly where the head stands and has nothing wrong: checked and kept in one statement.
-- Whatever is not like that goes link by link as before, which says what is wrong and keeps what came before it.

-- Types that store.project_event acts on; an event of another type never reaches it on the short way.
CREATE FUNCTION store.is_projected(type text) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$ SELECT type = ANY (ARRAY['pin_accepted', 'identity_denied', 'visit_ended']) $$;

-- True when all of ``events`` were kept; false: none was, and nothing is said of why.
CREATE FUNCTION store.take_batch(kiosk text, head store.head, events jsonb) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    max_event_bytes CONSTANT integer := 64 * 1024;  -- wire.MAX_EVENT_BYTES
    kept integer;
    projected jsonb;
    one jsonb;
BEGIN
    WITH told AS (
        SELECT t.n, t.e ->> 'seq' AS seq, t.e ->> 'payload' AS payload, t.e ->> 'hash' AS hash,
               t.e ->> 'signature' AS signature,
               jsonb_typeof(t.e -> 'seq') = 'number' AND jsonb_typeof(t.e -> 'payload') = 'string'
               AND jsonb_typeof(t.e -> 'hash') = 'string' AND jsonb_typeof(t.e -> 'signature') = 'string' AS typed
        FROM jsonb_array_elements(events) WITH ORDINALITY AS t (e, n)
    ), link AS MATERIALIZED (
        SELECT l.n, l.seq, l.payload, l.hash, l.signature, l.typed, l.payload::jsonb AS body,
               lag(l.hash, 1, head.hash) OVER (ORDER BY l.n) AS prev_hash
        FROM told l
    ), verdict AS MATERIALIZED (
        SELECT bool_and(COALESCE(
            l.typed
            AND l.seq = (head.seq + l.n)::text
            AND octet_length(l.payload) <= max_event_bytes
            AND l.hash = encode(sha256(convert_to(l.payload, 'UTF8')), 'hex')
            AND length(l.signature) = 128
            AND l.signature = encode(decode(l.signature, 'hex'), 'hex')
            AND l.body ->> 'kiosk_id' = kiosk
            AND l.body ->> 'seq' = l.seq
            AND jsonb_typeof(l.body -> 'epoch') = 'number'
            AND (l.body ->> 'epoch')::int BETWEEN 1 AND head.epoch
            AND jsonb_typeof(l.body -> 'visit_id') = 'string'
            AND length(l.body ->> 'visit_id') <= 64
            AND length(l.body #>> '{event,type}') BETWEEN 1 AND 64
            AND l.body ->> 'prev_hash' = l.prev_hash, false)) AS clean
        FROM link l
    ), put AS (
        INSERT INTO store.event (kiosk_id, epoch, seq, hash, prev_hash, signature, payload, visit_id, type)
        SELECT kiosk, head.epoch, head.seq + l.n, l.hash, l.prev_hash, l.signature, l.payload,
               l.body ->> 'visit_id', l.body #>> '{event,type}'
        FROM link l WHERE (SELECT v.clean FROM verdict v)
        RETURNING seq, visit_id, type, payload
    )
    SELECT count(*), jsonb_agg(jsonb_build_object('visit', p.visit_id, 'event', p.payload::jsonb -> 'event') ORDER BY p.seq)
                     FILTER (WHERE p.visit_id <> '' AND store.is_projected(p.type))
    INTO kept, projected FROM put p;
    FOR one IN SELECT value FROM jsonb_array_elements(COALESCE(projected, '[]')) LOOP
        PERFORM store.project_event(kiosk, one ->> 'visit', one -> 'event');
    END LOOP;
    RETURN kept > 0;
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
    head store.head;
    link record;
    e jsonb;
    kept_seq bigint := 0;
    kept_hash text;
    status text := 'accepted';
    reason text := '';
BEGIN
    IF kiosk IS NULL THEN
        status := 'not_enrolled';
    ELSE
        SELECT * INTO STRICT head FROM store.head h WHERE h.kiosk_id = kiosk FOR UPDATE;
        kept_seq := head.seq;
        kept_hash := head.hash;
        IF jsonb_typeof(batch -> 'events') IS DISTINCT FROM 'array' THEN
            status := 'malformed';
        ELSIF pg_column_size(batch) > max_batch_bytes OR jsonb_array_length(batch -> 'events') > max_batch_events THEN
            status := 'oversize';
            reason := 'batch';
        ELSIF store.take_batch(kiosk, head, batch -> 'events') THEN
            kept_seq := head.seq + jsonb_array_length(batch -> 'events');
            kept_hash := batch #>> '{events,-1,hash}';
        ELSE
            FOR e IN SELECT value FROM jsonb_array_elements(batch -> 'events') LOOP
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
        UPDATE store.head h SET seq = kept_seq, hash = kept_hash WHERE h.kiosk_id = kiosk;
        -- A request may be waiting for exactly these events.
        IF EXISTS (SELECT FROM store.request r WHERE r.kiosk_id = kiosk AND r.state = 'waiting') THEN
            NOTIFY bpjs_request;
        END IF;
    END IF;
    IF status <> 'accepted' THEN
        PERFORM store.raise_alarm('append_' || status, reason);
    END IF;
    RETURN jsonb_build_object('status', status, 'accepted_seq', kept_seq, 'reason', reason);
END
$$;

REVOKE EXECUTE ON FUNCTION store.is_projected(text), store.take_batch(text, store.head, jsonb) FROM PUBLIC;
