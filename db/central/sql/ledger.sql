-- The rights of the keeper: the job that makes months, forgets what is over, ends what runs too long and writes the
-- daily digest. It may call its functions and read heads; no participant, event or request.

CREATE POLICY keeper ON store.head FOR SELECT TO bpjs_keeper USING (true);
CREATE POLICY keeper ON store.alarm TO bpjs_keeper USING (true);

GRANT USAGE ON SCHEMA store TO bpjs_keeper;
GRANT SELECT ON store.head, store.retention TO bpjs_keeper;
GRANT SELECT, INSERT, UPDATE ON store.alarm TO bpjs_keeper;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA store FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store.caller_is_kiosk(), store.current_kiosk(), store.today(), store.raise_alarm(text, text),
    store.add_event_months(integer), store.apply_retention(text, integer) TO bpjs_keeper;
