-- Walls and rights of the deferred tables, as in identity.sql and grants.sql.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['deferred_allowance', 'capture', 'case_ticket'] LOOP
        EXECUTE format('ALTER TABLE store.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE store.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format($policy$
            CREATE POLICY own_rows ON store.%I TO bpjs_owner
            USING (NOT (SELECT store.caller_is_kiosk()) OR kiosk_id = (SELECT store.current_kiosk()))
        $policy$, name);
    END LOOP;
    CREATE POLICY jobs ON store.capture TO bpjs_settle USING (true);
    CREATE POLICY jobs ON store.case_ticket TO bpjs_connector, bpjs_settle USING (true);
    -- A case is finished at any kiosk: found by its number there.
    ALTER TABLE store.deferred_case ENABLE ROW LEVEL SECURITY;
    ALTER TABLE store.deferred_case FORCE ROW LEVEL SECURITY;
    CREATE POLICY centre ON store.deferred_case TO bpjs_owner, bpjs_connector, bpjs_settle USING (true);
    -- No function that a kiosk may call has any business with who is told what.
    ALTER TABLE store.deferred_notice ENABLE ROW LEVEL SECURITY;
    ALTER TABLE store.deferred_notice FORCE ROW LEVEL SECURITY;
    CREATE POLICY centre ON store.deferred_notice TO bpjs_owner, bpjs_connector, bpjs_settle
        USING (NOT (SELECT store.caller_is_kiosk()));
END
$$;

REVOKE EXECUTE ON FUNCTION
    api.capture_put(text, bytea), api.case_request(text, text, bytea), store.spend_capture(text),
    store.open_case(text), store.spend_case_try(text), store.give_case_try_back(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.capture_put(text, bytea), api.case_request(text, text, bytea) TO bpjs_kiosk;

-- The deferred job runs as settle: it finds the person, decides, erases, and queues what is told.
GRANT SELECT, UPDATE (sealed, erased_at) ON store.capture TO bpjs_settle;
GRANT SELECT, UPDATE ON store.deferred_case TO bpjs_settle;
GRANT SELECT ON store.case_ticket TO bpjs_settle;
GRANT INSERT ON store.deferred_notice TO bpjs_settle;
GRANT SELECT, INSERT ON store.failed_visit TO bpjs_settle;

-- The connector tells people, and gives profile and code to whoever finishes a case.
GRANT SELECT ON store.deferred_case, store.case_ticket TO bpjs_connector;
GRANT SELECT, UPDATE ON store.deferred_notice TO bpjs_connector;
