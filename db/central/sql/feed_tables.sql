-- What the membership and account systems tell the centre; see feed.sql.

-- Every batch that was brought, whatever became of it. No row of it is kept here.
CREATE TABLE store.feed_batch (
    feed_batch_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind     text NOT NULL,
    by_login text NOT NULL DEFAULT session_user,
    status   text NOT NULL CHECK (status IN ('done', 'malformed', 'oversize')),
    taken    integer NOT NULL DEFAULT 0,
    known    integer NOT NULL DEFAULT 0,
    refused  integer NOT NULL DEFAULT 0,
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX feed_batch_age ON store.feed_batch (at);

-- The time of the newest row of a kind about a person: an older one, or the same again, changes nothing.
CREATE TABLE store.feed_mark (
    participant_id bigint NOT NULL REFERENCES store.participant,
    kind           text NOT NULL,
    at             timestamptz NOT NULL,
    PRIMARY KEY (participant_id, kind)
);

-- The newest withdrawal of each purpose. A consent given after it stands.
CREATE TABLE store.consent_withdrawal (
    participant_id bigint NOT NULL REFERENCES store.participant,
    purpose        text NOT NULL CHECK (purpose IN ('identity_check', 'face_match', 'contact_code')),
    at             timestamptz NOT NULL,
    PRIMARY KEY (participant_id, purpose)
);
CREATE INDEX consent_withdrawal_age ON store.consent_withdrawal (at);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['feed_batch', 'feed_mark', 'consent_withdrawal'] LOOP
        EXECUTE format('ALTER TABLE store.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE store.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY centre ON store.%I TO bpjs_owner USING (NOT (SELECT store.caller_is_kiosk()))', name);
    END LOOP;
    CREATE POLICY jobs ON store.consent_withdrawal FOR SELECT TO bpjs_connector, bpjs_settle USING (true);
END
$$;
GRANT SELECT ON store.consent_withdrawal TO bpjs_connector, bpjs_settle;

INSERT INTO store.retention VALUES
    ('feed_batch', '1 year', 'who brought what when, for questions'),
    ('consent_withdrawal', '5 years', 'as long as consent: proof that it was heard');

SELECT store.forget_as_rows(what, 'x.at < before') FROM (VALUES ('feed_batch'), ('consent_withdrawal')) AS r (what);
DROP FUNCTION store.forget_as_rows(text, text);
