"""Pastes a flat patch into a scene as a camera would see it: perspective, light, blur, night."""

from __future__ import annotations

import cv2
import numpy as np

from .patches import Patch

Rng = np.random.Generator


def quad_for(rng: Rng, centre: np.ndarray, width: float, height: float) -> np.ndarray:
    """Corners [4,2] (clockwise from the top left, pixels) of a plate seen from a bit aside.

    Yaw to 55 degrees in half of them, pitch, roll; a pinhole camera 2.5 to 25 plate widths away.
    """
    yaw = rng.uniform(-0.96, 0.96) if rng.random() < 0.45 else rng.normal(0, 0.12)
    pitch = rng.normal(0, 0.2)
    roll = np.deg2rad(rng.normal(0, 4) if rng.random() < 0.8 else rng.normal(0, 15))
    away = width * np.exp(rng.uniform(np.log(2.5), np.log(25)))
    return seen_from(width, height, yaw, pitch, roll, away, rng.normal(0, 0.03)) + centre


def seen_from(
    width: float,
    height: float,
    yaw: float,
    pitch: float,
    roll: float,
    away: float,
    shear: float = 0.0,
) -> np.ndarray:
    """Corners [4,2] about their middle of a plate turned by these angles (radians), `away` pixels
    from a pinhole camera; `shear` is what a rolling shutter adds."""
    x, y = width / 2, height / 2
    flat = np.array([[-x, -y, 0], [x, -y, 0], [x, y, 0], [-x, y, 0]], np.float64)
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    turned = flat @ about_y.T @ about_x.T
    quad = turned[:, :2] * (away / (away + turned[:, 2:]))
    quad[:, 0] += shear * quad[:, 1]
    turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    quad = quad @ turn
    return quad - (quad.min(0) + quad.max(0)) / 2


def grown(quad: np.ndarray, x: float, y: float) -> np.ndarray:
    """The quad scaled about its centre along its own axes."""
    centre = quad.mean(0)
    along = (quad[1] - quad[0] + quad[2] - quad[3]) / 4
    down = (quad[3] - quad[0] + quad[2] - quad[1]) / 4
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    plain = centre + signs[:, :1] * along + signs[:, 1:] * down
    return quad - plain + centre + signs[:, :1] * along * x + signs[:, 1:] * down * y


def draw_surround(rng: Rng, canvas: np.ndarray, quad: np.ndarray) -> None:
    """A holder, recess or frame behind the plate, mostly dark."""
    shade = int(rng.integers(5, 70)) if rng.random() < 0.8 else int(rng.integers(70, 220))
    margin = np.exp(rng.uniform(np.log(1.03), np.log(1.35)))
    outer = grown(quad, 1 + (margin - 1) * rng.uniform(0.4, 1), margin)
    outer += rng.normal(0, 0.01, (1, 2)) * np.ptp(quad, axis=0)
    cv2.fillPoly(canvas, [np.round(outer * 16).astype(np.int32)], shade, cv2.LINE_AA, 4)


