-- Who calls, what day it is, and the walls that hold even when a function above is wrong.

-- Kiosk logins, and only they, are named kiosk_*: the prefix cannot be changed by the login itself.
CREATE FUNCTION store.caller_is_kiosk() RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT starts_with(session_user::text, 'kiosk_') $$;

-- NULL for a login without an enabled kiosk.
CREATE FUNCTION store.current_kiosk() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT k.kiosk_id FROM store.kiosk k WHERE k.role_name = session_user AND k.enabled $$;

-- Days of allowances and failures are Jakarta's on the whole archipelago: one rule, one counter.
CREATE FUNCTION store.today() RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT (now() AT TIME ZONE 'Asia/Jakarta')::date $$;

-- The same alarm again the same day counts up instead of filling the disk.
CREATE FUNCTION store.raise_alarm(kind text, subject text DEFAULT '') RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO store.alarm AS a (login, kind, subject, day)
    VALUES (session_user, kind, left(subject, 200), store.today())
    ON CONFLICT (login, kind, subject, day) DO UPDATE SET times = a.times + 1, last_at = now()
$$;

-- ---- history stays: not even the owner changes or drops an event

CREATE FUNCTION store.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RAISE EXCEPTION 'events are never changed' USING ERRCODE = 'insufficient_privilege'; END $$;

CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE ON store.event
    FOR EACH ROW EXECUTE FUNCTION store.refuse_change();
CREATE TRIGGER events_stay BEFORE TRUNCATE ON store.event
    FOR EACH STATEMENT EXECUTE FUNCTION store.refuse_change();

-- ---- row-level security, forced on the owner too: a definer function called by a kiosk sees that
-- kiosk's rows only, whatever its text says

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['head', 'event', 'ticket', 'allowance', 'request', 'settle_queue', 'verification'] LOOP
        EXECUTE format('ALTER TABLE store.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE store.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format($policy$
            CREATE POLICY own_rows ON store.%I TO bpjs_owner
            USING (NOT (SELECT store.caller_is_kiosk()) OR kiosk_id = (SELECT store.current_kiosk()))
        $policy$, name);
        EXECUTE format('CREATE POLICY jobs ON store.%I TO bpjs_connector, bpjs_settle USING (true)', name);
    END LOOP;
    ALTER TABLE store.kiosk ENABLE ROW LEVEL SECURITY;
    ALTER TABLE store.kiosk FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_row ON store.kiosk TO bpjs_owner
        USING (NOT (SELECT store.caller_is_kiosk()) OR role_name = session_user);
    CREATE POLICY jobs ON store.kiosk TO bpjs_connector, bpjs_settle USING (true);
    FOREACH name IN ARRAY ARRAY['alarm', 'participant', 'account', 'pin_verifier', 'busy', 'failed_visit',
                                'contact_allowance', 'centre_key'] LOOP
        EXECUTE format('ALTER TABLE store.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE store.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY centre ON store.%I TO bpjs_owner, bpjs_connector, bpjs_settle USING (true)', name);
    END LOOP;
    -- No function that a kiosk may call has any business with PIN verifiers or phone counters.
    DROP POLICY centre ON store.pin_verifier;
    CREATE POLICY centre ON store.pin_verifier TO bpjs_owner, bpjs_settle USING (NOT (SELECT store.caller_is_kiosk()));
END
$$;
