-- The kiosk's chain comes in. Whatever is wrong with a batch is answered with a status and an alarm that
-- stays; an exception would roll the alarm back. What was good before the bad event is kept.
-- Ed25519 cannot be checked here: the jobs do that before anything follows from an event.

-- The envelope {seq, payload, hash, signature}; NULL reason when it is well-formed.
CREATE FUNCTION store.envelope_fault(e jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN jsonb_typeof(e) <> 'object' THEN 'event'
        WHEN jsonb_typeof(e -> 'seq') IS DISTINCT FROM 'number' OR NOT e ->> 'seq' ~ '^[1-9][0-9]{0,17}$' THEN 'seq'
        WHEN jsonb_typeof(e -> 'payload') IS DISTINCT FROM 'string' THEN 'payload'
        WHEN jsonb_typeof(e -> 'hash') IS DISTINCT FROM 'string' OR NOT e ->> 'hash' ~ '^[0-9a-f]{64}$' THEN 'hash'
        WHEN jsonb_typeof(e -> 'signature') IS DISTINCT FROM 'string'
             OR NOT e ->> 'signature' ~ '^[0-9a-f]{128}$' THEN 'signature'
    END
$$;

-- The payload's own account of itself; NULL when it fits the envelope and the caller.
CREATE FUNCTION store.body_fault(body jsonb, kiosk text, epoch integer, seq text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN jsonb_typeof(body) IS DISTINCT FROM 'object' THEN 'body'
        WHEN body ->> 'kiosk_id' IS DISTINCT FROM kiosk THEN 'kiosk'
        WHEN body ->> 'seq' IS DISTINCT FROM seq THEN 'seq'
        WHEN NOT COALESCE(body ->> 'epoch' ~ '^[1-9][0-9]{0,8}$', false) THEN 'epoch'
        WHEN (body ->> 'epoch')::int > epoch THEN 'epoch'
        WHEN jsonb_typeof(body -> 'visit_id') IS DISTINCT FROM 'string' OR length(body ->> 'visit_id') > 64 THEN 'visit'
        WHEN COALESCE(length(body #>> '{event,type}'), 0) NOT BETWEEN 1 AND 64 THEN 'type'
    END
$$;

CREATE FUNCTION store.parsed(payload text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN payload::jsonb;
EXCEPTION WHEN data_exception OR program_limit_exceeded OR statement_too_complex THEN
    RETURN NULL;
END
$$;

-- What follows from an event at once; all of it is harmless if the event turns out to be unsigned.
CREATE FUNCTION store.project_event(kiosk text, visit text, event jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CASE event ->> 'type'
        WHEN 'pin_accepted' THEN
            INSERT INTO store.settle_queue (kiosk_id, visit_id) VALUES (kiosk, visit) ON CONFLICT DO NOTHING;
            NOTIFY bpjs_settle;
        WHEN 'identity_denied' THEN
            DELETE FROM store.busy b WHERE b.kiosk_id = kiosk AND b.visit_id = visit;
        WHEN 'visit_ended' THEN
            IF event ->> 'status' = 'PERLU_PETUGAS'
               AND event ->> 'reason' IN ('face_limit', 'face_no_match', 'face_staff_zone', 'face_suspected') THEN
                INSERT INTO store.failed_visit (participant_id, day, kiosk_id, visit_id)
                SELECT t.participant_id, store.today(), kiosk, visit FROM store.ticket t
                WHERE t.kiosk_id = kiosk AND t.visit_id = visit AND t.status = 'found'
                ORDER BY t.requested_at DESC LIMIT 1
                ON CONFLICT DO NOTHING;
            END IF;
            DELETE FROM store.busy b WHERE b.kiosk_id = kiosk AND b.visit_id = visit;
        ELSE
    END CASE;
END
$$;

-- One link: kept, already kept, or refused with a status of wire.AppendStatus. ``seq`` and ``hash`` are the
-- head before and after.
CREATE FUNCTION store.take_link(kiosk text, epoch integer, e jsonb, INOUT seq bigint, INOUT hash text,
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

    INSERT INTO store.event (kiosk_id, epoch, seq, hash, prev_hash, signature, payload, body, visit_id, type)
    VALUES (kiosk, epoch, link_seq, link_hash, hash, e ->> 'signature', payload, body,
            body ->> 'visit_id', body #>> '{event,type}');
    IF body ->> 'visit_id' <> '' THEN
        PERFORM store.project_event(kiosk, body ->> 'visit_id', body -> 'event');
    END IF;
    seq := link_seq;
    hash := link_hash;
    status := 'accepted';
END
$$;

CREATE FUNCTION api.append_events(batch jsonb) RETURNS jsonb
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

-- Staff procedure after a poisoned head: the chain goes on after ``trusted_seq`` in a new epoch; what came
-- later stays on record under the old one.
CREATE FUNCTION store.reanchor(kiosk text, trusted_seq bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE store.head h
    SET epoch = h.epoch + 1,
        seq = trusted_seq,
        hash = COALESCE((SELECT v.hash FROM store.event v WHERE v.kiosk_id = kiosk AND v.seq = trusted_seq
                         ORDER BY v.epoch DESC LIMIT 1), repeat('0', 64))
    WHERE h.kiosk_id = kiosk AND h.seq >= trusted_seq;
    PERFORM store.raise_alarm('reanchored', kiosk || ' after ' || trusted_seq);
END
$$;
