-- What PostgreSQL gives to PUBLIC by default and a kiosk login has no use for: large objects (a place to
-- hide data), advisory locks (a way to block others), sleeping, messages into the WAL, anonymous code. Needs the
-- cluster's superuser; a hosted service may refuse it, and init then says so and goes on.
DO $$
DECLARE
    routine regprocedure;
BEGIN
    FOR routine IN
        SELECT p.oid::regprocedure FROM pg_proc p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace
          AND (p.proname ~ '^(lo_|lo(read|write)$)' OR p.proname ~ '^pg_(try_)?advisory_' OR p.proname ~ '^pg_sleep'
               OR p.proname IN ('pg_notify', 'pg_logical_emit_message'))
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
    END LOOP;
    GRANT EXECUTE ON FUNCTION pg_notify(text, text) TO bpjs_owner, bpjs_settle, bpjs_connector;
    REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
    GRANT USAGE ON LANGUAGE plpgsql TO bpjs_owner;
    REVOKE USAGE ON LANGUAGE sql FROM PUBLIC;
    GRANT USAGE ON LANGUAGE sql TO bpjs_owner;
END
$$;
