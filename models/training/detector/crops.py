"""Makes training crops: a piece of a real scene, its plates as they are or replaced by pasted ones.

    python3 -m detector.crops --out .cache/train/detector     (until stopped; start it beside the trainer)

Most crops have their real plates painted over and rendered ones put in their place, because then
the four corners are known exactly while the car around them is real. Written in chunks that the
trainer picks up.
"""

from __future__ import annotations

import argparse
import multiprocessing
import signal
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from .cache import Entry, Store
from .labels import BLANK, BOX_ONLY, IGNORED, QUAD_KNOWN
from .paste import darken_like_night, paste_patch, quad_for, worn_by_camera
from .patches import Patch, load

MOST_PLATES = 10
"""Label rows a crop (labels.py)."""

Rng = np.random.Generator


@dataclass
class Scene:
    """A crop being composed. Spots and plates are in canvas pixels."""

    canvas: np.ndarray
    spots: list[np.ndarray] = field(default_factory=list)
    """(x, y, w, h) of plates that were painted over: good places to paste."""
    plates: list[tuple[np.ndarray, int]] = field(default_factory=list)
    """Corners [4,2] and kind."""


@dataclass(frozen=True)
class CropPlan:
    """What a pool of crops looks like: side in pixels and the range of plate widths in them."""

    side: int
    narrowest: float
    widest: float


PLANS = {'small': CropPlan(256, 12.0, 200.0), 'large': CropPlan(576, 120.0, 560.0)}


def lay_picture(
    scene: Scene,
    store: Store,
    entry: Entry,
    blank: bool,
    scale: tuple[float, float],
    origin: tuple[float, float],
    mirrored: bool,
) -> None:
    """Draws a scaled picture with its top left at `origin`; notes its plates or blank spots."""
    height, width = scene.canvas.shape
    sx, sy = scale
    ox, oy = origin
    ph, pw = entry.height, entry.width
    picture = store.picture(entry, blank)
    if mirrored:
        picture = picture[:, ::-1]
    a, b = max(0, int(-ox / sx)), max(0, int(-oy / sy))
    c, d = min(pw, int((width - ox) / sx) + 2), min(ph, int((height - oy) / sy) + 2)
    if c - a < 4 or d - b < 4:
        return
    part = picture[b:d, a:c]
    size = (max(1, round((c - a) * sx)), max(1, round((d - b) * sy)))
    part = cv2.resize(part, size, interpolation=cv2.INTER_AREA if sy < 1 else cv2.INTER_LINEAR)
    left, top = round(ox + a * sx), round(oy + b * sy)
    x0, y0, x1, y1 = (
        max(0, left),
        max(0, top),
        min(width, left + size[0]),
        min(height, top + size[1]),
    )
    if x1 <= x0 or y1 <= y0:
        return
    scene.canvas[y0:y1, x0:x1] = part[y0 - top : y1 - top, x0 - left : x1 - left]
    forget_covered(scene, x0, y0, x1, y1)
    kinds = [BLANK if blank else BOX_ONLY] * len(entry.boxes) + [IGNORED] * len(entry.unsure)
    for (x, y, w, h), kind in zip([*entry.boxes, *entry.unsure], kinds, strict=True):
        left_edge = pw - x - w if mirrored else x
        u, v, s, t = ox + left_edge * sx, oy + y * sy, w * sx, h * sy
        if kind == BLANK:
            scene.spots.append(np.array([u, v, s, t]))
        else:
            scene.plates.append((np.array([[u, v], [u + s, v], [u + s, v + t], [u, v + t]]), kind))


def forget_covered(scene: Scene, x0: float, y0: float, x1: float, y1: float) -> None:
    """Drops plates and spots that a new picture here hides; half-hidden ones are ignored."""

    def share(x: float, y: float, w: float, h: float) -> float:
        across = max(0.0, min(x1, x + w) - max(x0, x)) * max(0.0, min(y1, y + h) - max(y0, y))
        return across / max(1.0, w * h)

    scene.spots = [s for s in scene.spots if share(*s) == 0]
    kept = []
    for corners, kind in scene.plates:
        low, high = corners.min(0), corners.max(0)
        hidden = share(*low, *(high - low))
        if hidden < 0.9:
            kept.append((corners, kind if hidden == 0 else IGNORED))
    scene.plates = kept


