"""Makes of a flat plate what a camera would deliver: a 64 × 128 grey crop."""

from __future__ import annotations

import cv2
import numpy as np

OUT_HEIGHT, OUT_WIDTH = 64, 128
_INTERPOLATIONS = (cv2.INTER_LINEAR, cv2.INTER_LINEAR, cv2.INTER_AREA, cv2.INTER_CUBIC)


def _quad(rng: np.random.Generator, width: float, height: float, strength: float) -> np.ndarray:
    """Corners of the plate after rotation, shear and perspective, in pixels. float32 [4, 2]."""
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * [width, height]
    angle = np.deg2rad(rng.normal(0, 4.0 * strength))
    shear_x, shear_y = rng.normal(0, 0.07 * strength), rng.normal(0, 0.03 * strength)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = corners @ (turn @ np.array([[1, shear_x], [shear_y, 1]])).T
    corners += rng.normal(0, 0.018 * strength, (4, 2)) * [width, height]
    return corners.astype(np.float32)


def _margins(rng: np.random.Generator) -> np.ndarray:
    """How far the crop's left, top, right, bottom lie outside the plate, shares of its side."""
    if rng.random() < 0.12:
        return rng.uniform(0.05, 0.28, 4)
    return np.clip(rng.normal(0.03, 0.035, 4), -0.035, 0.12)


def _surround(
    rng: np.random.Generator, height: int, width: int, patches: list[np.ndarray]
) -> np.ndarray:
    """What is seen around the plate: a piece of a real photo, or a plain dark or light surface."""
    if patches and rng.random() < 0.6:
        patch = patches[int(rng.integers(len(patches)))]
        span = int(rng.integers(40, min(patch.shape[:2]) + 1))
        y, x = (int(rng.integers(s - span + 1)) for s in patch.shape[:2])
        return cv2.resize(patch[y : y + span, x : x + span], (width, height)).astype(np.float32)
    base = rng.uniform(5, 120) if rng.random() < 0.7 else rng.uniform(100, 245)
    ramp = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * rng.uniform(-40, 40)
    return np.clip(base + np.repeat(ramp, width, 1), 0, 255)


def _light(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Gradient of light, edge of a shadow, glare. float32 [h, w]."""
    height, width = image.shape
    if rng.random() < 0.5:
        a, b = rng.normal(0, 0.18, 2)
        ramp = np.linspace(-1, 1, width)[None] * a + np.linspace(-1, 1, height)[:, None] * b
        image = image * (1 + ramp.astype(np.float32))
    if rng.random() < 0.15:
        slope, cut = rng.normal(0, 1), rng.uniform(0.1, 0.9)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        edge = (x / width - cut) + slope * (y / height - 0.5)
        side = 1 / (1 + np.exp(-np.clip(edge * rng.choice([-1, 1]) * rng.uniform(15, 80), -30, 30)))
        image = image * (1 - side * rng.uniform(0.2, 0.65))
    if rng.random() < 0.1:
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        far = ((x / width - rng.random()) * 2) ** 2 + (y / height - rng.random()) ** 2
        image = image + np.exp(-far / rng.uniform(0.005, 0.1)) * rng.uniform(40, 200)
    return image


def _optics(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Blur of focus and motion, at the camera's resolution."""
    if rng.random() < 0.6:
        image = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.3, 1.3)) * image.shape[1] / 110)
    if rng.random() < 0.2:
        length = max(int(rng.uniform(2, 7) * image.shape[1] / 110), 2)
        kernel = np.zeros((length * 2 + 1, length * 2 + 1), np.float32)
        angle = rng.normal(0, 0.35) if rng.random() < 0.7 else rng.uniform(0, np.pi)
        dx, dy = np.cos(angle) * length / 2, np.sin(angle) * length / 2
        cv2.line(
            kernel,
            (round(length - dx), round(length - dy)),
            (round(length + dx), round(length + dy)),
            1,
        )
        image = cv2.filter2D(image, -1, kernel / kernel.sum())
    return image


def _sensor(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Exposure, gamma, noise, sharpening and compression. Returns uint8."""
    image = (image - 128) * float(np.exp(rng.normal(-0.25, 0.35))) + 128 + rng.normal(0, 30)
    if rng.random() < 0.1:
        # Overexposed: light paper runs into white and eats the strokes.
        image = cv2.GaussianBlur(image, (0, 0), 0.7) * rng.uniform(1.2, 2.2) + rng.uniform(0, 60)
    image = np.clip(image, 0, 255)
    if rng.random() < 0.3:
        image = 255 * (image / 255) ** float(np.exp(rng.normal(0, 0.35)))
    if rng.random() < 0.7:
        image = image + rng.normal(0, rng.uniform(0.5, 11), image.shape)
    if rng.random() < 0.2:
        soft = cv2.GaussianBlur(image, (0, 0), 1.0)
        image = image + (image - soft) * rng.uniform(0.5, 2)
    out = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        done, data = cv2.imencode(
            '.jpg', out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(18, 96))]
        )
        if done:
            out = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    return out


def augment(
    rng: np.random.Generator, plate: np.ndarray, patches: list[np.ndarray], strength: float = 1.0
) -> np.ndarray:
    """One camera-like crop of a flat plate.

    plate: uint8 [h, w] grey, the face alone. patches: grey photos to surround it with.
    strength: 1 for drawn plates; less for real crops, which have their own geometry already.
    Returns uint8 [64, 128].
    """
    across = float(np.exp(rng.uniform(np.log(42), np.log(192))))
    if strength < 1:
        across = max(across, 56.0)
    down = across / 2 * rng.uniform(0.75, 1.25)
    small = cv2.resize(plate, (round(across), max(round(down), 8)), interpolation=cv2.INTER_AREA)
    h, w = small.shape
    quad = _quad(rng, w, h, strength)
    left, top = quad.min(axis=0)
    right, bottom = quad.max(axis=0)
    m = _margins(rng) * [right - left, bottom - top, right - left, bottom - top]
    if strength < 1:
        m = np.maximum(m, -0.01 * w)
    quad -= [left - m[0], top - m[1]]
    out_w, out_h = round(right - left + m[0] + m[2]), round(bottom - top + m[1] + m[3])
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, quad.astype(np.float32))
    scene = _surround(rng, out_h, out_w, patches)
    warped = cv2.warpPerspective(small, matrix, (out_w, out_h), flags=cv2.INTER_LINEAR).astype(
        np.float32
    )
    cover = (
        cv2.warpPerspective(np.full_like(small, 255), matrix, (out_w, out_h)).astype(np.float32)
        / 255
    )
    image = scene * (1 - cover) + warped * cover
    image = _optics(rng, _light(rng, image))
    if rng.random() < 0.06:
        image = 255 - image
    crop = _sensor(rng, image)
    how = _INTERPOLATIONS[int(rng.integers(len(_INTERPOLATIONS)))]
    return cv2.resize(crop, (OUT_WIDTH, OUT_HEIGHT), interpolation=how)
