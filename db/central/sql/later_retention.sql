-- How long what came after 0004 is kept; see ledger_retention.sql.

INSERT INTO store.retention VALUES
    ('deferred_allowance', '90 days', 'captures and tries a day, for questions of misuse'),
    ('deferred_notice', '90 days', 'who was told, for questions; the typed number is erased when it is handed over'),
    ('deferred_case', '1 year', 'a matched case can be used for 30 days; a year for questions. With it its capture''s row'),
    ('ticket_asked', '1 hour', 'identifier of a lookup whose answer nobody took; then only whose record it was'),
    ('enrolment_code', '90 days', 'used or over; for questions'),
    ('kiosk_certificate', '5 years', 'after its end, as long as events: whose login signed what');

SELECT store.forget_as_rows(what, condition) FROM (VALUES
    ('deferred_allowance', 'x.day < (before AT TIME ZONE ''Asia/Jakarta'')::date'),
    ('deferred_notice', 'x.state = ''done'' AND x.decided_at < before'),
    ('enrolment_code', 'x.expires_at < before'),
    ('kiosk_certificate', 'x.not_after < before')
) AS r (what, condition);
DROP FUNCTION store.forget_as_rows(text, text);

-- With a case go what a ticket remembers of it and the row of its capture. One that is still to be told of stays.
CREATE FUNCTION store.forget_deferred_case(before timestamptz, batch integer) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
    WITH over AS MATERIALIZED (
        SELECT x.kiosk_id, x.visit_id FROM store.deferred_case x
        WHERE x.decided_at < before AND NOT EXISTS (
            SELECT FROM store.deferred_notice n WHERE n.kiosk_id = x.kiosk_id AND n.visit_id = x.visit_id)
        LIMIT batch FOR UPDATE SKIP LOCKED
    ), tickets AS (
        DELETE FROM store.case_ticket t USING over o WHERE t.case_kiosk = o.kiosk_id AND t.case_visit = o.visit_id
    ), captures AS (
        DELETE FROM store.capture c USING over o WHERE c.kiosk_id = o.kiosk_id AND c.visit_id = o.visit_id
    ), gone AS (
        DELETE FROM store.deferred_case d USING over o
        WHERE d.kiosk_id = o.kiosk_id AND d.visit_id = o.visit_id RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
REVOKE EXECUTE ON FUNCTION store.forget_deferred_case(timestamptz, integer) FROM PUBLIC;

-- Of such a ticket stays what is left of an answered one.
CREATE FUNCTION store.forget_ticket_asked(before timestamptz, batch integer) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
    WITH over AS MATERIALIZED (
        SELECT x.ticket, x.kind, x.asked FROM store.ticket x WHERE x.asked IS NOT NULL AND x.requested_at < before
        LIMIT batch FOR UPDATE SKIP LOCKED
    ), gone AS (
        UPDATE store.ticket t SET asked = NULL, participant_id = CASE o.kind
            WHEN 'nik' THEN (SELECT p.participant_id FROM store.participant p WHERE p.nik = o.asked)
            WHEN 'jkn_card' THEN (SELECT p.participant_id FROM store.participant p WHERE p.card_number = o.asked)
            ELSE (SELECT d.participant_id FROM store.deferred_case d WHERE d.case_number = o.asked) END
        FROM over o WHERE t.ticket = o.ticket RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
REVOKE EXECUTE ON FUNCTION store.forget_ticket_asked(timestamptz, integer) FROM PUBLIC;
