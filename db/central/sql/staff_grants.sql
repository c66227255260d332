-- Walls and rights of the staff tables, as in identity.sql and grants.sql.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['staff_session', 'staff_request', 'staff_history', 'staff_decision'] LOOP
        EXECUTE format('ALTER TABLE store.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE store.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format($policy$
            CREATE POLICY own_rows ON store.%I TO bpjs_owner
            USING (NOT (SELECT store.caller_is_kiosk()) OR kiosk_id = (SELECT store.current_kiosk()))
        $policy$, name);
        EXECUTE format('CREATE POLICY job ON store.%I TO bpjs_staff USING (true)', name);
    END LOOP;
    CREATE POLICY readers ON store.staff_decision FOR SELECT TO bpjs_connector, bpjs_settle USING (true);
    -- No function that a kiosk may call has any business with staff and their secrets.
    ALTER TABLE store.staff ENABLE ROW LEVEL SECURITY;
    ALTER TABLE store.staff FORCE ROW LEVEL SECURITY;
    CREATE POLICY centre ON store.staff TO bpjs_owner, bpjs_staff USING (NOT (SELECT store.caller_is_kiosk()));
    FOREACH name IN ARRAY ARRAY['kiosk', 'event', 'ticket', 'participant'] LOOP
        EXECUTE format('CREATE POLICY staff_job ON store.%I FOR SELECT TO bpjs_staff USING (true)', name);
    END LOOP;
    CREATE POLICY staff_job ON store.alarm TO bpjs_staff USING (true);
END
$$;

REVOKE EXECUTE ON FUNCTION api.staff_ask(text, text, bytea, bytea, bytea), api.staff_fetch(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.staff_ask(text, text, bytea, bytea, bytea), api.staff_fetch(text) TO bpjs_kiosk;

-- The staff job: staff and what they do; of participants no more than whose record it is.
GRANT USAGE ON SCHEMA store TO bpjs_staff;
GRANT EXECUTE ON FUNCTION store.caller_is_kiosk(), store.current_kiosk(), store.today(), store.raise_alarm(text, text)
    TO bpjs_staff;
GRANT INSERT, UPDATE, SELECT ON store.alarm TO bpjs_staff;
GRANT SELECT (kiosk_id, signing_key, enabled) ON store.kiosk TO bpjs_staff;
GRANT SELECT ON store.event TO bpjs_staff;
GRANT SELECT (ticket, kiosk_id, visit_id, participant_id, status) ON store.ticket TO bpjs_staff;
GRANT SELECT (participant_id, nik, kk_number) ON store.participant TO bpjs_staff;
GRANT SELECT ON store.staff TO bpjs_staff;
GRANT UPDATE (totp_last_step, failures, locked_until) ON store.staff TO bpjs_staff;
GRANT SELECT, INSERT, UPDATE ON store.staff_session TO bpjs_staff;
GRANT SELECT, UPDATE ON store.staff_request TO bpjs_staff;
GRANT INSERT ON store.staff_history TO bpjs_staff;
GRANT SELECT, INSERT ON store.staff_decision TO bpjs_staff;

GRANT SELECT ON store.staff_decision TO bpjs_connector, bpjs_settle;
