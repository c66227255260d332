"""How much a run of picture colours answers the colours of a light that was played: lag, gain, correlation, noise.

Pure. A surface of any albedo that gets ``gain`` times the light of its surroundings from a lamp of linear colour p
answers ln(1 + gain p) in each channel; differences of channels cancel albedo, exposure and shading.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kiosk.face.light_plan import HOLD_SECONDS, STEP_SECONDS, LightPlan, plan_of

LONGEST_LAG, LAG_STEP = 0.60, 0.04  # s; screen, exposure, cable and the GUI's peek
OTHER_ORDERS = 48
GAMMA = 2.2
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answer:
    """``gain`` light of the lamp over all other light; ``noise`` one standard deviation of it, from other orders;
    ``correlation`` -1..1; ``delay`` s."""

    gain: float = 0.0
    noise: float = float("inf")
    correlation: float = 0.0
    delay: float = 0.0

    @property
    def upper(self) -> float:
        """No larger gain would go unseen, by three deviations."""
        return self.gain + 3 * self.noise


def opponent(channels: Floats) -> Floats:
    """(..., 2): red less blue, green less their mean; of (..., 3) RGB."""
    red, green, blue = channels[..., 0], channels[..., 1], channels[..., 2]
    return np.stack([red - blue, green - (red + blue) / 2], -1)


def log_light(codes: Floats) -> Floats:
    """Log of linear light of mean code values (..., 3) RGB, 0..255."""
    out: Floats = GAMMA * np.log(np.clip(codes, 1.0, 254.0))
    return out


def played(plan: LightPlan, seconds: Floats) -> Floats:
    """float64 (n, 2): as ``plan.colour_at``, all at once."""
    colours = np.repeat([colour.linear for colour in plan.order], 2, 0)
    begins = np.arange(len(plan.order)) * STEP_SECONDS
    knots = np.column_stack([begins, begins + HOLD_SECONDS]).ravel()
    return opponent(np.column_stack([np.interp(seconds, knots, colours[:, c]) for c in range(3)]))


def answer_of(plan: LightPlan, seconds: Floats, seen: Floats, nuisance: Floats) -> list[Answer]:
    """For each of k runs ``seen`` (n, k, 2), of ``opponent(log_light())``, at ``seconds`` (n,) since the plan began.
    ``nuisance`` (n, m): what else may change the colours, e.g. the head's pose; its share is taken off."""
    span = max(float(seconds[-1] - seconds[0]), 1e-6)
    base = np.column_stack([np.ones(len(seconds)), (seconds - seconds[0]) / span, nuisance])
    q, _ = np.linalg.qr(base)

    def free(v: Floats) -> Floats:
        flat = v.reshape(len(v), -1)
        out: Floats = (flat - q @ (q.T @ flat)).reshape(v.shape)
        return out

    y = free(seen)
    power = np.sqrt((y**2).sum((0, 2))) + 1e-12
    lags = np.arange(0.0, LONGEST_LAG + 1e-9, LAG_STEP)
    lamps = [free(played(plan, seconds - lag)) for lag in lags]
    sizes = np.array([float((lamp**2).sum()) for lamp in lamps]) + 1e-12
    shared = np.array([np.einsum("nc,nkc->k", lamp, y) for lamp in lamps])  # (lags, k)
    correlations = shared / np.sqrt(sizes)[:, None] / power
    best = correlations.argmax(0)
    gains = shared[best, np.arange(len(best))] / sizes[best]
    rest = y - gains[None, :, None] * np.stack([lamps[at] for at in best], 1)
    # What other orders find in the rest: slow noise counts as slow.
    others = [free(played(other, seconds)) for other in _other_plans()]
    found = np.array([np.einsum("nc,nkc->k", lamp, rest) / max(float((lamp**2).sum()), 1e-12) for lamp in others])
    noise = np.sqrt((found**2).mean(0))
    return [
        Answer(float(gains[k]), float(noise[k]), float(correlations[at, k]), float(lags[at]))
        for k, at in enumerate(best)
    ]


@lru_cache(maxsize=1)
def _other_plans() -> tuple[LightPlan, ...]:
    return tuple(plan_of(b"other orders", bytes([number])) for number in range(OTHER_ORDERS))