def paste_patch(rng: Rng, canvas: np.ndarray, patch: Patch, quad: np.ndarray, look: str) -> None:
    """Puts the patch onto the quad of the canvas (uint8 [H,W], changed in place).

    look 'retro' keeps it bright whatever the scene (retro-reflection under infra-red light),
    'plain' lights it as its surroundings are lit.
    """
    height, width = canvas.shape
    pad = 3
    x0, y0 = np.floor(quad.min(0)).astype(int) - pad
    x1, y1 = np.ceil(quad.max(0)).astype(int) + pad
    x0, y0, x1, y1 = max(0, x0), max(0, y0), min(width, x1), min(height, y1)
    if x1 - x0 < 3 or y1 - y0 < 3:
        return
    is_plate = patch.kind != 'distractor'
    around = float(canvas[y0:y1, x0:x1].mean())
    if is_plate and rng.random() < 0.65:
        draw_surround(rng, canvas, quad)
    region = canvas[y0:y1, x0:x1].astype(np.float32)
    # Shrink first with area averaging: the warp itself does not smooth.
    across = max(4, round(float(np.linalg.norm(quad[1] - quad[0]))))
    down = max(3, round(float(np.linalg.norm(quad[3] - quad[0]))))
    method = cv2.INTER_AREA if down < patch.grey.shape[0] else cv2.INTER_LINEAR
    grey = cv2.resize(patch.grey, (across, down), interpolation=method)
    opacity = (
        np.full(grey.shape, 255, np.uint8)
        if patch.opacity is None
        else cv2.resize(patch.opacity, (across, down), interpolation=method)
    )
    source = np.array([[0, 0], [across, 0], [across, down], [0, down]], np.float32) - 0.5
    target = (quad - (x0, y0)).astype(np.float32) - 0.5
    warp = cv2.getPerspectiveTransform(source, target)
    size = (x1 - x0, y1 - y0)
    face = cv2.warpPerspective(grey, warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(opacity, warp, size, flags=cv2.INTER_LINEAR).astype(np.float32) / 255
    if look == 'retro':
        lit = face * rng.uniform(0.75, 1.25)
    else:
        lit = face * float(np.clip(rng.uniform(0.35, 0.75) + around / 255 * rng.uniform(0.3, 0.8), 0.08, 1.2))
        if rng.random() < 0.3:
            ramp = np.linspace(rng.uniform(0.6, 1), rng.uniform(0.6, 1), size[0], dtype=np.float32)
            lit = lit * ramp[None, :]
    if not is_plate:
        cover = cover * rng.uniform(0.6, 1.0)
    mixed = region * (1 - cover) + np.minimum(lit, 255) * cover
    blur = rng.uniform(0.2, 0.9) * min(2.0, 0.4 + down / 60)
    canvas[y0:y1, x0:x1] = np.clip(cv2.GaussianBlur(mixed, (0, 0), blur), 0, 255).astype(np.uint8)
    if look == 'retro' and rng.random() < 0.4:
        bloom(canvas, (x0, y0, x1, y1), float(rng.uniform(0.05, 0.3)), max(1.5, down / 6))


def bloom(canvas: np.ndarray, area: tuple[int, int, int, int], strength: float, spread: float) -> None:
    """Adds the glow that an over-lit plate leaves in the lens, in place."""
    x0, y0, x1, y1 = area
    piece = canvas[y0:y1, x0:x1].astype(np.float32)
    glow = cv2.GaussianBlur(piece, (0, 0), spread)
    canvas[y0:y1, x0:x1] = np.clip(piece + strength * glow, 0, 255).astype(np.uint8)


def darken_like_night(rng: Rng, canvas: np.ndarray) -> None:
    """Makes a day scene look as an infra-red camera sees it at night, in place."""
    level = np.exp(rng.uniform(np.log(0.04), np.log(0.5)))
    gamma = rng.uniform(0.8, 1.8)
    table = 255 * level * (np.arange(256) / 255) ** gamma + rng.uniform(0, 20)
    canvas[:] = cv2.LUT(canvas, np.clip(table, 0, 255).astype(np.uint8))
    side = canvas.shape[0]
    light = np.zeros(canvas.shape, np.float32)
    for _ in range(rng.integers(0, 5)):
        radius = int(np.exp(rng.uniform(np.log(2), np.log(side / 12))))
        x, y = (int(v) for v in rng.integers(0, side, 2))
        shape = (radius, max(1, int(radius * rng.uniform(0.4, 1))))
        cv2.ellipse(light, (x, y), shape, 0, 0, 360, float(rng.uniform(150, 600)), -1)
    if light.any():
        halo = cv2.GaussianBlur(light, (0, 0), side / rng.uniform(15, 50))
        canvas[:] = np.clip(canvas + cv2.GaussianBlur(light, (0, 0), 1) + halo, 0, 255).astype(np.uint8)


def worn_by_camera(rng: Rng, canvas: np.ndarray) -> np.ndarray:
    """The crop after lens, sensor and codec: blur, motion, contrast, gamma, noise, JPEG."""
    if rng.random() < 0.3:
        canvas = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.4, 1.4))
    if rng.random() < 0.15:
        length = int(rng.integers(3, 11))
        kernel = np.zeros((length, length), np.float32)
        kernel[length // 2 if rng.random() < 0.8 else slice(None), :] = 1
        canvas = cv2.filter2D(canvas, -1, kernel / kernel.sum())
    if rng.random() < 0.15:
        side = canvas.shape[0]
        small = int(side * rng.uniform(0.5, 0.9))
        canvas = cv2.resize(cv2.resize(canvas, (small, small), interpolation=cv2.INTER_AREA), (side, side))
    tone = np.arange(256) / 255
    tone = tone ** np.exp(rng.normal(0, 0.3))
    tone = (tone - 0.5) * np.exp(rng.normal(0, 0.25)) + 0.5 + rng.normal(0, 0.08)
    if rng.random() < 0.02:
        tone = 1 - tone
    canvas = cv2.LUT(canvas, np.clip(tone * 255, 0, 255).astype(np.uint8))
    if rng.random() < 0.6:
        noise = np.empty(canvas.shape, np.int16)
        cv2.randn(noise, 0, float(np.exp(rng.uniform(np.log(1.5), np.log(14)))))
        canvas = np.clip(canvas + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 95))]
        canvas = cv2.imdecode(cv2.imencode('.jpg', canvas, quality)[1], cv2.IMREAD_GRAYSCALE)
    return canvas
