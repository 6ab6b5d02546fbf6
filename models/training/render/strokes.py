"""The characters of a stamped plate as parametric strokes.

A glyph is a list of polylines in a unit box (x to the right, y down). Each vertex is (x, y) or
(x, y, k): its corner is rounded with k times the style's radius. The same skeleton so gives
squared, round, narrow and wide characters, in any stroke width, with the shapes that US dies have
and typefaces have not: flat-topped A and 4, short-vertex M and W, flagless 1, serif I.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

_SUPERSAMPLE = 3
Point = tuple[float, ...]
Path = tuple[tuple[Point, ...], bool]


@dataclass(frozen=True)
class StrokeStyle:
    """Choices that hold for all characters of one plate."""

    radius: float  # corner radius as a share of the cell's width, 0.15 squared … 0.5 round
    serif_i: bool
    one: int  # 0 bare bar, 1 flag, 2 flag and foot
    flat_a: float  # width of the flat top of A, 0 pointed
    flat_four: float
    vertex: float  # how deep the middle of M and W goes
    slashed_zero: bool
    zero_squeeze: float  # 0 narrower than O by this share
    straight_six: bool
    bar_q: int
    four: int  # 0 closed, 1 open with two uprights, 2 a slope, a bar and a short upright
    slope_w: float  # how far the outer strokes of W lean in
    waist: float  # height of the middle bars
    flat_seven: bool
    round_d: bool


def random_style(rng: np.random.Generator) -> StrokeStyle:
    """Draws one plate's style."""
    one = int(rng.choice([0, 1, 1, 1, 2, 2]))
    return StrokeStyle(
        radius=float(rng.uniform(0.18, 0.5)),
        # Where I is a bare bar 1 mostly has a flag, otherwise they would look the same.
        serif_i=bool(rng.random() < (0.9 if one == 0 else 0.45)),
        one=one,
        flat_a=float(rng.choice([0.0, 0.18, 0.3, 0.45])),
        flat_four=float(rng.choice([0.0, 0.15, 0.3])),
        vertex=float(rng.choice([0.4, 0.55, 0.7, 1.0])),
        slashed_zero=bool(rng.random() < 0.06),
        zero_squeeze=float(rng.choice([0.0, 0.0, 0.1, 0.18])),
        straight_six=bool(rng.random() < 0.3),
        bar_q=int(rng.integers(3)),
        four=int(rng.choice([0, 0, 0, 0, 1, 2, 2])),
        slope_w=float(rng.uniform(0.04, 0.24)),
        waist=float(rng.uniform(0.44, 0.54)),
        flat_seven=bool(rng.random() < 0.3),
        round_d=bool(rng.random() < 0.4),
    )


def california_style(rng: np.random.Generator) -> StrokeStyle:
    """The dies of California: serif I, 1 with flag and foot, open 4, steep W with a short middle."""
    return StrokeStyle(
        radius=float(rng.uniform(0.3, 0.5)),
        serif_i=True,
        one=2 if rng.random() < 0.85 else 1,
        flat_a=float(rng.uniform(0.1, 0.3)),
        flat_four=0.0,
        vertex=float(rng.uniform(0.45, 0.65)),
        slashed_zero=False,
        zero_squeeze=float(rng.uniform(0, 0.12)),
        straight_six=bool(rng.random() < 0.4),
        bar_q=int(rng.integers(3)),
        four=2 if rng.random() < 0.75 else 0,
        slope_w=float(rng.uniform(0.03, 0.12)),
        waist=float(rng.uniform(0.44, 0.52)),
        flat_seven=bool(rng.random() < 0.3),
        round_d=bool(rng.random() < 0.2),
    )


def _open(*points: Point) -> Path:
    return points, False


def _closed(*points: Point) -> Path:
    return points, True


def _loop(x0: float, y0: float, x1: float, y1: float, left: float = 1, right: float = 1) -> Path:
    """A rounded box; `left` and `right` scale the rounding of the corners on that side."""
    return _closed((x0, y0, left), (x1, y0, right), (x1, y1, right), (x0, y1, left))


