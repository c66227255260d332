-- Deferred visits: sealed captures, cases, and what was decided on them.

-- captures: as many as a kiosk has visits a day. case tries: wrong case numbers typed at a kiosk a day.
ALTER TABLE store.kiosk
    ADD COLUMN captures_a_day integer NOT NULL DEFAULT 100,
    ADD COLUMN case_tries_a_day integer NOT NULL DEFAULT 10;

CREATE TABLE store.deferred_allowance (
    kiosk_id text NOT NULL REFERENCES store.kiosk,
    day      date NOT NULL,
    captures integer NOT NULL DEFAULT 0,
    tries    integer NOT NULL DEFAULT 0,
    PRIMARY KEY (kiosk_id, day)
);

-- sealed: to the centre's box key; erased with the decision or after 7 days. The row stays: who sent what when.
CREATE TABLE store.capture (
    kiosk_id      text NOT NULL REFERENCES store.kiosk,
    visit_id      text NOT NULL,
    sealed        bytea CHECK (octet_length(sealed) BETWEEN 49 AND 98304),
    sealed_sha256 bytea NOT NULL CHECK (octet_length(sealed_sha256) = 32),
    bytes         integer NOT NULL,
    received_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    erased_at     timestamptz,
    PRIMARY KEY (kiosk_id, visit_id),
    CHECK ((sealed IS NULL) = (erased_at IS NOT NULL))
);
CREATE INDEX capture_held ON store.capture (received_at) WHERE sealed IS NOT NULL;

-- case_number NULL: two visits drew the same number, and this one came second. 39.7 bits, see
-- kiosk.journey.case_numbers. A case is decided once and used once.
CREATE TABLE store.deferred_case (
    kiosk_id       text NOT NULL REFERENCES store.kiosk,
    visit_id       text NOT NULL,
    case_number    text UNIQUE CHECK (case_number ~ '^[1-9][0-9]{12}$'),
    state          text NOT NULL DEFAULT 'waiting'
                   CHECK (state IN ('waiting', 'matched', 'not_matched', 'not_found', 'needs_staff', 'expired')),
    reason         text NOT NULL DEFAULT '',
    participant_id bigint REFERENCES store.participant,
    faults         integer NOT NULL DEFAULT 0,
    try_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    opened_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    decided_at     timestamptz,
    used_at        timestamptz,
    used_kiosk     text REFERENCES store.kiosk,
    used_visit     text,
    PRIMARY KEY (kiosk_id, visit_id),
    FOREIGN KEY (kiosk_id, visit_id) REFERENCES store.capture,
    CHECK ((state = 'waiting') = (decided_at IS NULL)),
    CHECK (state <> 'matched' OR participant_id IS NOT NULL),
    CHECK (used_at IS NULL OR (state = 'matched' AND used_kiosk IS NOT NULL AND used_visit IS NOT NULL))
);
CREATE INDEX deferred_case_waiting ON store.deferred_case (try_at) WHERE state = 'waiting';
CREATE INDEX deferred_case_of ON store.deferred_case (participant_id, decided_at);

-- A ticket that was given for a case number: whose case it was.
CREATE TABLE store.case_ticket (
    ticket     uuid PRIMARY KEY REFERENCES store.ticket ON DELETE CASCADE,
    kiosk_id   text NOT NULL REFERENCES store.kiosk,
    case_kiosk text NOT NULL,
    case_visit text NOT NULL,
    FOREIGN KEY (case_kiosk, case_visit) REFERENCES store.deferred_case
);

-- Once a decision: to the contact on record, and to the number that was typed (sealed, and erased when the gateway has
-- it or nobody tries again). tries: by the gateway not taken.
CREATE TABLE store.deferred_notice (
    kiosk_id     text NOT NULL,
    visit_id     text NOT NULL,
    addressee    text NOT NULL CHECK (addressee IN ('record', 'typed')),
    matched      boolean NOT NULL,
    phone_sealed bytea CHECK (octet_length(phone_sealed) BETWEEN 49 AND 256),
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'done')),
    send_status  text NOT NULL DEFAULT '',
    tries        integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
    try_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    worker_pid   integer,
    worker_started timestamptz,
    queued_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    decided_at   timestamptz,
    PRIMARY KEY (kiosk_id, visit_id, addressee),
    FOREIGN KEY (kiosk_id, visit_id) REFERENCES store.deferred_case,
    CHECK (state = 'waiting' OR phone_sealed IS NULL)
);
CREATE INDEX deferred_notice_open ON store.deferred_notice (queued_at) WHERE state <> 'done';
