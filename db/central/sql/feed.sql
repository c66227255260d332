-- Writers for the feed login: batches of rows in, counts and reasons out. A bad row spoils no other; a row that is
-- brought again, or an older one about the same person, is known and changes nothing.

-- A row's time: ISO 8601 with its offset, at most 5 min ahead of our clock; NULL for anything else. One from the future
-- would shut out every later row about the person.
CREATE FUNCTION store.feed_at(e jsonb) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN t.at <= clock_timestamp() + interval '5 minutes' THEN t.at END
    FROM (SELECT CASE WHEN e ->> 'at' ~
              '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$'
          THEN (e ->> 'at')::timestamptz END AS at) t
$$;

-- True, and kept, when nothing newer or as new of this kind was told about the person.
CREATE FUNCTION store.feed_is_newer(person bigint, what text, told_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO store.feed_mark AS m (participant_id, kind, at) VALUES (person, what, told_at)
    ON CONFLICT (participant_id, kind) DO UPDATE SET at = EXCLUDED.at WHERE m.at < EXCLUDED.at;
    RETURN FOUND;
END
$$;

-- {nik, at, members: [{nik, relation}]}: the whole family of the person who is responsible for it.
CREATE FUNCTION store.feed_family(e jsonb) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    max_members CONSTANT integer := 20;  -- five are covered, others may be added; this is no family of ours
    told_at timestamptz := store.feed_at(e);
    members jsonb := e -> 'members';
    person bigint;
BEGIN
    IF told_at IS NULL OR jsonb_typeof(members) IS DISTINCT FROM 'array' THEN RETURN 'malformed'; END IF;
    IF jsonb_array_length(members) > max_members THEN RETURN 'malformed'; END IF;
    SELECT p.participant_id INTO person FROM store.participant p WHERE p.nik = e ->> 'nik';
    IF person IS NULL OR EXISTS (
        SELECT FROM jsonb_array_elements(members) m LEFT JOIN store.participant p ON p.nik = m.value ->> 'nik'
        WHERE p.participant_id IS NULL) THEN
        RETURN 'unknown_participant';
    END IF;
    IF NOT store.feed_is_newer(person, 'family', told_at) THEN RETURN 'known'; END IF;
    DELETE FROM store.family_link l WHERE l.participant_id = person AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(members) m JOIN store.participant p ON p.nik = m.value ->> 'nik'
        WHERE p.participant_id = l.member_id);
    INSERT INTO store.family_link (participant_id, member_id, relation, since)
    SELECT person, p.participant_id, m.value ->> 'relation', told_at
    FROM jsonb_array_elements(members) m JOIN store.participant p ON p.nik = m.value ->> 'nik'
    ON CONFLICT (participant_id, member_id) DO UPDATE SET relation = EXCLUDED.relation;
    RETURN 'taken';
END
$$;

-- {nik, at, outcome: right_pin or wrong_pin}: a try of the PIN at another door; counted as ours (count_pin_failure).
CREATE FUNCTION store.feed_pin_try(e jsonb) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    told_at timestamptz := store.feed_at(e);
    outcome text := e ->> 'outcome';
    person bigint;
    pin store.pin_verifier;
BEGIN
    IF told_at IS NULL OR NOT COALESCE(outcome IN ('right_pin', 'wrong_pin'), false) THEN RETURN 'malformed'; END IF;
    SELECT p.participant_id INTO person FROM store.participant p WHERE p.nik = e ->> 'nik';
    IF person IS NULL THEN RETURN 'unknown_participant'; END IF;
    SELECT v.* INTO pin FROM store.pin_verifier v WHERE v.participant_id = person FOR UPDATE;
    IF NOT FOUND THEN RETURN 'no_pin'; END IF;
    IF told_at <= pin.set_at THEN RETURN 'known'; END IF;  -- of the PIN before this one
    IF NOT store.feed_is_newer(person, 'pin_try', told_at) THEN RETURN 'known'; END IF;
    IF told_at < pin.locked_until THEN RETURN 'locked'; END IF;
    IF outcome = 'right_pin' THEN
        UPDATE store.pin_verifier v SET failures = 0, locked_until = NULL WHERE v.participant_id = person;
    ELSE
        UPDATE store.pin_verifier v SET failures = c.failures, locked_until = c.locked_until
        FROM store.count_pin_failure(pin.failures, told_at) c WHERE v.participant_id = person;
    END IF;
    RETURN 'taken';
END
$$;

-- {nik, at, purposes: [...]}: of consents given until then. What the jobs do with it is in db.central.consents; a match
-- of a deferred visit that still waits for its person ends here.
CREATE FUNCTION store.feed_withdrawal(e jsonb) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    told_at timestamptz := store.feed_at(e);
    withdrawn text[];
    person bigint;