def _round_letters(s: StrokeStyle) -> dict[str, list[Path]]:
    w, z = s.waist, s.zero_squeeze / 2
    hook = 0.26
    d_side = 1.3 if s.round_d else 1.0
    tails = [
        _open((0.55, 0.72), (1.0, 1.03)),
        _open((0.6, 0.8), (0.92, 1.08)),
        _open((0.7, 0.66), (0.7, 0.85), (1.0, 1.02)),
    ]
    glyphs: dict[str, list[Path]] = {
        '0': [_loop(z, 0, 1 - z, 1)],
        'O': [_loop(0, 0, 1, 1)],
        'Q': [_loop(0, 0, 1, 1), tails[s.bar_q]],
        'D': [_loop(0, 0, 1, 1, left=0, right=d_side)],
        'C': [_open((1, hook), (1, 0, 1), (0, 0, 1), (0, 1, 1), (1, 1, 1), (1, 1 - hook))],
        'G': [_open((1, hook), (1, 0, 1), (0, 0, 1), (0, 1, 1), (1, 1, 1), (1, 0.55), (0.58, 0.55))],
        'J': [_open((1, 0), (1, 1, 1), (0, 1, 1), (0, 0.72))],
        'U': [_open((0, 0), (0, 1, 1), (1, 1, 1), (1, 0))],
        'S': [
            _open(
                (1, hook),
                (1, 0, 1),
                (0, 0, 1),
                (0, w, 1),
                (1, w, 1),
                (1, 1, 1),
                (0, 1, 1),
                (0, 1 - hook),
            )
        ],
        '5': [
            _open(
                (0.95, 0),
                (0.05, 0),
                (0.05, w - 0.04),
                (1, w - 0.04, 1),
                (1, 1, 1),
                (0, 1, 1),
                (0, 1 - hook),
            )
        ],
        '2': [_open((0, hook), (0, 0, 1), (1, 0, 1), (1, 0.45, 0.8), (0, 0.9, 0.3), (0, 1), (1, 1))],
        '3': [
            _open((0, hook), (0, 0, 1), (1, 0, 1), (1, w, 1), (0.4, w)),
            _open((0.4, w), (1, w, 1), (1, 1, 1), (0, 1, 1), (0, 1 - hook)),
        ],
        '8': [_loop(0.04, 0, 0.96, w), _loop(0, w, 1, 1)],
        'B': [_loop(0, 0, 0.94, w, left=0), _loop(0, w, 1, 1, left=0)],
        'P': [_open((0, 1), (0, 0), (1, 0, 1), (1, w + 0.06, 1), (0, w + 0.06))],
        'R': [
            _open((0, 1), (0, 0), (1, 0, 1), (1, w + 0.03, 1), (0, w + 0.03)),
            _open((0.45, w + 0.03), (1, 1)),
        ],
    }
    if s.straight_six:
        glyphs['6'] = [_open((0.72, 0), (0.05, 0.55, 0.6)), _loop(0, w - 0.06, 1, 1)]
        glyphs['9'] = [_open((0.28, 1), (0.95, 0.45, 0.6)), _loop(0, 0, 1, w + 0.1)]
    else:
        glyphs['6'] = [
            _open((1, hook), (1, 0, 1), (0, 0, 1), (0, 0.6)),
            _loop(0, w - 0.05, 1, 1),
        ]
        glyphs['9'] = [
            _open((0, 1 - hook), (0, 1, 1), (1, 1, 1), (1, 0.4)),
            _loop(0, 0, 1, w + 0.08),
        ]
    if s.slashed_zero:
        glyphs['0'].append(_open((0.85, 0.1), (0.15, 0.9)))
    return glyphs


