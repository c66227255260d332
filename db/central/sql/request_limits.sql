-- How much one kiosk may have waiting at once: each request has its visit's signatures checked. The queue itself stays
-- as it is, behind this limit.

ALTER FUNCTION api.request_queue(text, text, jsonb) SET SCHEMA store;
ALTER FUNCTION store.request_queue(text, text, jsonb) RENAME TO queue_request;
REVOKE EXECUTE ON FUNCTION store.queue_request(text, text, jsonb) FROM PUBLIC, bpjs_kiosk;

CREATE FUNCTION api.request_queue(ticket text, kind text, payload jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    max_waiting CONSTANT integer := 8;  -- a visit asks for five things at most
BEGIN
    IF (SELECT count(*) FROM store.request r
        WHERE r.kiosk_id = store.current_kiosk() AND r.state = 'waiting' AND r.kind <> 'notice'
          AND r.asked_at > clock_timestamp() - interval '10 minutes') >= max_waiting THEN  -- older: nobody waits for them
        PERFORM store.raise_alarm('request_flood');
        RETURN jsonb_build_object('refused', 'too_many_waiting');
    END IF;
    RETURN store.queue_request(ticket, kind, payload);
END
$$;
REVOKE EXECUTE ON FUNCTION api.request_queue(text, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.request_queue(text, text, jsonb) TO bpjs_kiosk;
