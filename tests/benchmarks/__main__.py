"""Everything that is measured: happy visits, then face analysis beside dlib. Run by ``make bench``.

RUNS sets how many visits and how many rounds over the frames (default 5); FACE=1 leaves the visits out.
"""

from __future__ import annotations

import os

from tests.benchmarks import face, visit


def main() -> None:
    if os.environ.get("FACE") != "1":
        visit.main()
        print()
    face.main()


if __name__ == "__main__":
    main()
