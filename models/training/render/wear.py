"""Relief, dirt and age on a drawn plate."""

from __future__ import annotations

import cv2
import numpy as np

from . import paint


def emboss(rng: np.random.Generator, canvas: np.ndarray, mask: np.ndarray) -> None:
    """Light on one side of the pressed characters and shadow on the other, in place."""
    offset = int(rng.integers(1, 3))
    dx, dy = int(rng.choice([-1, 0, 1])), int(rng.choice([-1, 1]))
    soft = cv2.GaussianBlur(mask, (0, 0), float(rng.uniform(0.6, 1.6))).astype(np.int16)
    moved = np.roll(soft, (dy * offset, dx * offset), (0, 1))
    relief = (soft - moved).astype(np.float32) / 255
    canvas += relief[..., None] * float(rng.uniform(15, 90))


def worn_characters(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
    """Paint that came off: the mask with holes in it. uint8."""
    height, width = mask.shape
    noise = paint.smooth_noise(rng, height, width, int(rng.integers(20, 60)))
    keep = np.clip((noise - rng.uniform(0.1, 0.3)) * rng.uniform(2, 6), 0, 1)
    return (mask * np.maximum(keep, rng.uniform(0.45, 0.9))).astype(np.uint8)


def dirty(rng: np.random.Generator, canvas: np.ndarray, amount: float) -> None:
    """Mud, dust and rust; `amount` 0…1, in place."""
    height, width = canvas.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        cloud = paint.smooth_noise(rng, height, width, int(rng.integers(3, 30)))
        cover = np.clip((cloud - rng.uniform(0.3, 0.7)) * rng.uniform(1, 3), 0, 1) * amount
        tone = paint.jitter_colour(rng, rng.choice([40, 90, 150]) * np.array([1.05, 0.95, 0.8]), 10)
        canvas += (tone - canvas) * cover[..., None]
    if rng.random() < 0.5:
        speck = (rng.random((height // 2, width // 2)) < 0.015 * amount).astype(np.uint8) * 255
        paint.blend(canvas, cv2.resize(speck, (width, height)), (30, 26, 20), 0, 0, 0.7)


def scratches(rng: np.random.Generator, canvas: np.ndarray) -> None:
    """A few thin light or dark lines, in place."""
    height, width = canvas.shape[:2]
    for _ in range(int(rng.integers(1, 5))):
        a = (int(rng.integers(width)), int(rng.integers(height)))
        b = (a[0] + int(rng.normal(0, width / 5)), a[1] + int(rng.normal(0, height / 5)))
        cv2.line(canvas, a, b, (float(rng.uniform(30, 230)),) * 3, 1, cv2.LINE_AA)


def dented(rng: np.random.Generator, canvas: np.ndarray) -> np.ndarray:
    """The plate bent: its picture pushed about by up to 4 % of the height, lit where it leans."""
    height, width = canvas.shape[:2]
    amount = height * rng.uniform(0.01, 0.04)
    bend = [paint.smooth_noise(rng, height, width, int(rng.integers(2, 5))) - 0.5 for _ in range(2)]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    moved = cv2.remap(
        canvas, x + bend[0] * amount * 2, y + bend[1] * amount * 2, cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    slope = cv2.Sobel(bend[1].astype(np.float32), cv2.CV_32F, 0, 1, ksize=5)
    light = 1 + slope / max(float(np.abs(slope).max()), 1e-6) * rng.uniform(0.05, 0.3)
    return moved * light[..., None]
