"""Names of the centre's roles. Apart from the schema, so that a kiosk's client loads no migrations."""

from __future__ import annotations

OWNER = "bpjs_owner"
KIOSK_GROUP = "bpjs_kiosk"
CONNECTOR = "bpjs_connector"
SETTLE = "bpjs_settle"
STAFF_DESK = "bpjs_staff"
