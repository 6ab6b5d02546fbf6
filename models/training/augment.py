"""Makes of a flat plate what a camera would deliver: a 64 × 128 grey crop."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from lighting import CONDITIONS, apply_condition, rain

OUT_HEIGHT, OUT_WIDTH = 64, 128
# How much further a plate is turned in a loose crop.
_LOOSE_TURN = 2.0
_INTERPOLATIONS = (cv2.INTER_LINEAR, cv2.INTER_LINEAR, cv2.INTER_AREA, cv2.INTER_CUBIC)


def _quad(rng: np.random.Generator, width: float, height: float, strength: float) -> np.ndarray:
    """Corners of the plate after rotation, shear and perspective, in pixels. float32 [4, 2]."""
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * [width, height]
    angle = np.deg2rad(rng.normal(0, 4.0 * strength))
    shear_x, shear_y = rng.normal(0, 0.07 * strength), rng.normal(0, 0.03 * strength)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = corners @ (turn @ np.array([[1, shear_x], [shear_y, 1]])).T
    corners += rng.normal(0, 0.018 * strength, (4, 2)) * [width, height]
    if rng.random() < 0.15 * strength:
        # Seen from the side and cut by its box instead of its corners: one side is shorter.
        near = rng.normal(0, 0.1)
        corners[:, 1] *= 1 + near * np.sign(corners[:, 0])
    return corners.astype(np.float32)


def _margins(rng: np.random.Generator, strength: float, loose: bool) -> np.ndarray:
    """How far the crop's left, top, right, bottom lie outside the plate, shares of its side."""
    if loose:
        return rng.uniform((0.02, 0.04, 0.02, 0.04), (0.2, 0.34, 0.2, 0.34))
    if rng.random() < 0.12 * strength:
        return rng.uniform(0.05, 0.28, 4)
    return np.clip(rng.normal(0.03, 0.035, 4), -0.035, 0.12)


def _surround(rng: np.random.Generator, height: int, width: int, patches: list[np.ndarray]) -> np.ndarray:
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


def _motion_pixels(rng: np.random.Generator, across: float, most: float) -> float:
    """How far a plate `across` pixels wide moves while the shutter is open.

    Across the view up to 12 m/s remain of the closing speed; exposures from 1/2000 to 1/60 s.
    Held below `most` of the plate: beyond a tenth it cannot be read.
    """
    metres = abs(rng.normal(0, 5)) * np.exp(rng.uniform(np.log(1 / 2000), np.log(1 / 60)))
    return float(min(metres / 0.305, most) * across)


def _optics(rng: np.random.Generator, image: np.ndarray, across: float, tidy: bool) -> np.ndarray:
    """Blur of focus and motion, at the camera's resolution."""
    if rng.random() < 0.6:
        image = cv2.GaussianBlur(
            image, (0, 0), float(rng.uniform(0.3, 1.3)) * min(image.shape[1] / 110, image.shape[0] / 55)
        )
    length = _motion_pixels(rng, across, 0.04 if tidy else 0.1) if rng.random() < 0.5 else 0.0
    if rng.random() < 0.12 and not tidy:
        length = rng.uniform(2, 7) * across / 110
    if length >= 1.5:
        half = int(np.ceil(length))
        kernel = np.zeros((half * 2 + 1, half * 2 + 1), np.float32)
        angle = rng.normal(0, 0.35) if rng.random() < 0.7 else rng.uniform(0, np.pi)
        dx, dy = np.cos(angle) * length / 2, np.sin(angle) * length / 2
        start = (round((half - dx) * 16), round((half - dy) * 16))
        end = (round((half + dx) * 16), round((half + dy) * 16))
        cv2.line(kernel, start, end, 1, 1, cv2.LINE_AA, 4)
        image = cv2.filter2D(image, -1, kernel / max(kernel.sum(), 1e-6))
    return image


def _expose(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """What the camera's own exposure makes of hard light: not all of it, but a good part."""
    aim = rng.uniform(60, 150) / max(float(np.clip(image, 0, 400).mean()), 4.0)
    return image * min(aim ** rng.uniform(0.4, 1.0), 6.0)


def _sensor(rng: np.random.Generator, image: np.ndarray, exposed: bool, tidy: bool) -> np.ndarray:
    """Exposure (unless done), gamma, noise, sharpening and compression. Returns uint8."""
    most_noise, least_quality = (6, 50) if tidy else (11, 18)
    spread, shift = (0.12, 8) if exposed else (0.35, 30)
    image = (image - 128) * float(np.exp(rng.normal(-0.25, spread))) + 128 + rng.normal(0, shift)
    if rng.random() < 0.06 and not exposed:
        # Overexposed: light paper runs into white and eats the strokes.
        image = cv2.GaussianBlur(image, (0, 0), 0.7) * rng.uniform(1.2, 2.2) + rng.uniform(0, 60)
    image = np.clip(image, 0, 255)
    if rng.random() < 0.3:
        image = 255 * (image / 255) ** float(np.exp(rng.normal(0, 0.35)))
    if rng.random() < 0.7:
        image = image + rng.normal(0, rng.uniform(0.5, most_noise), image.shape)
    if rng.random() < 0.2:
        soft = cv2.GaussianBlur(image, (0, 0), 1.0)
        image = image + (image - soft) * rng.uniform(0.5, 2)
    out = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        done, data = cv2.imencode(
            '.jpg', out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(least_quality, 96))]
        )
        if done:
            out = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    return out


