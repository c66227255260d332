-- Notices that the gateway did not take are tried again; see db.central.notice_tries.
ALTER TABLE store.request
    ADD COLUMN tries integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
    ADD COLUMN try_at timestamptz;
