"""The plate's colours, background and lettering."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from . import fonts, paint
from .states import COLOURS, ISSUERS

LETTERING_PX = 40


@dataclass(frozen=True)
class Palette:
    """Colours of one plate, float RGB. `graphics` is the alpha of all that is not the serial."""

    background: np.ndarray
    characters: np.ndarray
    accent: np.ndarray
    graphics: float


def _random_scheme(rng: np.random.Generator) -> tuple[str, str, str]:
    names = list(COLOURS)
    while True:
        chosen = [names[int(i)] for i in rng.integers(len(names), size=3)]
        luma = [float(np.dot(COLOURS[c], (0.3, 0.59, 0.11))) for c in chosen]
        if abs(luma[0] - luma[1]) > 75:
            return chosen[0], chosen[1], chosen[2]


def draw_palette(rng: np.random.Generator, state: str, look: str) -> Palette:
    """Colours by issuer, now and then any; for the infra-red look only greys.

    Under infra-red light the sheeting shines, most inks turn dark or vanish and the graphics fade;
    an eighth of the plates stay dark with light characters (old non-reflective ones).
    """
    schemes = ISSUERS[state].schemes
    names = schemes[int(rng.integers(len(schemes)))] if rng.random() < 0.8 else _random_scheme(rng)
    if look == 'ir':
        bright, dark = rng.uniform(170, 255), rng.uniform(10, 120)
        if rng.random() < 0.12:
            bright, dark = rng.uniform(12, 80), rng.uniform(140, 250)
        elif rng.random() < 0.15:
            # An ink that nearly vanishes in infra-red, or turns lighter than the sheeting.
            dark = bright + rng.uniform(-75, -28) if rng.random() < 0.7 else bright + 45
            bright, dark = (bright, dark) if dark < 250 else (bright - 60, bright)
        accent = bright + (dark - bright) * rng.uniform(0.1, 0.9)
        grey = [np.full(3, v, np.float32) for v in (bright, dark, accent)]
        return Palette(grey[0], grey[1], grey[2], float(rng.uniform(0.03, 0.6)))
    colours = [paint.jitter_colour(rng, COLOURS[name], 12) for name in names]
    return Palette(colours[0], colours[1], colours[2], float(rng.uniform(0.6, 1.0)))


def _scenery(rng: np.random.Generator, canvas: np.ndarray, colours: list[np.ndarray], alpha: float) -> None:
    """Hills, a skyline or a coast across the lower or middle part, in place."""
    height, width = canvas.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        knots = rng.uniform(0.35, 0.95, int(rng.integers(3, 12)))
        line = cv2.resize(knots.astype(np.float32)[None], (width, 1), interpolation=cv2.INTER_LINEAR)[0]
        mask = (np.arange(height)[:, None] / height > line[None]).astype(np.uint8) * 255
        colour = colours[int(rng.integers(len(colours)))]
        paint.blend(canvas, mask, colour, 0, 0, alpha * float(rng.uniform(0.15, 0.6)))


def draw_background(rng: np.random.Generator, canvas: np.ndarray, palette: Palette) -> None:
    """Fills the canvas: plain, gradient, bands, scenery or clouds, in place."""
    height, width = canvas.shape[:2]
    canvas[:] = palette.background
    light = np.clip(palette.background * 0.4 + 150, 0, 255)
    extra = [palette.accent, light]
    if palette.graphics > 0.55:
        names = list(COLOURS)
        extra += [np.asarray(COLOURS[names[int(i)]], np.float32) for i in rng.integers(len(names), size=2)]
    other = extra[int(rng.integers(len(extra)))]
    alpha = palette.graphics
    dark_ink = palette.characters.mean() < palette.background.mean()
    if dark_ink and other.mean() < palette.characters.mean() + 70:
        other = light
    roll = rng.random()
    if roll < 0.42:
        return
    if roll < 0.62:
        ramp = np.linspace(0, 255, height) ** float(rng.choice([0.9, 1.0]))
        if rng.random() < 0.5:
            ramp = ramp[::-1]
        if rng.random() < 0.3:
            ramp = np.abs(ramp - 127) * 2
        mask = np.repeat(np.clip(ramp, 0, 255)[:, None], width, 1).astype(np.uint8)
        paint.blend(canvas, mask, other, 0, 0, alpha * float(rng.uniform(0.3, 0.95)))
    elif roll < 0.75:
        band = round(height * rng.uniform(0.14, 0.28))
        mask = np.full((band, width), 255, np.uint8)
        colour = palette.accent if rng.random() < 0.6 else other
        paint.blend(canvas, mask, colour, 0, 0, alpha * float(rng.uniform(0.4, 1)))
        if rng.random() < 0.5:
            paint.blend(canvas, mask, colour, 0, height - round(band * rng.uniform(0.5, 1)), alpha)
    elif roll < 0.9:
        bright = [c for c in extra if not dark_ink or c.mean() > palette.characters.mean() + 60]
        _scenery(rng, canvas, bright or [light], alpha)
    else:
        cloud = (paint.smooth_noise(rng, height, width, 8) * 255).astype(np.uint8)
        paint.blend(canvas, cloud, other, 0, 0, alpha * float(rng.uniform(0.1, 0.4)))


def draw_line(
    rng: np.random.Generator,
    canvas: np.ndarray,
    text: str,
    font: str,
    colour,
    height: float,
    y: float,
    alpha: float,
    centre: float = 0.5,
    most_wide: float = 0.6,
) -> None:
    """One line of lettering centred on `centre` (share of the width); y is its top in pixels."""
    width = canvas.shape[1]
    mask = paint.fit_height(fonts.lettering(text, font, LETTERING_PX), height, width * most_wide)
    if rng.random() < 0.3:
        mask = cv2.dilate(mask, np.ones((2, 2), np.uint8))
    paint.blend(canvas, mask, colour, round(width * centre - mask.shape[1] / 2), round(y), alpha)


def draw_lettering(
    rng: np.random.Generator,
    canvas: np.ndarray,
    state: str,
    palette: Palette,
    top: float,
    bottom: float,
) -> None:
    """State name and slogan above and below the serial (which spans `top`…`bottom`, shares)."""
    height = canvas.shape[0]
    issuer = ISSUERS[state]
    pool = fonts.script_fonts() if rng.random() < 0.35 else fonts.lettering_fonts()
    font = pool[int(rng.integers(len(pool)))]
    name = issuer.name
    is_script = font in fonts.script_fonts()
    if not is_script and rng.random() < 0.7:
        name = name.upper()
    if rng.random() < 0.12:
        name = f'{rng.integers(19, 21)} {name} {rng.integers(10, 99)}'
    colour = palette.accent if rng.random() < 0.8 else palette.characters
    alpha = palette.graphics * float(rng.uniform(0.6, 1))
    over = min(0.06 if is_script else 0.0, top - 0.12)
    size = min(rng.uniform(0.11, 0.2 if is_script else 0.16), top + over - 0.03)
    small = min(rng.uniform(0.05, 0.1), 1 - bottom - 0.03)
    name_on_top = rng.random() < 0.82
    slogan = issuer.slogans[int(rng.integers(len(issuer.slogans)))]
    if rng.random() < 0.3:
        slogan = slogan.upper()
    slogan_font = fonts.lettering_fonts()[int(rng.integers(len(fonts.lettering_fonts())))]
    if not name_on_top:
        size, small = min(size, 1 - bottom - 0.02), min(small + 0.02, top - 0.03)
    if rng.random() < 0.93 and size > 0.03:
        y = (
            rng.uniform(0.02, max(top + over - size, 0.021))
            if name_on_top
            else 1 - size - rng.uniform(0.01, 0.03)
        )
        draw_line(
            rng,
            canvas,
            name,
            font,
            colour,
            size * height,
            y * height,
            alpha,
            0.5 + float(rng.normal(0, 0.02)),
            float(rng.uniform(0.3, 0.66)),
        )
    if rng.random() < 0.72 and small > 0.03:
        y = (
            1 - small - rng.uniform(0.015, 0.045)
            if name_on_top
            else rng.uniform(0.02, max(top - small, 0.021))
        )
        draw_line(
            rng,
            canvas,
            slogan,
            slogan_font,
            palette.accent if rng.random() < 0.6 else palette.characters,
            small * height,
            y * height,
            alpha,
            0.5 + float(rng.normal(0, 0.03)),
            float(rng.uniform(0.3, 0.7)),
        )
