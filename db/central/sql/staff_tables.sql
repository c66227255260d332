-- Staff: who they are, what they asked for, what two of them decided. Kiosk logins read none of it.

-- The family card: nobody decides on a record of their own family.
ALTER TABLE store.participant ADD COLUMN kk_number text CHECK (kk_number ~ '^[0-9]{16}$');

-- pin_mac = HMAC-SHA256(pepper, argon2id raw hash), totp_sealed is sealed to the centre's box key: pepper and
-- key are not in this database, so a dump of it signs nobody in. failures 10 and more: until an admin unlocks.
CREATE TABLE store.staff (
    staff_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username       text NOT NULL UNIQUE CHECK (username ~ '^[a-z0-9][a-z0-9._-]{2,39}$'),
    name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    role           text NOT NULL CHECK (role IN ('supervisor', 'branch_head', 'technician')),
    nik            text CHECK (nik ~ '^[0-9]{16}$'),
    kk_number      text CHECK (kk_number ~ '^[0-9]{16}$'),
    badge_sha256   bytea UNIQUE CHECK (octet_length(badge_sha256) = 32),
    pin_parameters text NOT NULL,
    pin_salt       bytea NOT NULL,
    pin_mac        bytea NOT NULL,
    pepper_id      text NOT NULL,
    totp_sealed    bytea NOT NULL,
    totp_last_step bigint NOT NULL DEFAULT 0,
    failures       integer NOT NULL DEFAULT 0,
    locked_until   timestamptz,
    enabled        boolean NOT NULL DEFAULT true,
    created_at     timestamptz NOT NULL DEFAULT now(),
    -- whoever may decide must be known well enough to be kept from their own record and their family's
    CHECK (role = 'technician' OR (nik IS NOT NULL AND kk_number IS NOT NULL))
);

CREATE TABLE store.staff_session (
    session      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    staff_id     bigint NOT NULL REFERENCES store.staff,
    kiosk_id     text NOT NULL REFERENCES store.kiosk,
    opened_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at     timestamptz,
    end_reason   text NOT NULL DEFAULT ''
);
CREATE INDEX staff_session_open ON store.staff_session (kiosk_id) WHERE ended_at IS NULL;

-- sealed: what was asked, with the credentials; wiped with the decision. The row stays, so that a nonce is
-- never taken twice.
CREATE TABLE store.staff_request (
    request_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kiosk_id   text NOT NULL REFERENCES store.kiosk,
    kind       text NOT NULL CHECK (kind IN ('sign_in', 'keep_alive', 'compare', 'sign_out')),
    nonce      text NOT NULL,
    sealed     bytea,
    answer_key bytea NOT NULL CHECK (octet_length(answer_key) = 32),
    signature  bytea NOT NULL CHECK (octet_length(signature) = 64),
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done')),
    result     bytea,
    reason     text NOT NULL DEFAULT '',
    asked_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    decided_at timestamptz,
    UNIQUE (kiosk_id, nonce),
    CHECK ((state = 'waiting') = (sealed IS NOT NULL))
);
CREATE INDEX staff_request_waiting ON store.staff_request (asked_at) WHERE state = 'waiting';
CREATE INDEX staff_request_holding_data ON store.staff_request (decided_at) WHERE result IS NOT NULL;

-- Who tried what, with which outcome: successes and refusals alike. staff_id: whose session or sign-in it is,
-- second_id: the second person of a comparison; both NULL for somebody unknown. kiosk_id NULL: an admin's act.
CREATE TABLE store.staff_history (
    history_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    staff_id   bigint REFERENCES store.staff,
    second_id  bigint REFERENCES store.staff,
    kiosk_id   text REFERENCES store.kiosk,
    visit_id   text NOT NULL DEFAULT '',
    step       text NOT NULL,
    outcome    text NOT NULL,
    at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX staff_history_of ON store.staff_history (staff_id, at);

-- The usernames as well: connector and settle compare them with the kiosk's event and may not read staff.
CREATE TABLE store.staff_decision (
    decision        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kiosk_id        text NOT NULL REFERENCES store.kiosk,
    visit_id        text NOT NULL,
    ticket          uuid NOT NULL REFERENCES store.ticket,
    participant_id  bigint NOT NULL REFERENCES store.participant,
    kind            text NOT NULL CHECK (kind IN ('in_person_comparison')),
    reason_code     text NOT NULL,
    first_id        bigint NOT NULL REFERENCES store.staff,
    second_id       bigint NOT NULL REFERENCES store.staff,
    first_username  text NOT NULL,
    second_username text NOT NULL,
    decided_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (kiosk_id, visit_id),
    CHECK (first_id <> second_id)
);
