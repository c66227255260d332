-- What a kiosk asks about itself.

CREATE FUNCTION api.my_head() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('seq', h.seq, 'hash', h.hash, 'epoch', h.epoch)
    FROM store.head h WHERE h.kiosk_id = store.current_kiosk()
$$;

CREATE FUNCTION api.my_config() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object(
        'box_key_id', c.key_id,
        'box_public_key', encode(c.public_key, 'hex'),
        'server_time', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
        'lookups_per_day', k.lookups_a_day,
        'lookups_left', greatest(0, k.lookups_a_day - COALESCE(
            (SELECT a.lookups FROM store.allowance a WHERE a.kiosk_id = k.kiosk_id AND a.day = store.today()), 0)))
    FROM store.kiosk k, (SELECT * FROM store.centre_key ORDER BY since DESC LIMIT 1) c
    WHERE k.kiosk_id = store.current_kiosk()
$$;

-- Health words of the kiosk's parts; false when refused.
CREATE FUNCTION api.heartbeat(health jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF pg_column_size(health) > 16384 THEN RETURN false; END IF;
    UPDATE store.kiosk k SET last_heartbeat = clock_timestamp(), health = $1
    WHERE k.kiosk_id = store.current_kiosk();
    RETURN FOUND;
END
$$;

-- kiosk.ports.CentreVisitStatus of the caller's own visit.
CREATE FUNCTION api.visit_status(visit_id text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT COALESCE(
        (SELECT CASE v.outcome WHEN 'TERVERIFIKASI' THEN 'settled' ELSE 'refused' END
         FROM store.verification v WHERE v.kiosk_id = store.current_kiosk() AND v.visit_id = $1),
        (SELECT 'open' FROM store.event e WHERE e.kiosk_id = store.current_kiosk() AND e.visit_id = $1 LIMIT 1),
        (SELECT 'open' FROM store.ticket t WHERE t.kiosk_id = store.current_kiosk() AND t.visit_id = $1 LIMIT 1),
        'unknown')
$$;
