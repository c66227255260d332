-- The staff door of a kiosk. What is asked is sealed to the centre and signed by the kiosk; the staff job
-- checks the signature before it looks at anything, and answers sealed to a key that only the asking call has.
-- Here are shapes only. Nothing can be read before another transaction, the job's, has committed.

-- Idempotent: the same signed request again gets the same id.
CREATE FUNCTION api.staff_ask(kind text, nonce text, sealed bytea, answer_key bytea, signature bytea) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    max_sealed_bytes CONSTANT integer := 4096;  -- the largest honest one, a comparison, has 500
    max_waiting CONSTANT integer := 8;          -- a kiosk's staff door asks two things at once
    kiosk text := store.current_kiosk();
    id uuid;
BEGIN
    IF kiosk IS NULL THEN RETURN jsonb_build_object('refused', 'not_enrolled'); END IF;
    IF NOT COALESCE($1 IN ('sign_in', 'keep_alive', 'compare', 'sign_out') AND $2 ~ '^[0-9a-f]{32}$'
                    AND octet_length($3) BETWEEN 49 AND max_sealed_bytes AND octet_length($4) = 32
                    AND octet_length($5) = 64, false) THEN
        PERFORM store.raise_alarm('staff_malformed');
        RETURN jsonb_build_object('refused', 'malformed');
    END IF;
    IF (SELECT count(*) FROM store.staff_request r WHERE r.kiosk_id = kiosk AND r.state = 'waiting') >= max_waiting THEN
        PERFORM store.raise_alarm('staff_flood');
        RETURN jsonb_build_object('refused', 'busy');
    END IF;
    INSERT INTO store.staff_request AS r (kiosk_id, kind, nonce, sealed, answer_key, signature)
    VALUES (kiosk, $1, $2, $3, $4, $5)
    ON CONFLICT (kiosk_id, nonce) DO NOTHING
    RETURNING request_id INTO id;
    IF FOUND THEN
        NOTIFY bpjs_staff;
    ELSE
        SELECT request_id INTO id FROM store.staff_request r
        WHERE r.kiosk_id = kiosk AND r.nonce = $2 AND r.kind = $1 AND r.answer_key = $4 AND r.signature = $5;
        IF id IS NULL THEN
            PERFORM store.raise_alarm('staff_nonce_reused');
            RETURN jsonb_build_object('refused', 'malformed');
        END IF;
    END IF;
    RETURN jsonb_build_object('request_id', id);
END
$$;

-- The caller's own request; "unknown" for any other.
CREATE FUNCTION api.staff_fetch(request_id text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT COALESCE(
        (SELECT jsonb_build_object('state', r.state, 'result', translate(encode(r.result, 'base64'), E'\n', ''))
         FROM store.staff_request r
         WHERE r.request_id = store.as_ticket($1) AND r.kiosk_id = store.current_kiosk()),
        jsonb_build_object('state', 'unknown', 'result', NULL))
$$;