@dataclass(frozen=True)
class Shot:
    """What to make of a plate. `strength` is 1 for drawn plates, less for real crops, which have
    their own geometry already. None draws at random: `across`, the plate's width in the picture
    in pixels; `squeeze`, what a view from the side leaves of the width (the cosine of the yaw);
    `condition`, one of lighting's or ''. `aspect`: the plate's width by its height. `tidy` leaves out what else might happen to it.
    `loose`: with room around it and turned further, as a box drawn by hand cuts it."""

    strength: float = 1.0
    look: str = 'colour'
    across: float | None = None
    squeeze: float | None = None
    condition: str | None = None
    aspect: float = 2.0
    tidy: bool = False
    loose: bool = False


def _size(rng: np.random.Generator, shot: Shot) -> tuple[float, float]:
    """Width and height of the plate in the camera's picture, pixels."""
    # A plate of the same height is wider where its shape is.
    usual = float(np.exp(rng.uniform(np.log(40), np.log(192)))) * (shot.aspect / 2) ** 0.7
    across = shot.across or usual
    if shot.strength < 1 and not shot.across:
        across = max(across, 56.0)
    down = across / shot.aspect * rng.uniform(0.85, 1.15)
    squeeze = shot.squeeze
    if squeeze is None:
        squeeze = float(np.cos(rng.uniform(0.3, 0.9))) if rng.random() < 0.3 * shot.strength else 1.0
    return max(across * squeeze, 20.0), max(down, 9.0)


def _condition(rng: np.random.Generator, shot: Shot) -> str:
    condition = shot.condition
    if condition is None:
        often = 0.6 if shot.look == 'ir' else 0.3
        chosen = int(rng.integers(len(CONDITIONS)))
        if shot.look == 'ir' and rng.random() < 0.5:
            chosen = 0
        condition = CONDITIONS[chosen] if rng.random() < often else ''
    return condition


def _lit(rng: np.random.Generator, image: np.ndarray, shot: Shot, across: float) -> tuple[bool, np.ndarray]:
    """A picture in another light and through a lens, and whether its exposure is made up for that light already."""
    condition = _condition(rng, shot)
    if condition:
        image = _expose(rng, apply_condition(rng, image, condition, shot.look))
    elif not shot.tidy:
        image = _light(rng, image)
    if rng.random() < 0.03 and not shot.tidy:
        image = rain(rng, image)
    image = _optics(rng, image.astype(np.float32), across, shot.tidy)
    if rng.random() < 0.05 and not shot.tidy:
        image = 255 - np.clip(image, 0, 255)
    return bool(condition) or shot.tidy, image


def taken(rng: np.random.Generator, picture: np.ndarray, across: float, shot: Shot) -> np.ndarray:
    """A real picture of a plate `across` pixels wide, uint8 [h, w], as a poorer camera takes it in another light."""
    exposed, image = _lit(rng, picture.astype(np.float32), shot, across)
    return _sensor(rng, image, exposed, shot.tidy)


@dataclass(frozen=True)
class Picture:
    """What `shoot` gives.

    image: uint8 [h, w] grey at the camera's own resolution. split: where the plate's split crosses the
    picture's middle, a share of its height. place: from shares of the face (x, y) to pixels,
    homogeneous [3, 3].
    """

    image: np.ndarray
    split: float
    place: np.ndarray


def shoot(
    rng: np.random.Generator,
    plate: np.ndarray,
    patches: list[np.ndarray],
    shot: Shot,
    split: float = 0.0,
) -> Picture:
    """A camera-like picture of a flat plate and its surroundings, cut as a reader cuts it.

    plate: uint8 [h, w] grey, the face alone. patches: grey photos to surround it with.
    split: a height of the plate, a share.
    """
    across, down = _size(rng, shot)
    small = cv2.resize(plate, (round(across), round(down)), interpolation=cv2.INTER_AREA)
    h, w = small.shape
    quad = _quad(rng, w, h, shot.strength * (_LOOSE_TURN if shot.loose else 1))
    left, top = quad.min(axis=0)
    right, bottom = quad.max(axis=0)
    m = _margins(rng, shot.strength, shot.loose) * [right - left, bottom - top, right - left, bottom - top]
    if shot.strength < 1:
        m = np.maximum(m, -0.01 * w)
    quad -= [left - m[0], top - m[1]]
    out_w, out_h = round(right - left + m[0] + m[2]), round(bottom - top + m[1] + m[3])
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, quad.astype(np.float32))
    scene = _surround(rng, out_h, out_w, patches)
    if shot.look == 'ir':
        scene *= rng.uniform(0.05, 0.6)
    warped = cv2.warpPerspective(small, matrix, (out_w, out_h), flags=cv2.INTER_LINEAR).astype(np.float32)
    cover = cv2.warpPerspective(np.full_like(small, 255), matrix, (out_w, out_h)).astype(np.float32) / 255
    image = scene * (1 - cover) + warped * cover
    exposed, image = _lit(rng, image, shot, across)
    line = cv2.perspectiveTransform(np.array([[[w / 2, split * h]]], np.float32), matrix)[0, 0]
    seen = _sensor(rng, image, exposed, shot.tidy)
    return Picture(seen, float(line[1] / out_h), matrix @ np.diag([w, h, 1.0]))


def to_input(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Stretches a picture to the net's input. uint8 [64, 128]."""
    how = _INTERPOLATIONS[int(rng.integers(len(_INTERPOLATIONS)))]
    return cv2.resize(picture, (OUT_WIDTH, OUT_HEIGHT), interpolation=how)


def augment(
    rng: np.random.Generator,
    plate: np.ndarray,
    patches: list[np.ndarray],
    shot: Shot,
) -> np.ndarray:
    """One camera-like crop of a flat plate, uint8 [64, 128]; see `shoot`."""
    return to_input(rng, shoot(rng, plate, patches, shot).image)