BEGIN
    IF told_at IS NULL OR jsonb_typeof(e -> 'purposes') IS DISTINCT FROM 'array' THEN RETURN 'malformed'; END IF;
    SELECT array_agg(DISTINCT p.value) INTO withdrawn FROM jsonb_array_elements_text(e -> 'purposes') p;
    IF COALESCE(cardinality(withdrawn), 0) = 0 THEN RETURN 'malformed'; END IF;
    SELECT p.participant_id INTO person FROM store.participant p WHERE p.nik = e ->> 'nik';
    IF person IS NULL THEN RETURN 'unknown_participant'; END IF;
    INSERT INTO store.consent_withdrawal AS w (participant_id, purpose, at)
    SELECT person, u.purpose, told_at FROM unnest(withdrawn) u (purpose)
    ON CONFLICT (participant_id, purpose) DO UPDATE SET at = EXCLUDED.at WHERE w.at < EXCLUDED.at;
    IF NOT FOUND THEN RETURN 'known'; END IF;
    UPDATE store.consent c SET withdrawn_at = told_at
    WHERE c.participant_id = person AND c.withdrawn_at IS NULL AND c.given_at <= told_at AND c.purposes && withdrawn;
    WITH ended AS (
        UPDATE store.deferred_case d SET state = 'expired', reason = 'consent_withdrawn'
        WHERE d.participant_id = person AND d.state = 'matched' AND d.used_at IS NULL AND d.opened_at <= told_at
          AND withdrawn && ARRAY['identity_check', 'face_match']
        RETURNING d.kiosk_id, d.visit_id)
    UPDATE store.deferred_notice n SET state = 'done', send_status = 'failed', phone_sealed = NULL,
        decided_at = clock_timestamp()
    FROM ended WHERE n.kiosk_id = ended.kiosk_id AND n.visit_id = ended.visit_id AND n.state = 'waiting';
    RETURN 'taken';
END
$$;

CREATE FUNCTION store.feed_login(e jsonb) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    told jsonb;
BEGIN
    IF store.feed_at(e) IS NULL THEN RETURN 'malformed'; END IF;
    told := store.import_logins(jsonb_build_array(e));
    RETURN CASE WHEN (told ->> 'taken')::integer > 0 THEN 'taken'
                WHEN (told ->> 'known')::integer > 0 THEN 'known'
                ELSE 'left_out' END;
END
$$;

-- {status: done, taken, known, refused: [[number of the row from 0, reason], ...]}; malformed, oversize: nothing was
-- taken. A row whose reason is not among the two counted words is refused and changes nothing.
CREATE FUNCTION store.take_feed(kind text, batch jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    max_rows CONSTANT integer := 1000;
    max_bytes CONSTANT integer := 4194304;
    e jsonb;
    answer text;
    number integer := 0;
    taken integer := 0;
    known integer := 0;
    refused jsonb := '[]'::jsonb;
    status text := 'done';
BEGIN
    IF jsonb_typeof(batch) IS DISTINCT FROM 'array' THEN
        status := 'malformed';
    ELSIF jsonb_array_length(batch) > max_rows OR pg_column_size(batch) > max_bytes THEN
        status := 'oversize';
    ELSE
        FOR e IN SELECT value FROM jsonb_array_elements(batch) LOOP
            BEGIN
                answer := CASE kind WHEN 'family' THEN store.feed_family(e)
                                    WHEN 'pin_tries' THEN store.feed_pin_try(e)
                                    WHEN 'withdrawals' THEN store.feed_withdrawal(e)
                                    WHEN 'logins' THEN store.feed_login(e) END;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR cardinality_violation THEN
                answer := 'malformed';
            END;
            IF answer = 'taken' THEN
                taken := taken + 1;
            ELSIF answer = 'known' THEN
                known := known + 1;
            ELSE
                refused := refused || jsonb_build_array(jsonb_build_array(number, answer));
            END IF;
            number := number + 1;
        END LOOP;
    END IF;
    INSERT INTO store.feed_batch (kind, status, taken, known, refused)
    VALUES (kind, status, taken, known, jsonb_array_length(refused));
    IF status <> 'done' OR refused <> '[]' THEN PERFORM store.raise_alarm('feed_refused', kind); END IF;
    RETURN jsonb_build_object('status', status, 'taken', taken, 'known', known, 'refused', refused);
END
$$;

CREATE SCHEMA feed;

CREATE FUNCTION feed.family(batch jsonb) RETURNS jsonb
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT store.take_feed('family', batch) $$;

CREATE FUNCTION feed.pin_tries(batch jsonb) RETURNS jsonb
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT store.take_feed('pin_tries', batch) $$;

CREATE FUNCTION feed.withdrawals(batch jsonb) RETURNS jsonb
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT store.take_feed('withdrawals', batch) $$;

CREATE FUNCTION feed.logins(batch jsonb) RETURNS jsonb
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT store.take_feed('logins', batch) $$;

REVOKE EXECUTE ON FUNCTION
    store.feed_at(jsonb), store.feed_is_newer(bigint, text, timestamptz), store.feed_family(jsonb),
    store.feed_pin_try(jsonb), store.feed_withdrawal(jsonb), store.feed_login(jsonb), store.take_feed(text, jsonb)
    FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA feed FROM PUBLIC;
GRANT USAGE ON SCHEMA feed TO bpjs_feed;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feed TO bpjs_feed;
