"""Names of the centre's roles. Apart from the schema, so that a kiosk's client loads no migrations."""

from __future__ import annotations

OWNER = "bpjs_owner"
KIOSK_GROUP = "bpjs_kiosk"
CONNECTOR = "bpjs_connector"
SETTLE = "bpjs_settle"
STAFF_DESK = "bpjs_staff"
KEEPER = "bpjs_keeper"
"""Job that keeps house: months, retention, watchdog, digest."""
POOLER = "bpjs_pooler"
"""pgbouncer before the kiosks: may ask which kiosk logins are open, nothing else."""
FEED = "bpjs_feed"
"""The membership and account systems: may bring their batches, reads nothing."""
REPORTER = "bpjs_reporter"
"""Group: reads the reporting views."""
