-- For the file that follows in a migration, which drops it: makes store.forget_<what>, which deletes the rows x of store.<what> under ``condition``.

CREATE FUNCTION store.forget_as_rows(what text, condition text) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE format($create$
        CREATE FUNCTION store.forget_%1$s(before timestamptz, batch integer) RETURNS bigint
        LANGUAGE sql SET search_path = pg_catalog, pg_temp
        AS $body$
            WITH gone AS (
                DELETE FROM store.%1$s WHERE ctid = ANY (ARRAY(
                    SELECT x.ctid FROM store.%1$s x WHERE %2$s LIMIT batch FOR UPDATE SKIP LOCKED))
                RETURNING 1)
            SELECT count(*) FROM gone
        $body$
    $create$, what, condition);
    EXECUTE format('REVOKE EXECUTE ON FUNCTION store.forget_%1$s(timestamptz, integer) FROM PUBLIC', what);
END
$$;
