-- Two more things that a visit may ask for after its match: the family, and the account's history. Queue, answer and
-- fetch are those of the profile.

ALTER TABLE store.request
    DROP CONSTRAINT request_kind_check,
    ADD CONSTRAINT request_kind_check
        CHECK (kind IN ('reference', 'profile', 'family', 'history', 'send_code', 'notice'));

CREATE OR REPLACE FUNCTION store.request_fault(kind text, payload jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN kind IN ('reference', 'profile', 'family', 'history') THEN payload <> '{}'
        WHEN kind = 'send_code' THEN NOT COALESCE(
            payload ->> 'send_no' ~ '^[1-9]$' AND payload ->> 'sealed_code' ~ '^[A-Za-z0-9+/=]{64,255}$'
            AND payload - 'send_no' - 'sealed_code' = '{}', false)
        ELSE true
    END
$$;

-- Five years of visits: read by whom it is about.
CREATE INDEX verification_of ON store.verification (participant_id, decided_at DESC);
GRANT SELECT (participant_id, kiosk_id, outcome, decided_at) ON store.verification TO bpjs_connector;
