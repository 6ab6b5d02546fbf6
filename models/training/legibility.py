"""How much of its characters a picture of a plate still shows, without asking any reader."""

from __future__ import annotations

import cv2
import numpy as np

from augment import Picture
from render.plate import Ink

# Of a character's height: coarser than this is light, not shape; blurred more than this no shape is left.
_LIGHT = 0.35
_MOST_BLUR = 0.13
_BLURS = 6
# Of 106 infra-red night pictures, not selected by hand, a person who did not know the texts misread or gave
# up six of the ten below this, and seven of the others (O as 0).
_LEGIBLE = 0.3


def _box(place: np.ndarray, cell: np.ndarray, shape: tuple[int, int]) -> tuple[slice, slice]:
    """Where a cell lies in the picture, with an edge of two pixels."""
    x, y, w, h = cell
    corners = np.array([[[x, y], [x + w, y], [x + w, y + h], [x, y + h]]], np.float32)
    points = cv2.perspectiveTransform(corners, place)[0]
    low = np.maximum(np.floor(points.min(axis=0)).astype(int) - 2, 0)
    high = np.ceil(points.max(axis=0)).astype(int) + 3
    return slice(low[1], min(high[1], shape[0])), slice(low[0], min(high[0], shape[1]))


def _shapes(patch: np.ndarray, height: int) -> np.ndarray:
    """The patch without its light, of unit length."""
    light = cv2.GaussianBlur(patch, (0, 0), max(_LIGHT * height, 1.0), borderType=cv2.BORDER_REFLECT)
    shapes = (patch - light).ravel()
    shapes -= shapes.mean()
    return shapes / max(float(np.linalg.norm(shapes)), 1e-3)


def is_legible(picture: Picture, ink: Ink) -> bool:
    """Whether every character can be made out."""
    return legibility(picture, ink) >= _LEGIBLE


def legibility(picture: Picture, ink: Ink) -> float:
    """Correlation, 0 to 1, of the worst character as the camera saw it with its print, blurred as fits it best.

    Noise, dirt, faded ink, glare and shadow lower it; so does blur beyond what leaves a shape.
    """
    high, wide = ink.mask.shape
    size = picture.image.shape[::-1]
    place = picture.place @ np.diag([1 / wide, 1 / high, 1.0])
    print_ = cv2.warpPerspective(ink.mask, place, size, flags=cv2.INTER_AREA).astype(np.float32)
    worst = 1.0
    for cell in ink.cells:
        rows, columns = _box(picture.place, cell, picture.image.shape)
        patch = picture.image[rows, columns].astype(np.float32)
        if min(patch.shape) < 4:
            return 0.0
        tall = len(patch) - 4
        seen = _shapes(patch, tall)
        best = 0.0
        for blur in np.linspace(0.2, max(_MOST_BLUR * tall, 0.3), _BLURS):
            printed = cv2.GaussianBlur(print_, (0, 0), float(blur))[rows, columns]
            best = max(best, abs(float(seen @ _shapes(printed, tall))))
        worst = min(worst, best)
    return worst
