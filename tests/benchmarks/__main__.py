"""Everything that is measured: happy visits, faces, codes and e-KTPs beside other readers, the centre beside FastAPI.

Run by ``make bench``. RUNS sets how many visits and how many rounds over the frames (default 5), CODES how many codes
(default 120), CARDS how many e-KTPs (default 20), ROUNDS and ROWS the centre's size. FACE=1, QR=1, KTP=1 or CENTRE=1
leaves the others out.
"""

from __future__ import annotations

import os

from tests.benchmarks import centre, face, ktp, qr, visit

SECTIONS = ((face, "FACE"), (qr, "QR"), (ktp, "KTP"), (centre, "CENTRE"))


def main() -> None:
    only = [section for section, name in SECTIONS if os.environ.get(name) == "1"]
    for number, section in enumerate(only or (visit, face, qr, ktp, centre)):
        if number:
            print()
        section.main()


if __name__ == "__main__":
    main()
