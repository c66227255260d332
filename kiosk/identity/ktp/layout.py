"""Where things stand on an e-KTP, in shares of the card's width and height from its upper left corner.

The public layout, measured on the drawn cards (medians of 100 pictures, labels within 0.004 of them); a site that
holds a specimen measures these again. Rows are a first guess: a row whose label was found is read where it was found.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kiosk.identity.ktp.labels import Label

LABEL_X, INDENTED_X = 0.027, 0.057
"""Left edge of the labels; those of the address's parts stand further in."""
VALUE_X = 0.233
"""Left edge of the colon before every value."""
BLOOD_X = 0.511
"""Left edge of "Gol. Darah", in the row of the sex."""
HEADER_X, HEADER_Y = 0.4995, (0.065, 0.128)
"""Middle of the province's and the regency's line."""
COLUMN_END = 0.70
"""Values end here; the portrait is to the right."""
PORTRAIT_TOP = 0.24
"""Below this, what is right of ``COLUMN_END`` belongs to the portrait: place and date of issue, signature."""

NIK_Y = 0.213
FIRST_ROW_Y, ROW_PITCH = 0.2917, 0.0529
NUMBER_END = 0.73
"""Right of the last digit of the widest number."""

_ROWS = tuple(label for label in Label if label not in (Label.NIK, Label.GOL_DARAH))
_INDENTED = (Label.RT_RW, Label.KEL_DESA, Label.KECAMATAN)

LABEL_AT: Mapping[Label, tuple[float, float]] = MappingProxyType(
    {Label.NIK: (LABEL_X, NIK_Y)}
    | {
        label: (INDENTED_X if label in _INDENTED else LABEL_X, FIRST_ROW_Y + ROW_PITCH * row)
        for row, label in enumerate(_ROWS)
    }
)
"""Middle of the left edge of every label in the left column."""

PORTRAIT = (0.725, 0.26, 0.965, 0.79)
"""(left, top, right, bottom)."""