def pick_entry(rng: Rng, groups: list[list[Entry]], blank: bool) -> Entry:
    """A random picture; the sets share the draws, so that no large set drowns a small one."""
    weights = (0.55, 0.3, 0.15)
    while True:
        group = groups[rng.choice(len(groups), p=weights)]
        entry = group[rng.integers(len(group))]
        if (entry.blankable if blank else not entry.rotated) and entry.boxes:
            return entry


def lay_main(
    rng: Rng, scene: Scene, store: Store, groups: list[list[Entry]], plan: CropPlan, blank: bool
) -> None:
    """Lays the main picture so that one of its plates is inside, at a width drawn from the plan."""
    entry = pick_entry(rng, groups, blank)
    stretch = rng.uniform(1.2, 1.5) if entry.squared else rng.uniform(0.95, 1.05)
    x, y, w, h = entry.boxes[rng.integers(len(entry.boxes))]
    wanted = np.exp(rng.uniform(np.log(plan.narrowest), np.log(plan.widest)))
    scale = min(wanted / max(4.0, w * stretch), 6.0 if blank else 3.5, 1.2 * plan.side / (h + 1))
    sx, sy = scale * stretch, scale
    side = scene.canvas.shape[0]
    margin_x, margin_y = min(side / 2, 0.55 * w * sx), min(side / 2, 0.6 * h * sy)
    centre_x = rng.uniform(margin_x, side - margin_x)
    centre_y = rng.uniform(margin_y, side - margin_y)
    origin = (centre_x - (x + w / 2) * sx, centre_y - (y + h / 2) * sy)
    mirrored = bool(rng.random() < 0.3)
    if mirrored:
        origin = (centre_x - (entry.width - x - w / 2) * sx, origin[1])
    # Fill what the main picture leaves free with others at a similar scale: small plates in
    # company.
    for _ in range(3 if entry.width * sx < side or entry.height * sy < side else 0):
        other = pick_entry(rng, groups, blank)
        extra = rng.uniform(1.2, 1.5) if other.squared else 1.0
        zoom = rng.uniform(0.6, 1.4) * 0.6 * side / other.height
        place = (rng.uniform(-0.3, 0.9) * side, rng.uniform(-0.3, 0.9) * side)
        lay_picture(scene, store, other, blank, (zoom * extra, zoom), place, False)
    lay_picture(scene, store, entry, blank, (sx, sy), origin, mirrored)


def lay_ground(rng: Rng, scene: Scene, store: Store, groups: list[list[Entry]]) -> None:
    """Fills the canvas: a plain shade (as letterbox bars are), or a piece of a plateless scene."""
    side = scene.canvas.shape[0]
    if rng.random() < 0.35:
        scene.canvas[:] = rng.choice([0, 114, rng.integers(256)])
        return
    entry = pick_entry(rng, groups, True)
    zoom = side / min(entry.height, entry.width) * rng.uniform(1.0, 2.0)
    origin = (
        -rng.uniform(0, entry.width * zoom - side),
        -rng.uniform(0, entry.height * zoom - side),
    )
    lay_picture(scene, store, entry, True, (zoom, zoom), origin, bool(rng.random() < 0.5))
    # Ground only: its blank spots stay blank.
    scene.spots = []


def paste_all(rng: Rng, scene: Scene, patches: dict[str, list[Patch]], night: bool, plan: CropPlan) -> None:
    """Puts plates on the blank spots, and distractors anywhere."""
    side = plan.side
    for _ in range(rng.integers(1, 6) if rng.random() < 0.6 else 0):
        patch = patches['distractor'][rng.integers(len(patches['distractor']))]
        tall = np.exp(rng.uniform(np.log(5), np.log(0.3 * side)))
        centre = rng.uniform(0, side, 2)
        quad = quad_for(rng, centre, tall * patch.grey.shape[1] / patch.grey.shape[0], tall)
        low, high = quad.min(0), quad.max(0)
        forget_covered(scene, low[0], low[1], high[0], high[1])
        paste_patch(rng, scene.canvas, patch, quad, 'plain')
    spots = list(scene.spots)
    if rng.random() < 0.18:
        width = np.exp(rng.uniform(np.log(plan.narrowest), np.log(0.6 * plan.widest)))
        spots.append(np.array([*rng.uniform(0, side - width, 2), width, width / 2]))
    for x, y, w, h in spots:
        if w < 9 or rng.random() < 0.08:
            continue
        group = 'world' if rng.random() < 0.36 else 'us-ir' if night and rng.random() < 0.85 else 'us-colour'
        patch = patches[group][rng.integers(len(patches[group]))]
        ratio = patch.grey.shape[1] / patch.grey.shape[0]
        width = min(np.sqrt(w * h * ratio) * rng.uniform(0.85, 1.2), 1.15 * plan.widest)
        quad = quad_for(rng, np.array([x + w / 2, y + h / 2]), width, width / ratio)
        low, high = quad.min(0), quad.max(0)
        scene.plates = [p for p in scene.plates if (p[0].min(0) > high).any() or (p[0].max(0) < low).any()]
        look = 'retro' if night and rng.random() < 0.8 else 'plain'
        paste_patch(rng, scene.canvas, patch, quad, look)
        scene.plates.append((quad, QUAD_KNOWN))


