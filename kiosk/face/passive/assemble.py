"""The passive cues of one attempt, by the site's settings. A cue that is off is never made."""

from __future__ import annotations

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

    cues: list[PassiveCue] = []
    if settings.screen_edges is not CueMode.OFF:
        cues.append(ScreenEdges())
    if settings.moire is not CueMode.OFF:
        cues.append(Moire())
    if settings.banding is not CueMode.OFF:
        cues.append(Banding())
    if settings.glare is not CueMode.OFF:
        cues.append(Glare())
    if settings.repetition is not CueMode.OFF:
        cues.append(Repetition())
    if settings.blink_shape is not CueMode.OFF:
        cues.append(BlinkShape())
    if settings.pad_net is not CueMode.OFF and pad is not None:
        cues.append(PadNet(pad))
    if settings.screen_light is not CueMode.OFF and light is not None:
        cues.append(ScreenLight(light))
    cues.append(Timing())
    return PassiveWatch(cues)
