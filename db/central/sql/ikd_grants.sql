-- Walls and rights of the digital identity's tables, as in identity.sql and grants.sql.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['ikd_allowance', 'token_use', 'ikd_login'] LOOP
        EXECUTE format('ALTER TABLE store.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE store.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format($policy$
            CREATE POLICY own_rows ON store.%I TO bpjs_owner
            USING (NOT (SELECT store.caller_is_kiosk()) OR kiosk_id = (SELECT store.current_kiosk()))
        $policy$, name);
    END LOOP;
    CREATE POLICY job ON store.token_use TO bpjs_connector USING (true);
    CREATE POLICY job ON store.ikd_login TO bpjs_connector USING (true);
    -- No function that a kiosk may call has any business with other people's new addresses.
    ALTER TABLE store.data_update ENABLE ROW LEVEL SECURITY;
    ALTER TABLE store.data_update FORCE ROW LEVEL SECURITY;
    CREATE POLICY centre ON store.data_update TO bpjs_owner, bpjs_settle USING (NOT (SELECT store.caller_is_kiosk()));
END
$$;

REVOKE EXECUTE ON FUNCTION
    api.token_use(text, text, text, text, timestamptz), api.token_fetch(text),
    api.login_begin(text, bytea), api.login_fetch(text), store.spend_ikd(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    api.token_use(text, text, text, text, timestamptz), api.token_fetch(text),
    api.login_begin(text, bytea), api.login_fetch(text) TO bpjs_kiosk;

-- The ikd job runs as the connector.
GRANT SELECT, UPDATE ON store.ikd_login TO bpjs_connector;
GRANT SELECT (expires_at), DELETE ON store.token_use TO bpjs_connector;
GRANT INSERT ON store.data_update TO bpjs_settle;
