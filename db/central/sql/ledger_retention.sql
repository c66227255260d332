-- How long what is kept. The keeper job calls store.apply_retention for every row once an hour; a site changes
-- ``keep``. Each ``what`` has a function store.forget_<what>(before, batch), which later migrations may add.

CREATE TABLE store.retention (
    what   text PRIMARY KEY CHECK (what ~ '^[a-z_]{1,40}$'),
    keep   interval NOT NULL CHECK (keep >= interval '1 minute'),
    reason text NOT NULL CHECK (reason <> '')
);
ALTER TABLE store.retention ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.retention FORCE ROW LEVEL SECURITY;
CREATE POLICY centre ON store.retention TO bpjs_owner, bpjs_keeper USING (NOT (SELECT store.caller_is_kiosk()));

INSERT INTO store.retention VALUES
    ('event', '5 years', 'only by store.detach_event_months, whole months, by an admin; never by the job'),
    ('request_result', '10 minutes', 'sealed answers: a visit''s length, so that a repeated call gets the same'),
    ('ikd_login_result', '10 minutes', 'sealed facts: a visit''s length'),
    ('staff_request_result', '10 minutes', 'sealed answers are of no use once their call has ended'),
    ('busy', '1 day', 'a visit that never ended; after 10 min it holds nobody anyway'),
    ('token_use', '1 day', 'after expiry, when the skew of no clock makes the token good again'),
    ('contact_allowance', '2 days', 'counts a day''s codes and holds a phone number'),
    ('capture', '7 days', 'sealed captures of deferred visits'),
    ('failed_visit', '30 days', 'counts a day''s failures; a month for questions'),
    ('ikd_login', '30 days', 'who asked for logins, for questions'),
    ('allowance', '90 days', 'lookups and digital identity uses a day, for questions of misuse'),
    ('request', '90 days', 'photos, profiles and codes asked for, for questions of misuse'),
    ('data_update', '90 days', 'sealed values for the data desk'),
    ('ticket', '1 year', 'who looked up whom; those under a decision of staff stay as long as it does'),
    ('staff_request', '1 year', 'nonces: by then every session and one-time code in them is over'),
    ('staff_session', '1 year', 'after its end'),
    ('alarm', '1 year', 'after it was last raised'),
    ('login', '1 year', 'as far back as the participant is shown'),
    ('health_change', '1 year', 'maintenance'),
    ('staff_history', '2 years', 'audit of staff'),
    ('staff_decision', '5 years', 'as long as events: who vouched for whom'),
    ('verification', '5 years', 'as long as events'),
    ('contact_change', '5 years', 'disputes about an account taken over'),
    ('consent', '5 years', 'proof of consent, as long as events');

CREATE INDEX ticket_age ON store.ticket (requested_at);
CREATE INDEX request_age ON store.request (asked_at);
CREATE INDEX request_of_ticket_visit ON store.request (kiosk_id, visit_id);
CREATE INDEX staff_decision_of_ticket ON store.staff_decision (ticket);
CREATE INDEX staff_request_age ON store.staff_request (asked_at);
CREATE INDEX staff_history_age ON store.staff_history (at);
CREATE INDEX verification_age ON store.verification (decided_at);
CREATE INDEX ikd_login_age ON store.ikd_login (asked_at);
CREATE INDEX data_update_age ON store.data_update (at);

-- ---- one function a kind: at most ``batch`` rows older than ``before``; returns how many

CREATE FUNCTION store.forget_request_result(before timestamptz, batch integer) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        UPDATE store.request SET result = NULL WHERE request_id IN (
            SELECT r.request_id FROM store.request r WHERE r.result IS NOT NULL AND r.decided_at < before LIMIT batch)
        RETURNING 1)
    SELECT count(*) FROM gone
$$;

CREATE FUNCTION store.forget_ikd_login_result(before timestamptz, batch integer) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        UPDATE store.ikd_login SET result = NULL WHERE login_id IN (
            SELECT l.login_id FROM store.ikd_login l WHERE l.result IS NOT NULL AND l.decided_at < before LIMIT batch)
        RETURNING 1)
    SELECT count(*) FROM gone
$$;

CREATE FUNCTION store.forget_staff_request_result(before timestamptz, batch integer) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        UPDATE store.staff_request SET result = NULL WHERE request_id IN (
            SELECT r.request_id FROM store.staff_request r
            WHERE r.result IS NOT NULL AND r.decided_at < before LIMIT batch)
        RETURNING 1)
    SELECT count(*) FROM gone
$$;

-- The others go as rows.
SELECT store.forget_as_rows(what, condition) FROM (VALUES
    ('busy', 'x.since < before'),
    ('token_use', 'x.expires_at < before'),
    ('contact_allowance', 'x.day < (before AT TIME ZONE ''Asia/Jakarta'')::date'),
    ('failed_visit', 'x.day < (before AT TIME ZONE ''Asia/Jakarta'')::date'),
    ('ikd_login', 'x.asked_at < before AND x.state IN (''done'', ''refused'')'),
    ('request', 'x.asked_at < before AND x.state IN (''done'', ''refused'')'
         -- settle compares the kiosk's word with these
         ' AND NOT EXISTS (SELECT FROM store.settle_queue q'
         ' WHERE q.kiosk_id = x.kiosk_id AND q.visit_id = x.visit_id)'),
    ('data_update', 'x.at < before'),
    ('staff_request', 'x.asked_at < before AND x.state = ''done'''),
    ('staff_session', 'x.ended_at < before'),
    ('alarm', 'x.last_at < before'),
    ('login', 'x.at < before'),
    ('health_change', 'x.at < before'),
    ('staff_history', 'x.at < before'),
    ('staff_decision', 'x.decided_at < before'),
    -- a decided visit that is queued again must find that it is decided
    ('verification', 'x.decided_at < before'
         ' AND NOT EXISTS (SELECT FROM store.settle_queue q'
         ' WHERE q.kiosk_id = x.kiosk_id AND q.visit_id = x.visit_id)'),
    ('contact_change', 'x.at < before'),
    ('consent', 'x.given_at < before')
) AS r (what, condition);
DROP FUNCTION store.forget_as_rows(text, text);

