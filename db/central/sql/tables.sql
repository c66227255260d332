-- Everything the centre keeps, in schema store (made before the first migration, for its version table).
-- Kiosk logins have no USAGE on it.

CREATE SCHEMA api;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- ---- kiosks and their chains

CREATE TABLE store.kiosk (
    kiosk_id     text PRIMARY KEY CHECK (kiosk_id ~ '^[a-z0-9-]{3,40}$'),
    role_name    text NOT NULL UNIQUE,
    signing_key  bytea NOT NULL CHECK (octet_length(signing_key) = 32),
    enabled      boolean NOT NULL DEFAULT true,
    lookups_a_day integer NOT NULL DEFAULT 600,
    enrolled_at  timestamptz NOT NULL DEFAULT now(),
    last_heartbeat timestamptz,
    health       jsonb
);

CREATE TABLE store.head (
    kiosk_id text PRIMARY KEY REFERENCES store.kiosk,
    epoch    integer NOT NULL DEFAULT 1,
    seq      bigint NOT NULL DEFAULT 0,
    hash     text NOT NULL DEFAULT repeat('0', 64)
);

-- epoch is the centre's at acceptance: a re-anchored chain keeps its poisoned tail under the old one.
CREATE TABLE store.event (
    kiosk_id    text NOT NULL REFERENCES store.kiosk,
    epoch       integer NOT NULL,
    seq         bigint NOT NULL,
    hash        text NOT NULL,
    prev_hash   text NOT NULL,
    signature   text NOT NULL,
    payload     text NOT NULL,
    body        jsonb NOT NULL,
    visit_id    text NOT NULL,
    type        text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kiosk_id, epoch, seq)
);
CREATE INDEX event_of_visit ON store.event (kiosk_id, visit_id) WHERE visit_id <> '';

CREATE TABLE store.alarm (
    alarm_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login     text NOT NULL,
    kind      text NOT NULL,
    subject   text NOT NULL DEFAULT '',
    day       date NOT NULL,
    first_at  timestamptz NOT NULL DEFAULT now(),
    last_at   timestamptz NOT NULL DEFAULT now(),
    times     integer NOT NULL DEFAULT 1,
    UNIQUE (login, kind, subject, day)
);

-- ---- the registry

CREATE TABLE store.participant (
    participant_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    nik          text NOT NULL UNIQUE CHECK (nik ~ '^[0-9]{16}$'),
    card_number  text UNIQUE CHECK (card_number ~ '^[0-9]{13}$'),
    name         text NOT NULL,
    birth_date   date NOT NULL,
    phone        text CHECK (phone ~ '^\+62[0-9]{8,13}$'),
    membership   text NOT NULL CHECK (membership IN ('AKTIF', 'TIDAK_AKTIF_TUNGGAKAN', 'TIDAK_AKTIF', 'BUKAN_PESERTA')),
    civil_status text NOT NULL DEFAULT 'AKTIF' CHECK (civil_status IN ('AKTIF', 'MENINGGAL', 'GANDA', 'NONAKTIF')),
    blocked      boolean NOT NULL DEFAULT false,
    photo_sealed bytea
);

CREATE TABLE store.account (
    participant_id bigint PRIMARY KEY REFERENCES store.participant,
    status         text NOT NULL DEFAULT 'BELUM_TERVERIFIKASI' CHECK (status IN ('BELUM_TERVERIFIKASI', 'TERVERIFIKASI')),
    verified_at    timestamptz,
    CHECK ((status = 'TERVERIFIKASI') = (verified_at IS NOT NULL))
);

-- mac = HMAC-SHA256(pepper, argon2id raw hash); the pepper is not in this database.
CREATE TABLE store.pin_verifier (
    participant_id bigint PRIMARY KEY REFERENCES store.participant,
    parameters     text NOT NULL,
    salt           bytea NOT NULL,
    mac            bytea NOT NULL,
    pepper_id      text NOT NULL,
    set_at         timestamptz NOT NULL DEFAULT now()
);

-- ---- visits

CREATE TABLE store.ticket (
    ticket           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kiosk_id         text NOT NULL REFERENCES store.kiosk,
    visit_id         text NOT NULL,
    kind             text NOT NULL,
    participant_id   bigint REFERENCES store.participant,
    status           text NOT NULL,
    visit_public_key bytea NOT NULL CHECK (octet_length(visit_public_key) = 32),
    xid              xid8 NOT NULL,
    requested_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ticket_of_visit ON store.ticket (kiosk_id, visit_id);

CREATE TABLE store.allowance (
    kiosk_id text NOT NULL REFERENCES store.kiosk,
    day      date NOT NULL,
    lookups  integer NOT NULL,
    PRIMARY KEY (kiosk_id, day)
);

-- One unfinished visit a participant, nation-wide.
CREATE TABLE store.busy (
    participant_id bigint PRIMARY KEY REFERENCES store.participant,
    kiosk_id       text NOT NULL,
    visit_id       text NOT NULL,
    since          timestamptz NOT NULL
);
CREATE INDEX busy_of_visit ON store.busy (kiosk_id, visit_id);

CREATE TABLE store.failed_visit (
    participant_id bigint NOT NULL REFERENCES store.participant,
    day            date NOT NULL,
    kiosk_id       text NOT NULL,
    visit_id       text NOT NULL,
    PRIMARY KEY (participant_id, day, kiosk_id, visit_id)
);

CREATE TABLE store.request (
    request_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    ticket     uuid NOT NULL REFERENCES store.ticket,
    kiosk_id   text NOT NULL,
    visit_id   text NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('reference', 'profile', 'send_code', 'notice')),
    send_no    integer NOT NULL DEFAULT 0,
    payload    jsonb,
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'done', 'refused')),
    reason     text NOT NULL DEFAULT '',
    send_status text NOT NULL DEFAULT '',
    result     bytea,
    worker_pid integer,
    worker_started timestamptz,
    asked_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    decided_at timestamptz,
    UNIQUE (ticket, kind, send_no)
);
CREATE INDEX request_undecided ON store.request (asked_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX request_holding_data ON store.request (decided_at) WHERE result IS NOT NULL;

CREATE TABLE store.contact_allowance (
    phone text NOT NULL,
    day   date NOT NULL,
    codes integer NOT NULL,
    PRIMARY KEY (phone, day)
);

CREATE TABLE store.settle_queue (
    kiosk_id  text NOT NULL REFERENCES store.kiosk,
    visit_id  text NOT NULL,
    queued_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kiosk_id, visit_id)
);

CREATE TABLE store.verification (
    kiosk_id       text NOT NULL REFERENCES store.kiosk,
    visit_id       text NOT NULL,
    participant_id bigint REFERENCES store.participant,
    ticket         uuid,
    outcome        text NOT NULL CHECK (outcome IN ('TERVERIFIKASI', 'DITOLAK')),
    reason         text NOT NULL DEFAULT '',
    decided_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kiosk_id, visit_id)
);

-- Public halves only; newest wins.
CREATE TABLE store.centre_key (
    key_id     text PRIMARY KEY,
    public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
    since      timestamptz NOT NULL DEFAULT clock_timestamp()
);
