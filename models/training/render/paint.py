"""Small painting tools on float32 RGB canvases [H, W, 3] in 0…255."""

from __future__ import annotations

import cv2
import numpy as np

Colour = tuple[float, float, float]


def blend(canvas: np.ndarray, mask: np.ndarray, colour, x: int, y: int, alpha: float = 1.0) -> None:
    """Lays `colour` through a uint8 mask with its left top corner at (x, y), clipped, in place."""
    height, width = canvas.shape[:2]
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + mask.shape[1], width), min(y + mask.shape[0], height)
    if x1 <= x0 or y1 <= y0:
        return
    m = mask[y0 - y : y1 - y, x0 - x : x1 - x, None].astype(np.float32) * (alpha / 255)
    part = canvas[y0:y1, x0:x1]
    part += (np.asarray(colour, np.float32) - part) * m


def fit(mask: np.ndarray, width: float, height: float) -> np.ndarray:
    """Stretches a mask to a size in pixels."""
    size = (max(round(width), 1), max(round(height), 1))
    return cv2.resize(mask, size, interpolation=cv2.INTER_AREA)


def fit_height(mask: np.ndarray, height: float, most_wide: float) -> np.ndarray:
    """Scales a mask to a height, keeping its shape unless it would be wider than `most_wide`."""
    width = min(mask.shape[1] * height / mask.shape[0], most_wide)
    return fit(mask, width, height)


def smooth_noise(rng: np.random.Generator, height: int, width: int, cells: int) -> np.ndarray:
    """Cloudy noise in 0…1, about `cells` blobs across. float32 [height, width]."""
    coarse = rng.random((max(cells // 2, 2), max(cells, 2)), np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 1)


def jitter_colour(rng: np.random.Generator, colour, spread: float) -> np.ndarray:
    """The colour with every channel moved a little. float32 [3]."""
    return np.clip(np.asarray(colour, np.float32) + rng.normal(0, spread, 3), 0, 255).astype(np.float32)


def blob(rng: np.random.Generator, size: int) -> np.ndarray:
    """A random smooth silhouette (a state's outline, an animal, a tree). uint8 [size, size]."""
    count = int(rng.integers(5, 12))
    angles = np.sort(rng.random(count)) * 2 * np.pi
    radius = rng.uniform(0.35, 1.0, count) * size / 2
    points = np.stack([np.cos(angles) * radius, np.sin(angles) * radius], 1) + size / 2
    mask = np.zeros((size, size), np.uint8)
    cv2.fillPoly(mask, [np.round(points * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    if rng.random() < 0.7:
        mask = cv2.GaussianBlur(mask, (0, 0), size / 25)
        mask = np.clip((mask.astype(np.float32) - 110) * 8, 0, 255).astype(np.uint8)
    return mask
