-- Ends what kiosk logins leave running. A login can switch its own time-outs off (SET statement_timeout = 0), so this
-- is the guard. The function belongs to a role that may signal other sessions and nothing else; only the keeper may
-- call it, and it touches kiosk logins only. Run at every init, by the admin: a hosted service may refuse it.
GRANT pg_signal_backend, pg_read_all_stats TO bpjs_watchdog;
CREATE SCHEMA IF NOT EXISTS watchdog;
ALTER SCHEMA watchdog OWNER TO bpjs_watchdog;

-- One row a session ended. kind: statement, idle_in_transaction, transaction.
CREATE OR REPLACE FUNCTION watchdog.end_long_sessions(statement_seconds double precision,
                                                      idle_seconds double precision,
                                                      transaction_seconds double precision)
RETURNS TABLE (login text, kind text, seconds double precision)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH seen AS MATERIALIZED (
        SELECT a.pid, a.usename::text AS login,
               CASE WHEN a.state = 'active' AND a.query_start < clock_timestamp() - make_interval(secs => $1)
                    THEN 'statement'
                    WHEN a.state LIKE 'idle in transaction%'
                         AND a.state_change < clock_timestamp() - make_interval(secs => $2)
                    THEN 'idle_in_transaction'
                    WHEN a.xact_start < clock_timestamp() - make_interval(secs => $3) THEN 'transaction' END AS kind,
               extract(epoch FROM clock_timestamp() - COALESCE(a.xact_start, a.query_start))::float AS seconds
        FROM pg_stat_activity a
        WHERE a.datname = current_database() AND starts_with(a.usename::text, 'kiosk_')
    )
    SELECT s.login, s.kind, s.seconds FROM seen s WHERE s.kind IS NOT NULL AND pg_terminate_backend(s.pid)
$$;
ALTER FUNCTION watchdog.end_long_sessions(float, float, float) OWNER TO bpjs_watchdog;
REVOKE EXECUTE ON FUNCTION watchdog.end_long_sessions(float, float, float) FROM PUBLIC;
GRANT USAGE ON SCHEMA watchdog TO bpjs_keeper;
GRANT EXECUTE ON FUNCTION watchdog.end_long_sessions(float, float, float) TO bpjs_keeper;
