"""The passive cues of one attempt, by the site's settings. A cue that is off is never made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from kiosk.config import CueMode, CueSettings
from kiosk.face.light_show import LightShow
from kiosk.face.passive.blink_shape import BlinkShape
from kiosk.face.passive.pad_net import PadModel, PadNet, pad_model
from kiosk.face.passive.repetition import Repetition
from kiosk.face.passive.screen_light import ScreenLight
from kiosk.face.passive.timing import Timing
from kiosk.face.passive.watch import PassiveCue, PassiveWatch

__all__ = ["PadModel", "pad_model", "passive_watch"]


def passive_watch(settings: CueSettings, pad: PadModel | None, light: LightShow | None = None) -> PassiveWatch:
    """New cues for one attempt, always in this order: ``CueSettings``' own, then timing, which is always there.

    ``pad`` is loaded once a process by ``pad_model``; without it there is no cue "pad_net", whatever its mode,
    and without ``light``, the colours the session plays, none "screen_light".
    """
    from kiosk.face.passive.banding import Banding  # noqa: PLC0415  these four pull OpenCV in, screens may import this
    from kiosk.face.passive.glare import Glare  # noqa: PLC0415
    from kiosk.face.passive.moire import Moire  # noqa: PLC0415
    from kiosk.face.passive.screen_edges import ScreenEdges  # noqa: PLC0415

    makers: dict[str, Callable[[], PassiveCue]] = {
        "screen_edges": ScreenEdges,
        "moire": Moire,
        "banding": Banding,
        "glare": Glare,
        "repetition": Repetition,
        "blink_shape": BlinkShape,
    }
    if pad is not None:
        makers["pad_net"] = partial(PadNet, pad)
    if light is not None:
        makers["screen_light"] = partial(ScreenLight, light)
    modes = dict(settings)
    return PassiveWatch([*(make() for name, make in makers.items() if modes[name] is not CueMode.OFF), Timing()])