CREATE FUNCTION store.forget_allowance(before timestamptz, batch integer) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
    WITH lookups AS (
        DELETE FROM store.allowance WHERE ctid = ANY (ARRAY(
            SELECT x.ctid FROM store.allowance x WHERE x.day < (before AT TIME ZONE 'Asia/Jakarta')::date
            LIMIT batch FOR UPDATE SKIP LOCKED))
        RETURNING 1), ikd AS (
        DELETE FROM store.ikd_allowance WHERE ctid = ANY (ARRAY(
            SELECT x.ctid FROM store.ikd_allowance x WHERE x.day < (before AT TIME ZONE 'Asia/Jakarta')::date
            LIMIT batch FOR UPDATE SKIP LOCKED))
        RETURNING 1)
    SELECT (SELECT count(*) FROM lookups) + (SELECT count(*) FROM ikd)
$$;

-- A ticket that something still leans on stays. case_ticket comes with a later migration.
CREATE FUNCTION store.forget_ticket(before timestamptz, batch integer) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    gone bigint;
BEGIN
    EXECUTE 'DELETE FROM store.ticket WHERE ctid = ANY (ARRAY(
                 SELECT x.ctid FROM store.ticket x WHERE x.requested_at < $1
                 AND NOT EXISTS (SELECT FROM store.request r WHERE r.ticket = x.ticket)
                 AND NOT EXISTS (SELECT FROM store.staff_decision d WHERE d.ticket = x.ticket)
                 AND NOT EXISTS (SELECT FROM store.settle_queue q
                                 WHERE q.kiosk_id = x.kiosk_id AND q.visit_id = x.visit_id)'
        || CASE WHEN to_regclass('store.case_ticket') IS NULL THEN ''
                ELSE ' AND NOT EXISTS (SELECT FROM store.case_ticket c WHERE c.ticket = x.ticket)' END
        || ' LIMIT $2 FOR UPDATE SKIP LOCKED))' USING before, batch;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;

-- Sealed captures of deferred visits; the row of who sent what stays. The table comes with a later migration.
CREATE FUNCTION store.forget_capture(before timestamptz, batch integer) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    gone bigint := 0;
BEGIN
    IF to_regclass('store.capture') IS NOT NULL THEN
        EXECUTE 'UPDATE store.capture SET sealed = NULL, erased_at = clock_timestamp()
                 WHERE ctid = ANY (ARRAY(SELECT x.ctid FROM store.capture x
                                         WHERE x.sealed IS NOT NULL AND x.received_at < $1
                                         LIMIT $2 FOR UPDATE SKIP LOCKED))'
        USING before, batch;
        GET DIAGNOSTICS gone = ROW_COUNT;
    END IF;
    RETURN gone;
END
$$;

-- One batch of one kind. Returns how many rows went; -1 for what is not the job's to forget.
CREATE FUNCTION store.apply_retention(what text, batch integer DEFAULT 5000) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    kept interval;
    gone bigint;
BEGIN
    SELECT r.keep INTO kept FROM store.retention r WHERE r.what = $1;
    IF kept IS NULL OR $1 = 'event'
       OR to_regprocedure(format('store.%I(timestamptz, integer)', 'forget_' || $1)) IS NULL THEN
        RETURN -1;
    END IF;
    EXECUTE format('SELECT store.%I($1, $2)', 'forget_' || $1)
    INTO gone USING clock_timestamp() - kept, greatest(batch, 1);
    RETURN gone;
END
$$;

-- By an admin: months that ended longer ago than the site's years leave the table and stay as tables of their own in
-- event_months, to be dumped and dropped by hand. Returns their names.
CREATE FUNCTION store.detach_event_months() RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    border timestamptz := now() - (SELECT r.keep FROM store.retention r WHERE r.what = 'event');
    from_at timestamptz;
    to_at timestamptz;
    month text;
    held bigint;
BEGIN
    FOR month IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'store.event'::regclass AND c.relname ~ '^y[0-9]{4}m[0-9]{2}$' ORDER BY 1
    LOOP
        from_at := make_timestamptz(substr(month, 2, 4)::integer, substr(month, 7, 2)::integer, 1, 0, 0, 0, 'UTC');
        to_at := (from_at AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
        CONTINUE WHEN to_at > border;
        EXECUTE format('SELECT count(*) FROM event_months.%I', month) INTO held;
        EXECUTE format('ALTER TABLE store.event DETACH PARTITION event_months.%I', month);
        -- a partition loses its parent's triggers with its parent
        EXECUTE format('CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE ON event_months.%I
                        FOR EACH ROW EXECUTE FUNCTION store.refuse_change()', month);
        INSERT INTO store.detached_month (name, from_at, to_at, events) VALUES (month, from_at, to_at, held);
        PERFORM store.raise_alarm('event_month_detached', month);
        RETURN NEXT month;
    END LOOP;
END
$$;
