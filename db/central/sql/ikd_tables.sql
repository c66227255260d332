-- Digital identity (IKD), and the facts that it and the e-KTP bring.

-- As in kiosk.ports.PersonFacts: one line; NULL: the register has none.
ALTER TABLE store.participant
    ADD COLUMN address text CHECK (length(address) BETWEEN 1 AND 300),
    ADD COLUMN marital_status text CHECK (marital_status IN ('BELUM KAWIN', 'KAWIN', 'CERAI HIDUP', 'CERAI MATI'));

-- Tokens and logins together; as many as lookups, because each of them is to end in one.
ALTER TABLE store.kiosk ADD COLUMN ikd_a_day integer NOT NULL DEFAULT 600;

CREATE TABLE store.ikd_allowance (
    kiosk_id text NOT NULL REFERENCES store.kiosk,
    day      date NOT NULL,
    uses     integer NOT NULL,
    PRIMARY KEY (kiosk_id, day)
);

-- A token once, nation-wide: the row's writer is the first who showed it. The token's id is kept as a hash.
-- use_id is drawn by the kiosk: a call repeated after a lost answer is the same use, another showing is not.
CREATE TABLE store.token_use (
    token_sha256 bytea PRIMARY KEY CHECK (octet_length(token_sha256) = 32),
    use_id       uuid NOT NULL UNIQUE,
    kiosk_id     text NOT NULL REFERENCES store.kiosk,
    visit_id     text NOT NULL,
    expires_at   timestamptz NOT NULL,
    xid          xid8 NOT NULL,
    used_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX token_use_over ON store.token_use (expires_at);

-- A login at the issuer. offer and result are sealed to the visit, handle (what continues it at the issuer) and
-- call_back to the centre; each is wiped when it has done its work. state_sha256: of the OAuth state.
CREATE TABLE store.ikd_login (
    login_id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kiosk_id         text NOT NULL REFERENCES store.kiosk,
    visit_id         text NOT NULL,
    visit_public_key bytea NOT NULL CHECK (octet_length(visit_public_key) = 32),
    state            text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'offered', 'done', 'refused')),
    reason           text NOT NULL DEFAULT '',
    offer            bytea,
    result           bytea,
    handle           bytea,
    state_sha256     bytea UNIQUE CHECK (octet_length(state_sha256) = 32),
    call_back        bytea,
    asked_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_poll_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at       timestamptz,
    decided_at       timestamptz,
    CHECK ((state = 'offered') = (handle IS NOT NULL)),
    CHECK (state <> 'offered' OR (offer IS NOT NULL AND expires_at IS NOT NULL))
);
CREATE INDEX ikd_login_open ON store.ikd_login (next_poll_at) WHERE state IN ('waiting', 'offered');
CREATE INDEX ikd_login_of_visit ON store.ikd_login (kiosk_id, visit_id);
CREATE INDEX ikd_login_holding_data ON store.ikd_login (decided_at) WHERE result IS NOT NULL;

-- What a settled visit brought that is newer than the register, for the data desk. The values are sealed to the
-- centre's box key, as they came.
CREATE TABLE store.data_update (
    data_update_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participant_id bigint NOT NULL REFERENCES store.participant,
    kiosk_id       text NOT NULL REFERENCES store.kiosk,
    visit_id       text NOT NULL,
    source         text NOT NULL CHECK (source IN ('ktp', 'ikd')),
    fields         text[] NOT NULL CHECK (cardinality(fields) BETWEEN 1 AND 8),
    sealed_values  text NOT NULL CHECK (length(sealed_values) BETWEEN 1 AND 8192),
    sealed_to      text NOT NULL CHECK (length(sealed_to) <= 64),
    at             timestamptz NOT NULL,
    UNIQUE (kiosk_id, visit_id, source)
);
CREATE INDEX data_update_of ON store.data_update (participant_id, at);
