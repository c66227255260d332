-- Enrolment: one-time codes and the certificates that came of them. The admin's only; no job and no function that a
-- kiosk may call touches either.

-- stored_key and server_key as in SCRAM (RFC 5802): with them a request can be checked, not made. Erased at use.
CREATE TABLE store.enrolment_code (
    kiosk_id   text PRIMARY KEY CHECK (kiosk_id ~ '^[a-z0-9-]{3,40}$'),
    stored_key bytea CHECK (octet_length(stored_key) = 32),
    server_key bytea CHECK (octet_length(server_key) = 32),
    made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    tries_left integer NOT NULL CHECK (tries_left >= 0),
    used_at    timestamptz
);

-- A TLS key gets one certificate in its life: an old request brought again gives nothing.
CREATE TABLE store.kiosk_certificate (
    serial      text PRIMARY KEY CHECK (serial ~ '^[0-9a-f]{1,40}$'),
    kiosk_id    text NOT NULL REFERENCES store.kiosk,
    key_sha256  bytea NOT NULL UNIQUE CHECK (octet_length(key_sha256) = 32),
    not_before  timestamptz NOT NULL,
    not_after   timestamptz NOT NULL,
    issued_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    revoked_at  timestamptz,
    revoked_for text NOT NULL DEFAULT ''
);
CREATE INDEX certificate_of_kiosk ON store.kiosk_certificate (kiosk_id);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['enrolment_code', 'kiosk_certificate'] LOOP
        EXECUTE format('ALTER TABLE store.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE store.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY admin ON store.%I TO bpjs_owner USING (NOT (SELECT store.caller_is_kiosk()))', name);
    END LOOP;
END
$$;

-- For pgbouncer's auth_query: a kiosk's open login, without a password, for it has none.
CREATE FUNCTION store.pooler_login(name text, OUT usename text, OUT passwd text) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT k.role_name, ''::text FROM store.kiosk k WHERE k.role_name = name AND k.enabled $$;
REVOKE EXECUTE ON FUNCTION store.pooler_login(text) FROM PUBLIC;
GRANT USAGE ON SCHEMA store TO bpjs_pooler;
GRANT EXECUTE ON FUNCTION store.pooler_login(text) TO bpjs_pooler;