def label_rows(scene: Scene) -> np.ndarray:
    """float32 [MOST_PLATES, 9]; unused rows are zero. Cut or tiny plates become ignored ones."""
    side = scene.canvas.shape[0]
    rows = np.zeros((MOST_PLATES, 9), np.float32)
    kept: list[tuple[float, np.ndarray, int]] = []
    for corners, kind in scene.plates:
        low, high = corners.min(0), corners.max(0)
        seen = np.clip(high, 0, side) - np.clip(low, 0, side)
        if (seen <= 0).any():
            continue
        share = float(np.prod(seen) / max(1e-6, np.prod(high - low)))
        tiny = high[0] - low[0] < 11 or high[1] - low[1] < 4
        kept.append((share, corners, IGNORED if tiny or share < 0.85 else kind))
    kept.sort(key=lambda k: -k[0])
    for row, (_, corners, kind) in zip(rows, kept, strict=False):
        row[:8] = corners.ravel()
        row[8] = kind
    return rows


def make_crop(
    rng: Rng,
    store: Store,
    groups: list[list[Entry]],
    patches: dict[str, list[Patch]],
    plan: CropPlan,
) -> tuple[np.ndarray, np.ndarray]:
    """One crop: uint8 [side,side] and its label rows."""
    scene = Scene(np.zeros((plan.side, plan.side), np.uint8))
    night = bool(rng.random() < 0.25)
    lay_ground(rng, scene, store, groups)
    blank = night or bool(rng.random() < 0.6)
    lay_main(rng, scene, store, groups, plan, blank)
    if night:
        darken_like_night(rng, scene.canvas)
    paste_all(rng, scene, patches, night, plan)
    return worn_by_camera(rng, scene.canvas), label_rows(scene)


def write_chunks(out: Path, count: int, chunks: int, seed: int, rest: float, side: int, worker: int) -> None:
    """Writes chunk after chunk, over the oldest, until stopped; rests once all exist."""
    cv2.setNumThreads(1)
    store = Store(out)
    training = [e for e in store.entries if not e.held_out]
    names = sorted({e.source_set for e in training})
    groups = [[e for e in training if e.source_set == n] for n in names]
    groups.sort(key=len, reverse=True)
    patches = load(out / 'patches.npz')
    plans = {**PLANS, 'small': replace(PLANS['small'], side=side)}
    written = dict.fromkeys(plans, 0)
    while True:
        # Three chunks of small crops for one of a third as many large ones: about what is used.
        name = 'large' if written['small'] >= 3 * (written['large'] + 1) else 'small'
        rng = np.random.default_rng([seed, worker, list(plans).index(name), written[name]])
        size = count if name == 'small' else count // 3
        made = [make_crop(rng, store, groups, patches, plans[name]) for _ in range(size)]
        part = out / f'chunk-{worker}.part.npz'
        np.savez(part, crops=np.stack([m[0] for m in made]), labels=np.stack([m[1] for m in made]))
        part.rename(out / f'{name}-{worker:02d}-{written[name] % chunks:03d}.npz')
        written[name] += 1
        time.sleep(rest if written['small'] >= chunks else 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--count', type=int, default=480, help='crops in a chunk of small ones')
    parser.add_argument('--chunks', type=int, default=24, help='chunks of each size to keep')
    parser.add_argument(
        '--rest',
        type=float,
        default=0,
        help='seconds of rest after each chunk, to spare the machine',
    )
    parser.add_argument('--workers', type=int, default=1, help='processes that make crops')
    parser.add_argument('--side', type=int, default=256, help='of a small crop, in pixels')
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    # A plain kill must end the makers too: they are daemons of this process.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    each = max(2, args.chunks // args.workers)
    makers = [
        multiprocessing.Process(
            target=write_chunks,
            args=(args.out, args.count, each, args.seed, args.rest, args.side, worker),
            daemon=True,
        )
        for worker in range(args.workers)
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()


if __name__ == '__main__':
    main()
