-- Ticketed work for the connector job: a kiosk queues it, the job checks the visit's signatures and answers
-- sealed to the visit's key. Nothing personal is readable here, so nothing can be gained by a rollback.

-- The caller's own found ticket that an earlier transaction committed and that is of this visit's time.
CREATE FUNCTION store.usable_ticket(value text) RETURNS store.ticket
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.* FROM store.ticket t
    WHERE t.ticket = store.as_ticket(value) AND t.kiosk_id = store.current_kiosk() AND t.status = 'found'
      AND pg_xact_status(t.xid) = 'committed'
      -- 1 h: a visit is 10 min and may be extended by staff
      AND t.requested_at > clock_timestamp() - interval '1 hour'
$$;

CREATE FUNCTION store.request_fault(kind text, payload jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE kind
        WHEN 'reference' THEN payload <> '{}'
        WHEN 'profile' THEN payload <> '{}'
        WHEN 'send_code' THEN NOT COALESCE(
            payload ->> 'send_no' ~ '^[1-9]$' AND payload ->> 'sealed_code' ~ '^[A-Za-z0-9+/=]{64,255}$'
            AND payload - 'send_no' - 'sealed_code' = '{}', false)
        ELSE true
    END
$$;

-- Idempotent on (ticket, kind, send_no). A request that was refused because events had not arrived waits anew.
CREATE FUNCTION api.request_queue(ticket text, kind text, payload jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    t store.ticket := store.usable_ticket($1);
    number integer;
    id uuid;
BEGIN
    IF store.current_kiosk() IS NULL THEN RETURN jsonb_build_object('refused', 'not_enrolled'); END IF;
    IF COALESCE(store.request_fault($2, $3), true) THEN
        PERFORM store.raise_alarm('request_malformed');
        RETURN jsonb_build_object('refused', 'malformed');
    END IF;
    IF t.ticket IS NULL THEN
        PERFORM store.raise_alarm('request_without_ticket', $2);
        RETURN jsonb_build_object('refused', 'ticket_not_usable');
    END IF;
    number := COALESCE(($3 ->> 'send_no')::integer, 0);
    INSERT INTO store.request AS r (ticket, kiosk_id, visit_id, kind, send_no, payload)
    VALUES (t.ticket, t.kiosk_id, t.visit_id, $2, number, $3)
    ON CONFLICT (ticket, kind, send_no) DO UPDATE
        SET state = 'waiting', reason = '', asked_at = clock_timestamp(), decided_at = NULL, payload = EXCLUDED.payload
        WHERE r.state = 'refused' AND r.reason IN ('consent_not_seen', 'match_not_seen')
    RETURNING request_id INTO id;
    IF FOUND THEN
        NOTIFY bpjs_request;
    ELSE
        SELECT request_id INTO id FROM store.request r
        WHERE r.ticket = t.ticket AND r.kind = $2 AND r.send_no = number;
    END IF;
    RETURN jsonb_build_object('request_id', id);
END
$$;

CREATE FUNCTION api.request_fetch(request_id text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    r store.request;
BEGIN
    SELECT * INTO r FROM store.request own
    WHERE own.request_id = store.as_ticket($1) AND own.kiosk_id = store.current_kiosk() AND own.kind <> 'notice';
    IF r.request_id IS NULL THEN
        RETURN jsonb_build_object('state', 'refused', 'reason', 'ticket_not_usable');
    END IF;
    IF r.state = 'done' AND r.kind <> 'send_code' AND r.result IS NULL THEN
        RETURN jsonb_build_object('state', 'refused', 'reason', 'already_served');
    END IF;
    RETURN jsonb_build_object(
        'state', CASE r.state WHEN 'sending' THEN 'waiting' ELSE r.state END,
        'reason', r.reason,
        'send_status', r.send_status,
        'result', translate(encode(r.result, 'base64'), E'\n', ''));
END
$$;
