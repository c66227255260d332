-- What a reporter may see: views and nothing else. They run as the owner, under the same row security as every
-- function; with security_invoker a reporter would need rights on the tables themselves.
-- No NIK, name, phone or participant is in any of them.

CREATE SCHEMA report;

-- A kiosk a row. backlog, faults and software as its last heartbeat tells them.
CREATE VIEW report.fleet WITH (security_barrier) AS
SELECT k.kiosk_id, k.enabled, k.enrolled_at, k.last_heartbeat,
       h.epoch AS head_epoch, h.seq AS head_seq,
       (SELECT max(e.received_at) FROM store.event e WHERE e.kiosk_id = k.kiosk_id AND e.seq = h.seq) AS last_event_at,
       -- A kiosk may tell any number: one that fits nowhere would take the whole report with it.
       CASE WHEN jsonb_typeof(k.health -> 'backlog') = 'number'
                 AND k.health -> 'backlog' BETWEEN '0' AND '1000000000000'
            THEN (k.health ->> 'backlog')::numeric END AS backlog,
       ARRAY(SELECT p.part || ':' || p.state FROM store.told_parts(k.health) p WHERE p.state <> 'ready'
             ORDER BY p.part) AS faults,
       left(COALESCE(k.health ->> 'software', ''), 40) AS software
FROM store.kiosk k JOIN store.head h USING (kiosk_id);

-- What should have happened by now: kinds kiosk_silent, visit_unsettled.
CREATE VIEW report.overdue WITH (security_barrier) AS
SELECT 'kiosk_silent' AS what, k.kiosk_id, '' AS visit_id, heard.at AS since
FROM store.kiosk k JOIN store.head h USING (kiosk_id)
CROSS JOIN LATERAL (SELECT greatest(k.enrolled_at, k.last_heartbeat, (
    SELECT max(e.received_at) FROM store.event e WHERE e.kiosk_id = k.kiosk_id AND e.seq = h.seq)) AS at) heard
WHERE k.enabled AND heard.at < now() - (SELECT l.after FROM store.report_limit l WHERE l.what = 'kiosk_silent')
UNION ALL
SELECT 'visit_unsettled', q.kiosk_id, q.visit_id, q.queued_at
FROM store.settle_queue q
WHERE q.queued_at < now() - (SELECT l.after FROM store.report_limit l WHERE l.what = 'visit_unsettled');

-- Visits that began in the last days and neither ended nor were decided; last_type: the last that was heard of them.
CREATE VIEW report.unfinished_visits WITH (security_barrier) AS
SELECT s.kiosk_id, s.visit_id, s.received_at AS started_at, l.type AS last_type, l.received_at AS last_at
FROM store.event s
CROSS JOIN LATERAL (SELECT e.type, e.received_at FROM store.event e
                    WHERE e.kiosk_id = s.kiosk_id AND e.visit_id = s.visit_id ORDER BY e.seq DESC LIMIT 1) l
WHERE s.type = 'visit_started'
  AND s.received_at > now() - (SELECT x.after FROM store.report_limit x WHERE x.what = 'visits_looked_back')
  AND s.received_at < now() - (SELECT x.after FROM store.report_limit x WHERE x.what = 'visit_unfinished')
  AND NOT EXISTS (SELECT FROM store.event e WHERE e.kiosk_id = s.kiosk_id AND e.visit_id = s.visit_id
                  AND e.type = 'visit_ended')
  AND NOT EXISTS (SELECT FROM store.verification v WHERE v.kiosk_id = s.kiosk_id AND v.visit_id = s.visit_id);

CREATE VIEW report.alarms WITH (security_barrier) AS
SELECT a.login, a.kind, a.subject, a.day, a.first_at, a.last_at, a.times FROM store.alarm a;

CREATE VIEW report.verifications WITH (security_barrier) AS
SELECT v.kiosk_id, v.visit_id, v.outcome, v.reason, v.decided_at FROM store.verification v;

CREATE VIEW report.health_changes WITH (security_barrier) AS
SELECT c.kiosk_id, c.part, c.was, c.state, c.at FROM store.health_change c;

CREATE VIEW report.event_months WITH (security_barrier) AS
SELECT c.relname::text AS month, pg_total_relation_size(c.oid) AS bytes, c.reltuples::bigint AS about_events
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'store.event'::regclass;

GRANT USAGE ON SCHEMA report TO bpjs_reporter;
GRANT SELECT ON report.fleet, report.overdue, report.unfinished_visits, report.alarms, report.verifications,
    report.health_changes, report.event_months TO bpjs_reporter;
-- Functions inside a view, and those of row security, run with the reader's rights.
GRANT EXECUTE ON FUNCTION store.caller_is_kiosk(), store.current_kiosk(), store.told_parts(jsonb) TO bpjs_reporter;
