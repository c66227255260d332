-- What the centre keeps beside the events: what follows from them where it has to outlive them, and what other
-- systems tell it.

-- ---- the PIN's lock, counted with the account whoever asks for the PIN

ALTER TABLE store.pin_verifier
    ADD COLUMN failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    ADD COLUMN locked_until timestamptz;

-- The count after one more wrong PIN, and until when nothing is taken: 5 in a row: 15 min; 10: until a new PIN.
CREATE FUNCTION store.count_pin_failure(before integer, at timestamptz, OUT failures integer,
                                        OUT locked_until timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT before + 1,
           CASE WHEN before + 1 >= 10 THEN 'infinity'::timestamptz
                WHEN before + 1 = 5 THEN at + interval '15 minutes' END
$$;

-- ---- login history, from the account system's feed

CREATE TABLE store.login (
    login_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    feed_id        text NOT NULL UNIQUE CHECK (length(feed_id) BETWEEN 1 AND 64),
    participant_id bigint NOT NULL REFERENCES store.participant,
    at             timestamptz NOT NULL,
    channel        text NOT NULL CHECK (channel IN ('mobile_jkn', 'web', 'call_centre')),
    outcome        text NOT NULL CHECK (outcome IN ('ok', 'wrong_pin', 'locked')),
    device         text NOT NULL DEFAULT '' CHECK (length(device) <= 60),
    place          text NOT NULL DEFAULT '' CHECK (length(place) <= 60)
);
CREATE INDEX login_of ON store.login (participant_id, at DESC);
CREATE INDEX login_age ON store.login (at);

-- ``feed``: array of {feed_id, nik, at, channel, outcome, device, place}. Idempotent on feed_id; one bad row spoils
-- no other. Returns how many were new, known before, and left out (unknown participant or bad row).
CREATE FUNCTION store.import_logins(feed jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    e jsonb;
    person bigint;
    taken integer := 0;
    known integer := 0;
    left_out integer := 0;
BEGIN
    IF jsonb_typeof(feed) IS DISTINCT FROM 'array' THEN RETURN jsonb_build_object('refused', 'malformed'); END IF;
    FOR e IN SELECT value FROM jsonb_array_elements(feed) LOOP
        SELECT p.participant_id INTO person FROM store.participant p WHERE p.nik = e ->> 'nik';
        IF person IS NULL THEN
            left_out := left_out + 1;
            CONTINUE;
        END IF;
        BEGIN
            INSERT INTO store.login (feed_id, participant_id, at, channel, outcome, device, place)
            VALUES (e ->> 'feed_id', person, (e ->> 'at')::timestamptz, e ->> 'channel', e ->> 'outcome',
                    COALESCE(e ->> 'device', ''), COALESCE(e ->> 'place', ''))
            ON CONFLICT (feed_id) DO NOTHING;
            IF FOUND THEN taken := taken + 1; ELSE known := known + 1; END IF;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
            left_out := left_out + 1;
        END;
    END LOOP;
    IF left_out > 0 THEN PERFORM store.raise_alarm('login_feed_left_out'); END IF;
    RETURN jsonb_build_object('taken', taken, 'known', known, 'left_out', left_out);
END
$$;

-- ---- the contact on record and its changes

-- As db.central.reads.mask_phone: enough for the owner to know it, too little to call it.
CREATE FUNCTION store.mask_phone(phone text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN COALESCE(phone, '') = '' THEN ''
                ELSE left('0' || regexp_replace(phone, '^\+62', ''), 4) || '-xxxx-' || right(phone, 3) END
$$;

CREATE TABLE store.contact_change (
    contact_change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participant_id bigint NOT NULL REFERENCES store.participant,
    old_masked     text NOT NULL,
    new_masked     text NOT NULL,
    kiosk_id       text REFERENCES store.kiosk,
    visit_id       text NOT NULL DEFAULT '',
    by_login       text NOT NULL DEFAULT session_user,
    at             timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX contact_change_of ON store.contact_change (participant_id, at DESC);
CREATE INDEX contact_change_age ON store.contact_change (at);

-- Whoever changes the number, the change is on record. Visit: from store.change_phone, else none.
CREATE FUNCTION store.keep_contact_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO store.contact_change (participant_id, old_masked, new_masked, kiosk_id, visit_id)
    VALUES (NEW.participant_id, store.mask_phone(OLD.phone), store.mask_phone(NEW.phone),
            NULLIF(current_setting('bpjs.kiosk', true), ''), COALESCE(current_setting('bpjs.visit', true), ''));
    RETURN NULL;
END
$$;
CREATE TRIGGER contact_changes AFTER UPDATE OF phone ON store.participant
    FOR EACH ROW WHEN (OLD.phone IS DISTINCT FROM NEW.phone) EXECUTE FUNCTION store.keep_contact_change();

-- For the job that settles a change of contact. False: nobody of that id, or no such number.
CREATE FUNCTION store.change_phone(participant bigint, new_phone text, kiosk text, visit text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed boolean;
BEGIN
    IF NOT COALESCE(new_phone ~ '^\+62[0-9]{8,13}$', false) THEN RETURN false; END IF;
    PERFORM set_config('bpjs.kiosk', kiosk, true), set_config('bpjs.visit', visit, true);
    UPDATE store.participant p SET phone = new_phone WHERE p.participant_id = participant;
    changed := FOUND;
    PERFORM set_config('bpjs.kiosk', '', true), set_config('bpjs.visit', '', true);
    RETURN changed;
END
$$;

-- ---- family, from the account system

CREATE TABLE store.family_link (
    participant_id bigint NOT NULL REFERENCES store.participant,  -- who is responsible for the family
    member_id      bigint NOT NULL REFERENCES store.participant,
    relation       text NOT NULL CHECK (relation IN ('SUAMI', 'ISTRI', 'ANAK', 'TAMBAHAN')),
    since          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (participant_id, member_id),
    CHECK (participant_id <> member_id)
);
CREATE INDEX family_link_of_member ON store.family_link (member_id);

-- ---- consent, from signed events of settled visits

CREATE TABLE store.consent (
    kiosk_id       text NOT NULL REFERENCES store.kiosk,
    visit_id       text NOT NULL,
    seq            bigint NOT NULL,
    participant_id bigint NOT NULL REFERENCES store.participant,
    purposes       text[] NOT NULL CHECK (cardinality(purposes) <= 16),
    text_version   text NOT NULL CHECK (length(text_version) <= 64),
    language       text NOT NULL CHECK (length(language) <= 16),
    text_sha256    text NOT NULL CHECK (length(text_sha256) <= 64),
    given_at       timestamptz NOT NULL,  -- when the centre received it
    withdrawn_at   timestamptz,
    PRIMARY KEY (kiosk_id, visit_id, seq)
);
CREATE INDEX consent_of ON store.consent (participant_id, given_at DESC);
CREATE INDEX consent_age ON store.consent (given_at);

-- ---- health, from heartbeats

CREATE TABLE store.health_change (
    kiosk_id text NOT NULL REFERENCES store.kiosk,
    part     text NOT NULL CHECK (length(part) BETWEEN 1 AND 40),
    was      text NOT NULL CHECK (length(was) <= 40),
    state    text NOT NULL CHECK (length(state) <= 40),
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX health_change_of ON store.health_change (kiosk_id, at DESC);
CREATE INDEX health_change_age ON store.health_change (at);

-- {part: state} out of a heartbeat; whatever has another shape is left out.
CREATE FUNCTION store.told_parts(health jsonb) RETURNS TABLE (part text, state text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.key, p.value #>> '{}'
    FROM jsonb_each(CASE jsonb_typeof(health -> 'parts') WHEN 'object' THEN health -> 'parts' ELSE '{}' END) AS p
    WHERE jsonb_typeof(p.value) = 'string' AND length(p.key) BETWEEN 1 AND 40 AND length(p.value #>> '{}') <= 40
$$;

-- {software, backlog, parts: {part: state}}; false when refused. What changed since the last one is kept.
CREATE OR REPLACE FUNCTION api.heartbeat(health jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    max_changes_a_day CONSTANT integer := 1000;  -- a part that flaps every minute for a day, and no flood of a thief
    kiosk store.kiosk;
BEGIN
    IF pg_column_size($1) > 16384 OR jsonb_typeof($1) IS DISTINCT FROM 'object' THEN RETURN false; END IF;
    SELECT * INTO kiosk FROM store.kiosk k WHERE k.kiosk_id = store.current_kiosk() FOR UPDATE;
    IF kiosk.kiosk_id IS NULL THEN RETURN false; END IF;
    UPDATE store.kiosk k SET last_heartbeat = clock_timestamp(), health = $1 WHERE k.kiosk_id = kiosk.kiosk_id;
    IF kiosk.health -> 'parts' IS DISTINCT FROM $1 -> 'parts'
       AND (SELECT count(*) FROM store.health_change c
            WHERE c.kiosk_id = kiosk.kiosk_id AND c.at > clock_timestamp() - interval '1 day') < max_changes_a_day THEN
        INSERT INTO store.health_change (kiosk_id, part, was, state)
        SELECT kiosk.kiosk_id, n.part, COALESCE(o.state, ''), n.state
        FROM store.told_parts($1) n LEFT JOIN store.told_parts(kiosk.health) o USING (part)
        WHERE o.state IS DISTINCT FROM n.state
        LIMIT 50;
    END IF;
    RETURN true;
END
$$;

-- ---- limits of the reports

CREATE TABLE store.report_limit (
    what   text PRIMARY KEY,
    after  interval NOT NULL CHECK (after > interval '0'),
    reason text NOT NULL
);
INSERT INTO store.report_limit VALUES
    ('kiosk_silent', '24 hours', 'a night and a morning: a branch that opens every day is heard'),
    ('visit_unsettled', '1 hour', 'settling takes a second; an hour is a job that stands'),
    ('visit_unfinished', '1 hour', 'a visit is 10 min and may be extended'),
    ('visits_looked_back', '2 days', 'older unfinished visits are counted nowhere any more');

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['login', 'contact_change', 'family_link', 'consent', 'report_limit'] LOOP
        EXECUTE format('ALTER TABLE store.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE store.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY centre ON store.%I TO bpjs_owner, bpjs_settle, bpjs_connector
                        USING (NOT (SELECT store.caller_is_kiosk()))', name);
    END LOOP;
    ALTER TABLE store.health_change ENABLE ROW LEVEL SECURITY;
    ALTER TABLE store.health_change FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_rows ON store.health_change TO bpjs_owner
        USING (NOT (SELECT store.caller_is_kiosk()) OR kiosk_id = (SELECT store.current_kiosk()));
END
$$;

REVOKE EXECUTE ON FUNCTION api.heartbeat(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.heartbeat(jsonb) TO bpjs_kiosk;
GRANT INSERT, SELECT ON store.consent TO bpjs_settle;
GRANT SELECT ON store.login, store.contact_change, store.family_link, store.consent TO bpjs_connector;
GRANT EXECUTE ON FUNCTION store.import_logins(jsonb) TO bpjs_connector;
GRANT EXECUTE ON FUNCTION store.change_phone(bigint, text, text, text) TO bpjs_settle;
