"""What sits on a plate beside its serial: stickers, emblems, stacked letters, bolts, rim, frame.

All of it is there to be ignored by the reader: plates drawn without it teach a net to read a star
as B and a stacked letter as part of the number.
"""

from __future__ import annotations

import cv2
import numpy as np

from . import fonts, paint
from .face import LETTERING_PX, Palette, draw_line
from .texts import DIGITS, LETTERS

_MONTHS = ('JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC')
_DEALERS = (
    'VALLEY MOTORS',
    'AUTO CENTER',
    'CITY TOYOTA',
    'Sunrise Honda',
    'MY OTHER CAR IS A BOAT',
    'Dealer Direct',
    'ALUMNI',
    'WORLD CHAMPIONS',
    'CLASSIC CARS',
    'Bay Ford',
    'LUXURY AUTO',
    'KEEP BACK',
    'Family First',
)


def draw_stickers(
    rng: np.random.Generator, canvas: np.ndarray, palette: Palette, top: float, bottom: float
) -> None:
    """Month and year stickers in the corners, or the empty boxes meant for them."""
    height, width = canvas.shape[:2]
    for left in (True, False):
        if rng.random() > 0.6:
            continue
        on_top = rng.random() < 0.75
        room = top if on_top else 1 - bottom
        h = min(rng.uniform(0.1, 0.2), room + 0.05) * height
        w = h * rng.uniform(1.0, 2.0)
        x = rng.uniform(0.01, 0.06) * width
        x = x if left else width - x - w
        y = rng.uniform(0.01, 0.05) * height
        y = y if on_top else height - y - h
        colour = paint.jitter_colour(
            rng, rng.uniform(30, 250, 3) if palette.graphics > 0.55 else palette.accent, 10
        )
        ink = np.full(3, 235.0 if colour.mean() < 120 else 25.0, np.float32)
        box = np.full((round(h), round(w)), 255, np.uint8)
        alpha = min(palette.graphics + 0.3, 1)
        if rng.random() < 0.85:
            paint.blend(canvas, box, colour, round(x), round(y), alpha)
        elif rng.random() < 0.6:
            cv2.rectangle(
                canvas,
                (round(x), round(y)),
                (round(x + w), round(y + h)),
                palette.accent.tolist(),
                1,
            )
            continue
        else:
            ink = palette.accent
        text = _MONTHS[int(rng.integers(12))] if left or rng.random() < 0.2 else f'{rng.integers(2003, 2027)}'
        if rng.random() < 0.3:
            text = text[-2:]
        font = fonts.lettering_fonts()[int(rng.integers(len(fonts.lettering_fonts())))]
        mask = paint.fit(
            fonts.lettering(text, font, LETTERING_PX),
            w * rng.uniform(0.5, 0.85),
            h * rng.uniform(0.35, 0.75),
        )
        paint.blend(
            canvas,
            mask,
            ink,
            round(x + (w - mask.shape[1]) / 2),
            round(y + (h - mask.shape[0]) / 2),
            alpha,
        )


def _shape(rng: np.random.Generator) -> np.ndarray:
    """A pictogram or a silhouette. uint8 mask."""
    if rng.random() < 0.4:
        return fonts.emblem(fonts.EMBLEMS[int(rng.integers(len(fonts.EMBLEMS)))])
    return paint.blob(rng, 64)


