-- Roles of the centre. They belong to the cluster, so this runs at every init, outside the migrations.
-- owner: owns every object, nobody logs in as it. kiosk: what a kiosk may do; each kiosk has a login of
-- its own in it. connector, settle, staff: the jobs.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bpjs_owner') THEN
        CREATE ROLE bpjs_owner NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bpjs_kiosk') THEN
        CREATE ROLE bpjs_kiosk NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bpjs_connector') THEN
        CREATE ROLE bpjs_connector LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bpjs_settle') THEN
        CREATE ROLE bpjs_settle LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bpjs_staff') THEN
        CREATE ROLE bpjs_staff LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bpjs_keeper') THEN
        CREATE ROLE bpjs_keeper LOGIN;
    END IF;
    -- pooler: pgbouncer, by certificate.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bpjs_pooler') THEN
        CREATE ROLE bpjs_pooler LOGIN;
    END IF;
    -- feed: the membership and account systems, by certificate.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bpjs_feed') THEN
        CREATE ROLE bpjs_feed LOGIN;
    END IF;
    -- watchdog: owns the one function that ends sessions. reporter: group that reads the reporting views.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bpjs_watchdog') THEN
        CREATE ROLE bpjs_watchdog NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bpjs_reporter') THEN
        CREATE ROLE bpjs_reporter NOLOGIN;
    END IF;
    EXECUTE format('GRANT bpjs_owner, bpjs_watchdog, bpjs_feed TO %I', current_user);
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO bpjs_owner, bpjs_kiosk, bpjs_connector, bpjs_settle, bpjs_staff',
                   current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO bpjs_keeper, bpjs_reporter, bpjs_pooler, bpjs_feed',
                   current_database());
    EXECUTE format('GRANT CREATE ON DATABASE %I TO bpjs_owner', current_database());
END
$$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
