-- Lookup in two steps. One function that audits and answers could be rolled back after it has answered
-- (BEGIN; SELECT; ROLLBACK, or a socket dropped before Sync): the answer is out, the audit is gone. So the
-- request only writes, and the fetch only reads what an earlier, committed transaction wrote.

CREATE FUNCTION store.as_ticket(value text) RETURNS uuid
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE WHEN value ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN value::uuid END $$;

-- Same kiosk, same day: true and counted while the allowance lasts.
CREATE FUNCTION store.spend_lookup(kiosk text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    spent integer;
BEGIN
    INSERT INTO store.allowance AS a (kiosk_id, day, lookups) VALUES (kiosk, store.today(), 1)
    ON CONFLICT (kiosk_id, day) DO UPDATE SET lookups = a.lookups + 1
    RETURNING lookups INTO spent;
    RETURN spent <= (SELECT k.lookups_a_day FROM store.kiosk k WHERE k.kiosk_id = kiosk);
END
$$;

-- Marks the participant as busy with this visit; false when another kiosk has them.
CREATE FUNCTION store.take_busy(participant bigint, kiosk text, visit text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO store.busy AS b (participant_id, kiosk_id, visit_id, since)
    VALUES (participant, kiosk, visit, clock_timestamp())
    ON CONFLICT (participant_id) DO UPDATE SET kiosk_id = kiosk, visit_id = visit, since = clock_timestamp()
    -- 10 min: the longest ordinary visit; one person stands at one kiosk, so the same kiosk may go on
    WHERE b.kiosk_id = kiosk OR b.since < clock_timestamp() - interval '10 minutes';
    RETURN FOUND;
END
$$;

-- One neutral "not found" for unknown, not a member, blocked.
CREATE FUNCTION store.lookup_status(p store.participant, kiosk text, visit text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p.participant_id IS NULL OR p.blocked OR p.membership = 'BUKAN_PESERTA' THEN RETURN 'not_found'; END IF;
    IF p.civil_status <> 'AKTIF' THEN RETURN 'needs_staff'; END IF;
    -- 17: the age of the first e-KTP; younger accounts are run by a parent or guardian
    IF p.birth_date > store.today() - interval '17 years' THEN RETURN 'minor'; END IF;
    IF (SELECT count(*) FROM store.failed_visit f
        WHERE f.participant_id = p.participant_id AND f.day = store.today()) >= 3 THEN
        RETURN 'too_many_failures';
    END IF;
    IF NOT store.take_busy(p.participant_id, kiosk, visit) THEN RETURN 'busy_elsewhere'; END IF;
    RETURN 'found';
END
$$;

-- Writes the ticket and nothing else; its id says nothing about the answer.
CREATE FUNCTION api.lookup_request(visit_id text, kind text, value text, visit_public_key bytea) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    kiosk text := store.current_kiosk();
    visit ALIAS FOR $1;
    identifier ALIAS FOR $3;
    box ALIAS FOR $4;
    p store.participant;
    answer text;
    new_ticket uuid;
BEGIN
    IF kiosk IS NULL THEN RETURN jsonb_build_object('refused', 'not_enrolled'); END IF;
    IF visit IS NULL OR length(visit) NOT BETWEEN 1 AND 64 OR $2 NOT IN ('nik', 'jkn_card')
       OR octet_length(box) IS DISTINCT FROM 32 OR NOT COALESCE(identifier ~ '^[0-9]{13,16}$', false) THEN
        PERFORM store.raise_alarm('lookup_malformed');
        RETURN jsonb_build_object('refused', 'malformed');
    END IF;
    IF NOT store.spend_lookup(kiosk) THEN
        PERFORM store.raise_alarm('lookup_allowance_spent');
        answer := 'allowance_spent';
    ELSE
        IF $2 = 'nik' THEN
            SELECT * INTO p FROM store.participant r WHERE r.nik = identifier;
        ELSE
            SELECT * INTO p FROM store.participant r WHERE r.card_number = identifier;
        END IF;
        -- another identifier in the same visit: the person of the first one is free again
        DELETE FROM store.busy b
        WHERE b.kiosk_id = kiosk AND b.visit_id = visit AND b.participant_id IS DISTINCT FROM p.participant_id;
        answer := store.lookup_status(p, kiosk, visit);
    END IF;
    INSERT INTO store.ticket (kiosk_id, visit_id, kind, participant_id, status, visit_public_key, xid)
    VALUES (kiosk, visit, $2, p.participant_id, answer, box, pg_current_xact_id())
    RETURNING ticket INTO new_ticket;
    RETURN jsonb_build_object('ticket', new_ticket);
END
$$;

-- Serves the caller's own ticket, if the transaction that wrote it is committed, another one, and young.
CREATE FUNCTION api.lookup_fetch(ticket text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    t store.ticket;
    shown text := '';
BEGIN
    SELECT * INTO t FROM store.ticket own
    WHERE own.ticket = store.as_ticket($1) AND own.kiosk_id = store.current_kiosk();
    IF t.ticket IS NULL
       OR t.xid IS NOT DISTINCT FROM pg_current_xact_id_if_assigned()
       OR pg_xact_status(t.xid) IS DISTINCT FROM 'committed'
       OR t.requested_at < clock_timestamp() - interval '30 seconds' THEN
        RETURN jsonb_build_object('refused', 'ticket_not_usable');
    END IF;
    IF t.status = 'found' THEN
        SELECT string_agg(upper(left(w, 1)) || '.', ' ' ORDER BY n) INTO shown
        FROM store.participant p, regexp_split_to_table(trim(p.name), '\s+') WITH ORDINALITY AS words (w, n)
        WHERE p.participant_id = t.participant_id;
    END IF;
    RETURN jsonb_build_object('ticket', t.ticket, 'status', t.status, 'initials', shown);
END
$$;
