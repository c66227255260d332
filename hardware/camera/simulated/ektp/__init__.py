"""e-KTPs for tests and the demo: invented people on cards drawn here, marked CONTOH, photographed as by a camera.

``invent(seed)`` -> ``KtpPerson``; ``draw_card(person, look_seed)`` -> picture; ``film(rng, hard, frames)`` ->
``Conditions`` a frame; ``photograph(card, conditions, seed)`` -> ``Shot``. The same seeds give the same pixels.
"""

from hardware.camera.simulated.ektp.conditions import Conditions, film
from hardware.camera.simulated.ektp.face import draw_card
from hardware.camera.simulated.ektp.people import KtpPerson, from_card, invent, printed
from hardware.camera.simulated.ektp.scene import Shot, photograph
from hardware.camera.simulated.ektp.seeds import rng_of

__all__ = [
    "Conditions",
    "KtpPerson",
    "Shot",
    "draw_card",
    "film",
    "from_card",
    "invent",
    "photograph",
    "printed",
    "rng_of",
]
