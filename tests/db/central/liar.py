"""A centre that answers what the test says: functions of ``api`` replaced in the test's own database."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

import psycopg
from nacl.public import PrivateKey
from psycopg import sql

from db.central.keys import seal_to
from tests.db.support import CentralForTest

ID = "00000000-0000-4000-8000-00000000000a"
OTHER_ID = "00000000-0000-4000-8000-00000000000b"
NIK, NAME = "3174075508950001", "SITI RAHMAWATI"
"""No real person's; in lies, to be found in no message."""

DEEP = "(repeat('[', 3000) || repeat(']', 3000))::jsonb"
LONG_NUMBER = "('{\"seq\": 1' || repeat('0', 5000) || '}')::jsonb"
NO_ROW = "NULL::jsonb WHERE false"

NO_JSON = [
    ("text", f"'{NAME}'::text"), ("bytea", r"'\x00'::bytea"), ("date", "now()::date"), ("integer", "1"),
    ("jsonb", DEEP), ("jsonb", LONG_NUMBER), ("SETOF jsonb", NO_ROW), ("date", "'infinity'::date"),
]  # fmt: skip
"""(type, expression) of answers that are no JSON, or none that Python takes."""

NO_OBJECTS: list[Any] = [None, [], [1], [[NAME]], 7, -1.5, True, False, "", "it was refused", NIK, "x" * 100_000]
NO_REFUSALS: list[Any] = [{"refused": word} for word in (None, 5, True, [], ["busy"], {}, "", NIK, NAME, "x" * 100_000)]
WRONG: list[Any] = [None, 5, -1, True, False, 1.5, 10**30, "", NAME, NIK, "x" * 100_000, OTHER_ID, [], [NAME], {}]


@dataclass
class Liar:
    central: CentralForTest
    conn: psycopg.Connection[Any]

    def answers(self, name: str, told: Any) -> None:
        """``told`` as JSON, whatever is asked."""
        self.runs(name, "jsonb", f"'{json.dumps(told).replace(chr(39), chr(39) * 2)}'::jsonb")

    def runs(self, name: str, returns: str, expression: str) -> None:
        named = sql.Identifier("api", name)
        asked = self.conn.execute(
            "SELECT pg_get_function_identity_arguments(p.oid) FROM pg_proc p"
            " WHERE p.pronamespace = 'api'::regnamespace AND p.proname = %s", (name,),
        ).fetchone()  # fmt: skip
        assert asked is not None
        parts = {
            "name": named, "asked": sql.SQL(asked[0]), "returns": sql.SQL(returns), "expression": sql.SQL(expression)
        }  # fmt: skip
        with self.conn.transaction():
            self.conn.execute(sql.SQL("DROP FUNCTION {name}({asked})").format(**parts))
            self.conn.execute(
                sql.SQL(
                    "CREATE FUNCTION {name}({asked}) RETURNS {returns} LANGUAGE sql AS $lie$ SELECT {expression} $lie$"
                ).format(**parts)
            )
            self.conn.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {name}({asked}) TO bpjs_kiosk").format(**parts))


def liar_of(central: CentralForTest) -> Liar:
    return Liar(central, central.admin())


def sealed(key: PrivateKey, text: bytes | str) -> str:
    plain = text.encode() if isinstance(text, str) else text
    return base64.b64encode(seal_to(bytes(key.public_key), plain)).decode()


def bent(honest: dict[str, Any]) -> list[dict[str, Any]]:
    """Each key left out once, and once with each wrong value."""
    without = [{name: value for name, value in honest.items() if name != left} for left in honest]
    return without + [honest | {name: value} for name in honest for value in WRONG]
