"""The conditions a reader must stand, as light on a grey picture of a plate.

`apply_condition` lays one of `CONDITIONS` over a float32 picture [h, w] in 0…255 and returns
another; noise, compression and scaling are the camera's part (augment.py). `look` is 'colour' for
visible light in grey, or 'ir' for a camera with its own 850 nm light.
"""

from __future__ import annotations

import cv2
import numpy as np

CONDITIONS = (
    'darkness',
    'oncoming headlights',
    'bright sunlight',
    'low sunlight',
    'deep shadows',
    'glare',
)


def _grid(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates in 0…1: y [h, 1] and x [1, w]."""
    h, w = image.shape
    y = np.linspace(0, 1, h, dtype=np.float32)[:, None]
    return y, np.linspace(0, 1, w, dtype=np.float32)[None]


def spot(image: np.ndarray, x: float, y: float, size: float, strength: float) -> np.ndarray:
    """Adds a round glow; `size` is its spread as a share of the width."""
    gy, gx = _grid(image)
    far = (gx - x) ** 2 + ((gy - y) * image.shape[0] / image.shape[1]) ** 2
    return image + strength * np.exp(-far / (2 * size * size))


def bloom(image: np.ndarray, over: float, spread: float, share: float) -> np.ndarray:
    """Light above `over` spills into its neighbourhood, as on an overloaded sensor."""
    excess = np.clip(image - over, 0, None)
    return image + share * cv2.GaussianBlur(excess, (0, 0), spread)


def _shadow_edge(rng: np.random.Generator, image: np.ndarray, left: float) -> np.ndarray:
    gy, gx = _grid(image)
    edge = (gx - rng.uniform(0.1, 0.9)) * rng.choice([-1, 1]) + rng.normal(0, 1) * (gy - 0.5)
    side = 1 / (1 + np.exp(-np.clip(edge * rng.uniform(15, 80), -30, 30)))
    return image * (1 - side * (1 - left))


def _deep_shadows(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    image = _shadow_edge(rng, image, float(rng.uniform(0.2, 0.5)))
    if rng.random() < 0.5:
        # Twigs and bars: a coarse pattern of shade.
        noise = rng.random((int(rng.integers(2, 6)), int(rng.integers(3, 10)))).astype(np.float32)
        shade = cv2.resize(noise, image.shape[::-1], interpolation=cv2.INTER_CUBIC)
        image = image * np.clip(0.35 + 1.6 * (shade - 0.3), rng.uniform(0.2, 0.5), 1)
    return image


def _infrared_night(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """The plate shines in the camera's own light, brighter in the middle of its beam; it blooms."""
    gain = rng.uniform(0.55, 1.5)
    gy, gx = _grid(image)
    beam = (gx - rng.uniform(0.1, 0.9)) ** 2 + 0.3 * (gy - rng.uniform(0, 1)) ** 2
    image = image * gain * (1 - rng.uniform(0, 0.5) * np.clip(beam * 2, 0, 1))
    width = image.shape[1]
    return bloom(image, rng.uniform(150, 230), width * rng.uniform(0.004, 0.02), rng.uniform(0, 0.9))


def _darkness(rng: np.random.Generator, image: np.ndarray, look: str) -> np.ndarray:
    if look == 'ir':
        return _infrared_night(rng, image)
    image = image * rng.uniform(0.1, 0.45) + rng.uniform(0, 8)
    if rng.random() < 0.5:
        # The lamp of the plate from above, or someone's headlights.
        image = image + image * spot(
            np.zeros_like(image), rng.uniform(0, 1), rng.choice([-0.1, 0.5]), 0.35, rng.uniform(1, 4)
        )
    grain = rng.normal(0, rng.uniform(1.5, 5), image.shape)
    return image + grain


def _headlights(rng: np.random.Generator, image: np.ndarray, look: str) -> np.ndarray:
    image = _infrared_night(rng, image) if look == 'ir' else image * rng.uniform(0.15, 0.6)
    for _ in range(int(rng.integers(1, 3))):
        x, y = rng.uniform(-0.3, 1.3), rng.uniform(-0.6, 1.6)
        image = spot(image, x, y, rng.uniform(0.08, 0.45), rng.uniform(50, 180))
        if rng.random() < 0.3:
            gy, _ = _grid(image)
            image = image + rng.uniform(20, 80) * np.exp(-(((gy - y) / 0.05) ** 2))
    return image + rng.uniform(0, 45)


def _bright_sun(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    image = image * rng.uniform(1.1, 1.6) + rng.uniform(0, 30)
    image = bloom(image, 225, image.shape[1] * rng.uniform(0.004, 0.012), rng.uniform(0, 0.5))
    return _shadow_edge(rng, image, float(rng.uniform(0.3, 0.7))) if rng.random() < 0.3 else image


def _low_sun(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Light along the plate: a strong ramp, or the sun behind it and a veil over the lens."""
    gy, gx = _grid(image)
    if rng.random() < 0.5:
        ramp = 1 + rng.uniform(0.3, 0.7) * (gx * 2 - 1) * rng.choice([-1, 1])
        return image * ramp * rng.uniform(0.8, 1.5) + 0 * gy
    veil = rng.uniform(40, 130)
    return image * rng.uniform(0.25, 0.6) + veil + rng.uniform(-30, 30) * (gx + gy - 1)


def _glare(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """A mirror-like reflection: a patch or a streak that is brighter than the plate."""
    if rng.random() < 0.6:
        for _ in range(int(rng.integers(1, 3))):
            place = rng.uniform(0, 1, 2)
            image = spot(image, place[0], place[1] * 1.2, rng.uniform(0.05, 0.2), rng.uniform(60, 190))
        return image
    gy, gx = _grid(image)
    across = gx + rng.normal(0, 0.8) * (gy - 0.5) - rng.uniform(0, 1)
    return image + rng.uniform(60, 170) * np.exp(-((across / rng.uniform(0.05, 0.2)) ** 2))


def apply_condition(rng: np.random.Generator, image: np.ndarray, condition: str, look: str) -> np.ndarray:
    """The picture under one of `CONDITIONS`; ValueError names an unknown one."""
    if condition == 'darkness':
        return _darkness(rng, image, look)
    if condition == 'oncoming headlights':
        return _headlights(rng, image, look)
    if condition == 'bright sunlight':
        return _bright_sun(rng, image)
    if condition == 'low sunlight':
        return _low_sun(rng, image)
    if condition == 'deep shadows':
        return _deep_shadows(rng, image)
    if condition == 'glare':
        return _glare(rng, image)
    raise ValueError(f'unknown condition {condition!r}; there are {", ".join(CONDITIONS)}')


def rain(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Streaks of falling drops and a few drops on the glass, out of focus."""
    h, w = image.shape
    streaks = np.zeros((h, w), np.float32)
    lean = rng.normal(0, 0.15)
    for _ in range(int(rng.integers(3, 18))):
        x, y, long = rng.uniform(0, w), rng.uniform(-h * 0.2, h), h * rng.uniform(0.1, 0.5)
        cv2.line(
            streaks, (round(x), round(y)), (round(x + lean * long), round(y + long)), float(rng.uniform(15, 70)), 1, cv2.LINE_AA
        )  # fmt: skip
    image = image + cv2.GaussianBlur(streaks, (0, 0), 0.6)
    if rng.random() < 0.4:
        soft = cv2.GaussianBlur(image, (0, 0), max(h * 0.05, 0.8))
        drops = np.zeros((h, w), np.float32)
        for _ in range(int(rng.integers(1, 5))):
            centre = (int(rng.integers(w)), int(rng.integers(h)))
            cv2.circle(drops, centre, max(round(h * rng.uniform(0.04, 0.14)), 1), 1.0, -1, cv2.LINE_AA)
        image = image * (1 - drops) + soft * drops * rng.uniform(0.9, 1.2)
    return image
