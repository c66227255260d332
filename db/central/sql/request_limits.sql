-- How much one kiosk may have waiting at once: each request has its visit's signatures checked.

-- Idempotent on (ticket, kind, send_no). A request that was refused because events had not arrived waits anew.
CREATE OR REPLACE FUNCTION api.request_queue(ticket text, kind text, payload jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    max_waiting CONSTANT integer := 8;  -- a visit asks for five things at most
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
    IF (SELECT count(*) FROM store.request r
        WHERE r.kiosk_id = t.kiosk_id AND r.state = 'waiting' AND r.kind <> 'notice'
          AND r.asked_at > clock_timestamp() - interval '10 minutes') >= max_waiting THEN  -- older: nobody waits for them
        PERFORM store.raise_alarm('request_flood');
        RETURN jsonb_build_object('refused', 'too_many_waiting');
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
