-- The whole of what each role may do. A kiosk: call eight functions. Nothing else anywhere.
GRANT USAGE ON SCHEMA api TO bpjs_kiosk;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api, store FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA api TO bpjs_kiosk;

GRANT USAGE ON SCHEMA store TO bpjs_connector, bpjs_settle;
GRANT EXECUTE ON FUNCTION store.caller_is_kiosk(), store.current_kiosk(), store.today(), store.raise_alarm(text, text)
    TO bpjs_connector, bpjs_settle;
GRANT INSERT, UPDATE, SELECT ON store.alarm TO bpjs_connector, bpjs_settle;
GRANT SELECT ON store.kiosk, store.event, store.ticket, store.participant, store.account, store.request
    TO bpjs_connector, bpjs_settle;

GRANT UPDATE ON store.request TO bpjs_connector;
GRANT SELECT, INSERT, UPDATE ON store.contact_allowance TO bpjs_connector;

GRANT INSERT ON store.request TO bpjs_settle;
GRANT INSERT, UPDATE ON store.account TO bpjs_settle;
GRANT SELECT, UPDATE, DELETE ON store.settle_queue TO bpjs_settle;
GRANT SELECT, INSERT ON store.verification TO bpjs_settle;
GRANT SELECT, INSERT, UPDATE ON store.pin_verifier TO bpjs_settle;
