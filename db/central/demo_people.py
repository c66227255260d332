"""The invented participants that scenarios, dock and tests name. No number here was issued to anybody.

Apart from the seeding, so that a start screen which offers them loads no database library.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class DemoParticipant:
    """Stands for a ``kiosk.ports.DemoPerson`` as well: name, NIK and card number."""

    nik: str
    card_number: str
    name: str
    birth_date: date
    phone: str | None
    membership: str = "AKTIF"
    civil_status: str = "AKTIF"
    verified: bool = False
    kk_number: str | None = None  # family card
    address: str = ""  # in the register, and on the e-KTP
    marital_status: str = ""


MAIN = DemoParticipant(
    "3174075508950001", "0001234567890", "SITI RAHMAWATI", date(1995, 8, 15), "+6281200000890",
    kk_number="3174071203179001",
    address="JL. CONTOH MELATI NO. 8, RT 003/RW 005, CIPETE UTARA, KEBAYORAN BARU", marital_status="BELUM KAWIN",
)  # fmt: skip
NOT_A_MEMBER = DemoParticipant(
    "3273016203889001", "0009000000011", "DEWI UMPAMANTO", date(1988, 3, 22), "+6281300000011", "BUKAN_PESERTA"
)
DECEASED = DemoParticipant(
    "3374012701459002", "0009000000022", "JOKO CONTOHARJO", date(1945, 1, 27), None, civil_status="MENINGGAL"
)
MINOR = DemoParticipant("3578014906149003", "0009000000033", "MAWAR TELADANIA", date(2014, 6, 9), None)
IN_ARREARS = DemoParticipant(
    "5171021110799004", "0009000000044", "BAYU UJIANTO", date(1979, 10, 11), "+6281400000044", "TIDAK_AKTIF_TUNGGAKAN"
)
VERIFIED = DemoParticipant(
    "7371034312929005", "0009000000055", "RATNA SAMPELITA", date(1992, 12, 3), "+6281500000055", verified=True
)
NO_PHONE = DemoParticipant("6171051905839006", "0009000000066", "EKO PERAGAWAN", date(1983, 5, 19), None)
DUPLICATE = DemoParticipant(
    "3174022408709007", "0009000000077", "HENDRA MISALANI", date(1970, 8, 24), "+6281600000077", civil_status="GANDA"
)

KNOWN = (MAIN, NOT_A_MEMBER, DECEASED, MINOR, IN_ARREARS, VERIFIED, NO_PHONE, DUPLICATE)
"""The participants that scenarios and tests name; the others are drawn."""

AFTER_MOVING = replace(
    MAIN, address="JL. PERAGAAN KENANGA NO. 21, RT 007/RW 002, GANDARIA UTARA, KEBAYORAN BARU", marital_status="KAWIN"
)
"""As her IKD says: newer than the register and her card."""

IN_IKD = (AFTER_MOVING, *KNOWN[1:])
"""What the demo's issuer knows of them."""
