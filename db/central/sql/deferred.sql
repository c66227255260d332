-- A kiosk brings sealed captures, and asks for a case by its number. Neither answers anything personal.

CREATE FUNCTION store.spend_capture(kiosk text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    spent integer;
BEGIN
    INSERT INTO store.deferred_allowance AS a (kiosk_id, day, captures) VALUES (kiosk, store.today(), 1)
    ON CONFLICT (kiosk_id, day) DO UPDATE SET captures = a.captures + 1
    WHERE a.captures < (SELECT k.captures_a_day FROM store.kiosk k WHERE k.kiosk_id = kiosk)
    RETURNING captures INTO spent;
    RETURN FOUND AND spent <= (SELECT k.captures_a_day FROM store.kiosk k WHERE k.kiosk_id = kiosk);
END
$$;

-- Idempotent: the same capture again is kept already, also after it was erased. Needs the event that names it.
CREATE FUNCTION api.capture_put(visit_id text, sealed bytea) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    max_sealed_bytes CONSTANT integer := 98304;  -- kiosk.ports.MAX_CAPTURE_BYTES
    kiosk text := store.current_kiosk();
    visit ALIAS FOR $1;
    brought ALIAS FOR $2;
    digest bytea;
    kept bytea;
    number text;
BEGIN
    IF kiosk IS NULL THEN RETURN jsonb_build_object('refused', 'not_enrolled'); END IF;
    IF visit IS NULL OR length(visit) NOT BETWEEN 1 AND 64
       OR NOT COALESCE(octet_length(brought) BETWEEN 49 AND max_sealed_bytes, false) THEN
        PERFORM store.raise_alarm('capture_malformed');
        RETURN jsonb_build_object('status', 'malformed');
    END IF;
    digest := sha256(brought);
    SELECT c.sealed_sha256 INTO kept FROM store.capture c WHERE c.kiosk_id = kiosk AND c.visit_id = visit;
    IF FOUND THEN
        IF kept = digest THEN RETURN jsonb_build_object('status', 'kept'); END IF;
        PERFORM store.raise_alarm('capture_exchanged', visit);
        RETURN jsonb_build_object('status', 'malformed');
    END IF;
    SELECT e.payload::jsonb #>> '{event,case_number}' INTO number FROM store.event e
    WHERE e.kiosk_id = kiosk AND e.visit_id = visit AND e.type = 'visit_deferred'
      AND e.payload::jsonb #>> '{event,sealed_sha256}' = encode(digest, 'hex')
    ORDER BY e.seq LIMIT 1;
    IF NOT FOUND OR NOT COALESCE(number ~ '^[1-9][0-9]{12}$', false) THEN
        PERFORM store.raise_alarm('capture_without_event', visit);
        RETURN jsonb_build_object('status', 'event_not_seen');
    END IF;
    IF NOT store.spend_capture(kiosk) THEN
        PERFORM store.raise_alarm('capture_allowance_spent');
        RETURN jsonb_build_object('status', 'allowance_spent');
    END IF;
    INSERT INTO store.capture (kiosk_id, visit_id, sealed, sealed_sha256, bytes)
    VALUES (kiosk, visit, brought, digest, octet_length(brought))
    ON CONFLICT DO NOTHING;
    INSERT INTO store.deferred_case (kiosk_id, visit_id, case_number)
    VALUES (kiosk, visit, CASE WHEN EXISTS (SELECT FROM store.deferred_case d WHERE d.case_number = number)
                               THEN NULL ELSE number END)
    ON CONFLICT DO NOTHING;
    NOTIFY bpjs_deferred;
    RETURN jsonb_build_object('status', 'kept');
END
$$;

-- The case that can be finished now: matched, not older than 30 days, not used.
CREATE FUNCTION store.open_case(number text) RETURNS store.deferred_case
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT d.* FROM store.deferred_case d
    WHERE d.case_number = number AND d.state = 'matched' AND d.used_at IS NULL
      AND d.decided_at > clock_timestamp() - interval '30 days'
$$;

-- Counted before the number is looked up, given back when it is that of a case: a wrong number asked for and rolled
-- back would otherwise have cost nothing.
CREATE FUNCTION store.spend_case_try(kiosk text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    spent integer;
BEGIN
    INSERT INTO store.deferred_allowance AS a (kiosk_id, day, tries) VALUES (kiosk, store.today(), 1)
    ON CONFLICT (kiosk_id, day) DO UPDATE SET tries = a.tries + 1
    WHERE a.tries < (SELECT k.case_tries_a_day FROM store.kiosk k WHERE k.kiosk_id = kiosk)
    RETURNING tries INTO spent;
    RETURN FOUND AND spent <= (SELECT k.case_tries_a_day FROM store.kiosk k WHERE k.kiosk_id = kiosk);
END
$$;

CREATE FUNCTION store.give_case_try_back(kiosk text, at timestamptz) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE store.deferred_allowance a SET tries = a.tries - 1
    WHERE a.kiosk_id = kiosk AND a.day = (at AT TIME ZONE 'Asia/Jakarta')::date AND a.tries > 0
$$;

-- As lookup_request: writes the ticket and nothing else; lookup_fetch answers it from another transaction.
-- One neutral "not found" for unknown, not matched, expired, used.
CREATE FUNCTION api.case_request(visit_id text, case_number text, visit_public_key bytea) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    kiosk text := store.current_kiosk();
    visit ALIAS FOR $1;
    number ALIAS FOR $2;
    box ALIAS FOR $3;
    answer text := 'asked';
    new_ticket uuid;
BEGIN
    IF kiosk IS NULL THEN RETURN jsonb_build_object('refused', 'not_enrolled'); END IF;
    IF visit IS NULL OR length(visit) NOT BETWEEN 1 AND 64 OR octet_length(box) IS DISTINCT FROM 32
       OR NOT COALESCE(number ~ '^[0-9]{13}$', false) THEN
        PERFORM store.raise_alarm('lookup_malformed');
        RETURN jsonb_build_object('refused', 'malformed');
    END IF;
    IF NOT store.spend_case_try(kiosk) THEN
        PERFORM store.raise_alarm('case_tries_spent');
        answer := 'allowance_spent';
    ELSIF NOT store.spend_lookup(kiosk) THEN
        PERFORM store.raise_alarm('lookup_allowance_spent');
        answer := 'allowance_spent';
    END IF;
    INSERT INTO store.ticket (kiosk_id, visit_id, kind, status, asked, visit_public_key, xid)
    VALUES (kiosk, visit, 'case', answer, CASE answer WHEN 'asked' THEN number END, box, pg_current_xact_id())
    RETURNING ticket INTO new_ticket;
    RETURN jsonb_build_object('ticket', new_ticket);
END
$$;
