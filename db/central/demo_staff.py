"""The demo's invented staff, with everything they carry. DEMO ONLY: secrets that stand in a file are none.

Apart from the seeding, so that a start screen which offers them loads no database library.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from db.central.demo_people import MAIN
from kiosk.ports import BADGE_PREFIX, DemoStaff, StaffRole


@dataclass(frozen=True, slots=True)
class DemoRecord:
    """What the demo's centre knows of one of them beside the secrets."""

    staff: DemoStaff
    nik: str = field(repr=False)
    kk_number: str | None = field(repr=False, default=None)
    enabled: bool = True


RINA = DemoStaff(
    "rina.contoh", "RINA CONTOHWATI", StaffRole.SUPERVISOR,
    pin="704182", badge=f"{BADGE_PREFIX}demo-rina-Zk3vQ8", totp_secret="JBSWY3DPEHPK3PXPRINADEMO2A5C7E2B",  # noqa: S106
)  # fmt: skip
BUDI = DemoStaff(
    "budi.contoh", "BUDI CONTOHARJO", StaffRole.BRANCH_HEAD,
    pin="913057", badge=f"{BADGE_PREFIX}demo-budi-Hw7tL2", totp_secret="JBSWY3DPEHPK3PXPBUDIDEMO3B6D7F2C",  # noqa: S106
)  # fmt: skip
TONO = DemoStaff(
    "tono.contoh", "TONO REKAWAN", StaffRole.TECHNICIAN,
    pin="286493", badge=f"{BADGE_PREFIX}demo-tono-Pd5xN9", totp_secret="JBSWY3DPEHPK3PXPTONODEMO4C7E2G3D",  # noqa: S106
)  # fmt: skip
LEFT = DemoStaff(
    "wati.pensiun", "WATI SAMPELITA", StaffRole.SUPERVISOR,
    pin="570826", badge=f"{BADGE_PREFIX}demo-wati-Rb4yM6", totp_secret="JBSWY3DPEHPK3PXPWATIDEMO5D2F7H4E",  # noqa: S106
)  # fmt: skip
"""Does not work here any more: disabled."""
RELATIVE = DemoStaff(
    "sari.keluarga", "SARI UJIANTI", StaffRole.SUPERVISOR,
    pin="395714", badge=f"{BADGE_PREFIX}demo-sari-Gc8jK3", totp_secret="JBSWY3DPEHPK3PXPSARIDEMO6E3G2J5F",  # noqa: S106
)  # fmt: skip
"""On the family card of the main participant."""

STAFF = (RINA, BUDI, TONO, LEFT, RELATIVE)

RECORDS = (
    DemoRecord(RINA, "3174014304889011", "3174010505159011"),
    DemoRecord(BUDI, "3174020907769012", "3174020606129012"),
    DemoRecord(TONO, "3174031212919013", "3174030707189013"),
    DemoRecord(LEFT, "3174045001659014", "3174040808109014", enabled=False),
    DemoRecord(RELATIVE, "3174076203909015", MAIN.kk_number),
)