def draw_emblem(
    rng: np.random.Generator,
    canvas: np.ndarray,
    palette: Palette,
    x: float,
    y: float,
    w: float,
    h: float,
) -> None:
    """A picture made of one to five shapes inside a box given in pixels, in place."""
    colours = [palette.accent, palette.characters, palette.background]
    if palette.graphics > 0.55:
        colours += [paint.jitter_colour(rng, palette.accent, 60), rng.uniform(0, 255, 3)]
    mask = _shape(rng)
    whole = paint.fit(mask, w, h) if rng.random() < 0.6 else paint.fit_height(mask, min(w, h), w)
    ax, ay = x + (w - whole.shape[1]) / 2, y + (h - whole.shape[0]) / 2
    alpha = palette.graphics * float(rng.uniform(0.35, 1))
    first = colours[int(rng.integers(2))]
    if rng.random() < 0.25:
        edge = cv2.morphologyEx(whole, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
        whole = edge
    paint.blend(canvas, whole, first, round(ax), round(ay), alpha)
    for _ in range(int(rng.choice([0, 0, 1, 2, 4]))):
        scale = rng.uniform(0.25, 0.7, 2)
        part = paint.fit(_shape(rng), whole.shape[1] * scale[0], whole.shape[0] * scale[1])
        px = ax + rng.uniform(0, whole.shape[1] - part.shape[1] + 1)
        py = ay + rng.uniform(0, whole.shape[0] - part.shape[0] + 1)
        paint.blend(canvas, part, colours[int(rng.integers(len(colours)))], round(px), round(py), alpha)


def draw_stacked(
    rng: np.random.Generator,
    canvas: np.ndarray,
    palette: Palette,
    x: float,
    y: float,
    w: float,
    h: float,
) -> None:
    """Small letters one above the other beside the serial; not part of the text."""
    count = int(rng.integers(2, 5))
    font = fonts.serial_fonts()[int(rng.integers(len(fonts.serial_fonts())))]
    step = h / count
    for i in range(count):
        pool = LETTERS if rng.random() < 0.8 else DIGITS
        mask = paint.fit(fonts.glyph(pool[int(rng.integers(len(pool)))], font), w * 0.8, step * 0.78)
        paint.blend(canvas, mask, palette.characters, round(x), round(y + i * step), 1.0)


_USES = (
    'DEALER NEW CAR-DEALER EXEMPT GOVERNMENT STATE-OWNED MUNICIPAL TRUCK TRAILER FARM COMMERCIAL '
    'APPORTIONED FLEET DISABLED VETERAN CLASSIC ANTIQUE HISTORICAL-VEHICLE PASSENGER TAXI PERMANENT'
).split()


def draw_use(
    rng: np.random.Generator, canvas: np.ndarray, palette: Palette, top: float, bottom: float
) -> None:
    """What the vehicle is for, in bold letters over or under the serial, and perhaps an exempt
    vehicle's E in its diamond; neither is part of the text. In place."""
    height, width = canvas.shape[:2]
    room = (1 - bottom) if rng.random() < 0.7 else top
    size = min(rng.uniform(0.07, 0.13), room - 0.03)
    if size > 0.04:
        y = bottom + rng.uniform(0.01, room - size) if room == 1 - bottom else rng.uniform(0.01, room - size)
        word = _USES[int(rng.integers(len(_USES)))].replace('-', ' ')
        font = fonts.lettering_fonts()[int(rng.integers(len(fonts.lettering_fonts())))]
        draw_line(rng, canvas, word, font, palette.characters, size * height, y * height, 0.95, 0.5,
                  float(rng.uniform(0.3, 0.6)))  # fmt: skip
    if rng.random() < 0.25:
        side = height * rng.uniform(0.1, 0.18)
        cx, cy = width * rng.uniform(0.04, 0.12), height * rng.uniform(0.06, 0.16)
        corners = np.array([[0, -1], [1, 0], [0, 1], [-1, 0]]) * side * 0.7 + [cx, cy]
        cv2.polylines(canvas, [np.round(corners).astype(np.int32)], True, palette.characters.tolist(), 1, cv2.LINE_AA)  # fmt: skip
        mask = paint.fit_height(fonts.glyph('E', fonts.serial_fonts()[0]), side * 0.6, side)
        paint.blend(canvas, mask, palette.characters, round(cx - mask.shape[1] / 2), round(cy - side * 0.3))


def draw_bolts(rng: np.random.Generator, canvas: np.ndarray) -> None:
    """Holes and bolts at the usual places, in place."""
    height, width = canvas.shape[:2]
    inset = rng.uniform(0.16, 0.24)
    radius = height * rng.uniform(0.015, 0.045)
    for fx in (inset, 1 - inset):
        for fy in (rng.uniform(0.06, 0.1), rng.uniform(0.9, 0.94)):
            if rng.random() > 0.65:
                continue
            centre = (round(fx * width), round(fy * height))
            shade = float(rng.uniform(10, 200))
            if rng.random() < 0.3:
                cv2.ellipse(
                    canvas,
                    centre,
                    (round(radius * 1.8), round(radius)),
                    0,
                    0,
                    360,
                    (shade,) * 3,
                    -1,
                    cv2.LINE_AA,
                )
                continue
            cv2.circle(canvas, centre, max(round(radius), 1), (shade,) * 3, -1, cv2.LINE_AA)
            glint = (centre[0] - round(radius * 0.4), centre[1] - round(radius * 0.4))
            cv2.circle(
                canvas,
                glint,
                max(round(radius * 0.4), 1),
                (min(shade + 90, 255),) * 3,
                -1,
                cv2.LINE_AA,
            )


def draw_rim(rng: np.random.Generator, canvas: np.ndarray, palette: Palette) -> None:
    """The pressed or painted line along the edge, in place."""
    height, width = canvas.shape[:2]
    inset = round(height * rng.uniform(0.01, 0.04))
    colour = palette.characters if rng.random() < 0.4 else palette.background * rng.uniform(0.6, 1.1)
    thick = int(rng.integers(1, 3))
    cv2.rectangle(
        canvas,
        (inset, inset),
        (width - 1 - inset, height - 1 - inset),
        np.clip(colour, 0, 255).tolist(),
        thick,
        cv2.LINE_AA,
    )


def draw_frame(rng: np.random.Generator, canvas: np.ndarray, top: float, bottom: float) -> None:
    """A dealer's frame over the edges, with or without words, in place.

    Now and then it covers the feet or heads of the characters a little, as real ones do.
    """
    if rng.random() < 0.35:
        top, bottom = top + 0.02, bottom - rng.uniform(0.01, 0.045)
    height, width = canvas.shape[:2]
    shade = float(rng.choice([rng.uniform(5, 60), rng.uniform(120, 250)]))
    colour = np.clip(shade + rng.normal(0, 10, 3), 0, 255)
    upper = max(round(height * min(rng.uniform(0.02, 0.15), top - 0.03)), 2)
    lower = round(height * min(rng.uniform(0.02, 0.26), 1 - bottom - rng.uniform(-0.015, 0.03)))
    lower = max(lower, 2)
    side = round(width * rng.uniform(0.005, 0.03))
    canvas[:upper], canvas[height - lower :] = colour, colour
    canvas[:, :side], canvas[:, width - side :] = colour, colour
    ink = np.full(3, 230.0 if shade < 110 else 25.0)
    for strip, y in ((upper, 0), (lower, height - lower)):
        if strip < height * 0.06 or rng.random() < 0.4:
            continue
        font = fonts.lettering_fonts()[int(rng.integers(len(fonts.lettering_fonts())))]
        words = _DEALERS[int(rng.integers(len(_DEALERS)))]
        size = strip * rng.uniform(0.45, 0.75)
        draw_line(
            rng,
            canvas,
            words,
            font,
            ink,
            size,
            y + (strip - size) / 2,
            1.0,
            0.5,
            float(rng.uniform(0.4, 0.85)),
        )