def _straight_letters(s: StrokeStyle) -> dict[str, list[Path]]:
    w, v = s.waist, s.vertex
    a, f = s.flat_a / 2, s.flat_four
    ones = [
        [_open((0.5, 0), (0.5, 1))],
        [_open((0.2, 0.2), (0.5, 0), (0.5, 1))],
        [_open((0.2, 0.2), (0.5, 0), (0.5, 1)), _open((0.15, 1), (0.85, 1))],
    ]
    bar_i = [_open((0.5, 0), (0.5, 1))]
    serifs = [_open((0.15, 0), (0.85, 0)), _open((0.15, 1), (0.85, 1))]
    four_top = 0.72
    fours = [
        [
            _open(
                (four_top, 1),
                (four_top, 0),
                (four_top - 0.12 - f, 0),
                (0, 0.64),
                (0, 0.7),
                (1, 0.7),
            )
        ],
        [_open((0, 0), (0, 0.6), (1, 0.6)), _open((0.8, 0.3), (0.8, 1))],
        [_open((0.58, 0), (0, 0.7), (1, 0.7)), _open((0.7, 0.45), (0.7, 1))],
    ]
    lean = s.slope_w
    return {
        '1': ones[s.one],
        'I': bar_i + serifs if s.serif_i else bar_i,
        'A': [
            _open((0, 1), (0.5 - a, 0), (0.5 + a, 0), (1, 1)),
            _open((0.17 - a / 3, 0.68), (0.83 + a / 3, 0.68)),
        ],
        '4': fours[s.four],
        '7': [_open((0, 0), (1, 0), (1, 0.14), (0.45 if s.flat_seven else 0.3, 1))],
        'E': [_open((1, 0), (0, 0), (0, 1), (1, 1)), _open((0, w), (0.8, w))],
        'F': [_open((1, 0), (0, 0), (0, 1)), _open((0, w), (0.8, w))],
        'H': [_open((0, 0), (0, 1)), _open((1, 0), (1, 1)), _open((0, w), (1, w))],
        'K': [_open((0, 0), (0, 1)), _open((1, 0), (0, 0.62)), _open((0.35, 0.42), (1, 1))],
        'L': [_open((0, 0), (0, 1), (1, 1))],
        'M': [_open((0, 1), (0, 0), (0.5, v), (1, 0), (1, 1))],
        'N': [_open((0, 1), (0, 0), (1, 1), (1, 0))],
        'T': [_open((0, 0), (1, 0)), _open((0.5, 0), (0.5, 1))],
        'V': [_open((0, 0), (0.5 - a / 3, 1), (0.5 + a / 3, 1), (1, 0))],
        'W': [_open((0, 0), (lean, 1), (0.5, 1 - v), (1 - lean, 1), (1, 0))],
        'X': [_open((0, 0), (1, 1)), _open((1, 0), (0, 1))],
        'Y': [_open((0, 0), (0.5, 0.52), (1, 0)), _open((0.5, 0.52), (0.5, 1))],
        'Z': [_open((0, 0), (1, 0), (1, 0.06), (0, 0.94), (0, 1), (1, 1))],
    }


def glyph_paths(style: StrokeStyle) -> dict[str, list[Path]]:
    """The 36 skeletons of one style."""
    return {**_round_letters(style), **_straight_letters(style)}


def _rounded(points: np.ndarray, k: np.ndarray, radius: float, closed: bool) -> np.ndarray:
    """Replaces each corner with k > 0 by a curve that starts `radius * k` pixels before it."""
    n = len(points)
    out: list[np.ndarray] = []
    steps = np.linspace(0, 1, 7)[:, None]
    for i in range(n):
        if k[i] <= 0 or (not closed and i in (0, n - 1)):
            out.append(points[i][None])
            continue
        before, corner, after = points[i - 1], points[i], points[(i + 1) % n]
        ends = []
        for other in (before, after):
            leg = other - corner
            length = max(float(np.hypot(*leg)), 1e-6)
            ends.append(corner + leg / length * min(radius * k[i], length / 2))
        # A cubic with handles at 0.55 of the way is a quarter ellipse.
        c0 = ends[0] + (corner - ends[0]) * 0.55
        c1 = ends[1] + (corner - ends[1]) * 0.55
        t, u = steps, 1 - steps
        out.append(u**3 * ends[0] + 3 * u * u * t * c0 + 3 * u * t * t * c1 + t**3 * ends[1])
    return np.concatenate(out)


def draw_strokes(paths: list[Path], width: int, height: int, thickness: float, radius: float) -> np.ndarray:
    """Draws one glyph to fill a cell. Returns a uint8 mask [height, width], 255 inside.

    `thickness` in pixels; `radius` as a share of the cell's width.
    """
    s = _SUPERSAMPLE
    mask = np.zeros((height * s, width * s), np.uint8)
    inset = thickness * s / 2
    span = np.array([max(width * s - 2 * inset, 1), max(height * s - 2 * inset, 1)])
    for points, closed in paths:
        xy = np.array([p[:2] for p in points], np.float64) * span + inset
        k = np.array([p[2] if len(p) > 2 else 0 for p in points])
        line = _rounded(xy, k, radius * width * s, closed)
        cv2.polylines(
            mask,
            [np.round(line * 16).astype(np.int32)],
            closed,
            255,
            max(1, round(thickness * s)),
            cv2.LINE_AA,
            4,
        )
    return cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)
