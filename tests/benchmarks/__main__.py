"""Everything that is measured: happy visits, then faces, codes and e-KTPs beside other readers. Run by ``make bench``.

RUNS sets how many visits and how many rounds over the frames (default 5), CODES how many codes (default 120), CARDS how
many e-KTPs (default 20); FACE=1 leaves all but the face out, QR=1 all but the codes, KTP=1 all but the e-KTPs.
"""

from __future__ import annotations

import os

from tests.benchmarks import face, ktp, qr, visit


def main() -> None:
    only = [section for section, name in ((face, "FACE"), (qr, "QR"), (ktp, "KTP")) if os.environ.get(name) == "1"]
    for number, section in enumerate(only or (visit, face, qr, ktp)):
        if number:
            print()
        section.main()


if __name__ == "__main__":
    main()
