-- Lookup, its two steps drawn further apart. The first one used to look the person up already and only kept the answer
-- to itself. But a login sees what its own transaction read, locked and wrote (EXPLAIN with WAL and buffers, pg_locks,
-- pg_stat_xact_*, its clock), and all of that was more for a member than for a number that nobody has: asked and rolled
-- back it told who is in the register, without allowance and without an audit row. So the first step reads and writes
-- the caller's own rows alone, and the second one looks up, once the first is committed.

-- asked: the identifier, from the request until the answer; later only whose record it was.
ALTER TABLE store.ticket ADD COLUMN asked text CHECK (asked ~ '^[0-9]{13,16}$');
CREATE INDEX ticket_asked ON store.ticket (requested_at) WHERE asked IS NOT NULL;

CREATE OR REPLACE FUNCTION api.lookup_request(visit_id text, kind text, value text, visit_public_key bytea)
RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    kiosk text := store.current_kiosk();
    visit ALIAS FOR $1;
    identifier ALIAS FOR $3;
    box ALIAS FOR $4;
    answer text := 'asked';
    new_ticket uuid;
BEGIN
    IF kiosk IS NULL THEN RETURN jsonb_build_object('refused', 'not_enrolled'); END IF;
    IF visit IS NULL OR length(visit) NOT BETWEEN 1 AND 64 OR NOT COALESCE($2 IN ('nik', 'jkn_card'), false)
       OR octet_length(box) IS DISTINCT FROM 32 OR NOT COALESCE(identifier ~ '^[0-9]{13,16}$', false) THEN
        PERFORM store.raise_alarm('lookup_malformed');
        RETURN jsonb_build_object('refused', 'malformed');
    END IF;
    IF NOT store.spend_lookup(kiosk) THEN
        PERFORM store.raise_alarm('lookup_allowance_spent');
        answer := 'allowance_spent';
    END IF;
    INSERT INTO store.ticket (kiosk_id, visit_id, kind, status, asked, visit_public_key, xid)
    VALUES (kiosk, visit, $2, answer, CASE answer WHEN 'asked' THEN identifier END, box, pg_current_xact_id())
    RETURNING ticket INTO new_ticket;
    RETURN jsonb_build_object('ticket', new_ticket);
END
$$;

-- Looks up what the ticket asks for, once: the row is the caller's, locked, and of an earlier transaction.
CREATE FUNCTION store.answer_ticket(INOUT t store.ticket)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c store.deferred_case;
    p store.participant;
BEGIN
    CASE t.kind
        WHEN 'nik' THEN
            SELECT * INTO p FROM store.participant r WHERE r.nik = t.asked;
        WHEN 'jkn_card' THEN
            SELECT * INTO p FROM store.participant r WHERE r.card_number = t.asked;
        ELSE
            c := store.open_case(t.asked);
            SELECT * INTO p FROM store.participant r WHERE r.participant_id = c.participant_id;
    END CASE;
    -- another identifier in the same visit: the person of the first one is free again
    DELETE FROM store.busy b
    WHERE b.kiosk_id = t.kiosk_id AND b.visit_id = t.visit_id AND b.participant_id IS DISTINCT FROM p.participant_id;
    t.participant_id := p.participant_id;
    t.status := store.lookup_status(p, t.kiosk_id, t.visit_id);
    t.asked := NULL;
    UPDATE store.ticket own SET participant_id = t.participant_id, status = t.status, asked = NULL
    WHERE own.ticket = t.ticket;
    IF t.kind = 'case' AND t.status <> 'not_found' THEN
        PERFORM store.give_case_try_back(t.kiosk_id, t.requested_at);
    END IF;
    IF t.kind = 'case' AND t.status = 'found' THEN
        INSERT INTO store.case_ticket (ticket, kiosk_id, case_kiosk, case_visit)
        VALUES (t.ticket, t.kiosk_id, c.kiosk_id, c.visit_id);
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION api.lookup_fetch(ticket text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    t store.ticket;
    shown text := '';
BEGIN
    SELECT * INTO t FROM store.ticket own
    WHERE own.ticket = store.as_ticket($1) AND own.kiosk_id = store.current_kiosk() FOR UPDATE;
    IF t.ticket IS NULL
       OR t.xid IS NOT DISTINCT FROM pg_current_xact_id_if_assigned()
       OR pg_xact_status(t.xid) IS DISTINCT FROM 'committed'
       OR t.requested_at < clock_timestamp() - interval '30 seconds' THEN
        RETURN jsonb_build_object('refused', 'ticket_not_usable');
    END IF;
    IF t.status = 'asked' THEN t := store.answer_ticket(t); END IF;
    IF t.status = 'found' THEN
        SELECT string_agg(upper(left(w, 1)) || '.', ' ' ORDER BY n) INTO shown
        FROM store.participant p, regexp_split_to_table(trim(p.name), '[[:space:]]+') WITH ORDINALITY AS words (w, n)
        WHERE p.participant_id = t.participant_id;
    END IF;
    RETURN jsonb_build_object('ticket', t.ticket, 'status', t.status, 'initials', shown);
END
$$;

REVOKE EXECUTE ON FUNCTION store.answer_ticket(store.ticket) FROM PUBLIC;
