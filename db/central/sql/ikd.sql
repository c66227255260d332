-- Digital identity: a token used once, and logins that the ikd job runs at the issuer.

CREATE FUNCTION store.spend_ikd(kiosk text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    spent integer;
BEGIN
    INSERT INTO store.ikd_allowance AS a (kiosk_id, day, uses) VALUES (kiosk, store.today(), 1)
    ON CONFLICT (kiosk_id, day) DO UPDATE SET uses = a.uses + 1
    RETURNING uses INTO spent;
    IF spent <= (SELECT k.ikd_a_day FROM store.kiosk k WHERE k.kiosk_id = kiosk) THEN RETURN true; END IF;
    PERFORM store.raise_alarm('ikd_allowance_spent');
    RETURN false;
END
$$;

-- Two steps, as for lookup: in one, a kiosk could ask whether a token is fresh and roll its use back.
CREATE FUNCTION api.token_use(use_id text, visit_id text, issuer text, token_id text, expires_at timestamptz)
RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    kiosk text := store.current_kiosk();
    digest bytea;
BEGIN
    IF kiosk IS NULL THEN RETURN jsonb_build_object('refused', 'not_enrolled'); END IF;
    -- 10 min and 1 h: the longest skew and life that a site can set are 1 and 10 min
    IF NOT COALESCE(store.as_ticket($1) IS NOT NULL AND length($2) BETWEEN 1 AND 64 AND length($3) BETWEEN 1 AND 200
                    AND length($4) BETWEEN 8 AND 128 AND $5 > clock_timestamp() - interval '10 minutes'
                    AND $5 < clock_timestamp() + interval '1 hour', false) THEN
        PERFORM store.raise_alarm('token_malformed');
        RETURN jsonb_build_object('refused', 'malformed');
    END IF;
    IF NOT store.spend_ikd(kiosk) THEN RETURN jsonb_build_object('refused', 'allowance_spent'); END IF;
    digest := sha256(convert_to(length($3) || ':' || $3 || $4, 'UTF8'));
    INSERT INTO store.token_use (token_sha256, use_id, kiosk_id, visit_id, expires_at, xid)
    VALUES (digest, $1::uuid, kiosk, $2, $5, pg_current_xact_id())
    ON CONFLICT DO NOTHING;
    -- Row security hides another kiosk's row: here one was shown that is not ours.
    IF NOT FOUND AND NOT EXISTS (SELECT FROM store.token_use u WHERE u.token_sha256 = digest) THEN
        PERFORM store.raise_alarm('token_used_elsewhere');
    END IF;
    RETURN jsonb_build_object('use_id', $1);
END
$$;

-- True for the caller's own use that an earlier, committed transaction wrote just now.
CREATE FUNCTION api.token_fetch(use_id text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    u store.token_use;
BEGIN
    SELECT * INTO u FROM store.token_use own
    WHERE own.use_id = store.as_ticket($1) AND own.kiosk_id = store.current_kiosk();
    RETURN jsonb_build_object('first', COALESCE(
        u.xid IS DISTINCT FROM pg_current_xact_id_if_assigned()
        AND pg_xact_status(u.xid) = 'committed'
        AND u.used_at > clock_timestamp() - interval '30 seconds', false));
END
$$;

-- Idempotent while it waits; a new one ends the visit's offer before it.
CREATE FUNCTION api.login_begin(visit_id text, visit_public_key bytea) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    max_waiting CONSTANT integer := 3;  -- a kiosk has one visit; two more that nobody waits for any longer
    kiosk text := store.current_kiosk();
    id uuid;
BEGIN
    IF kiosk IS NULL THEN RETURN jsonb_build_object('refused', 'not_enrolled'); END IF;
    IF NOT COALESCE(length($1) BETWEEN 1 AND 64 AND octet_length($2) = 32, false) THEN
        PERFORM store.raise_alarm('login_malformed');
        RETURN jsonb_build_object('refused', 'malformed');
    END IF;
    SELECT l.login_id INTO id FROM store.ikd_login l
    WHERE l.kiosk_id = kiosk AND l.visit_id = $1 AND l.visit_public_key = $2 AND l.state = 'waiting';
    IF FOUND THEN RETURN jsonb_build_object('login_id', id); END IF;
    IF (SELECT count(*) FROM store.ikd_login l WHERE l.kiosk_id = kiosk AND l.state = 'waiting') >= max_waiting THEN
        PERFORM store.raise_alarm('login_flood');
        RETURN jsonb_build_object('refused', 'busy');
    END IF;
    IF NOT store.spend_ikd(kiosk) THEN RETURN jsonb_build_object('refused', 'allowance_spent'); END IF;
    UPDATE store.ikd_login l
    SET state = 'refused', reason = 'login_expired', offer = NULL, handle = NULL, call_back = NULL,
        decided_at = clock_timestamp()
    WHERE l.kiosk_id = kiosk AND l.visit_id = $1 AND l.state = 'offered';
    INSERT INTO store.ikd_login (kiosk_id, visit_id, visit_public_key) VALUES (kiosk, $1, $2)
    RETURNING login_id INTO id;
    NOTIFY bpjs_ikd;
    RETURN jsonb_build_object('login_id', id);
END
$$;

-- The caller's own login. What is given out is sealed to the visit and was committed by the job.
CREATE FUNCTION api.login_fetch(login_id text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    l store.ikd_login;
BEGIN
    SELECT * INTO l FROM store.ikd_login own
    WHERE own.login_id = store.as_ticket($1) AND own.kiosk_id = store.current_kiosk();
    IF l.login_id IS NULL THEN RETURN jsonb_build_object('refused', 'ticket_not_usable'); END IF;
    IF l.state = 'done' AND l.result IS NULL THEN RETURN jsonb_build_object('refused', 'already_served'); END IF;
    RETURN jsonb_build_object(
        'state', l.state,
        'reason', l.reason,
        'sealed', translate(encode(CASE l.state WHEN 'done' THEN l.result ELSE l.offer END, 'base64'), E'\n', ''));
END
$$;
