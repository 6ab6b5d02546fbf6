"""Measures a detector on what may steer its training: held-out pictures of the training sets, the
same with their plates painted over (nothing to find), and rendered scenes (scenes.py).
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from .cache import Entry, Store
from .frame import Detector, find, letterbox, overlap

LOWEST = 0.05
"""Score below which nothing is kept."""

WIDTHS = (0, 30, 48, 80, 160, 320, 10_000)
"""Borders of the buckets of plate width, in pixels of a frame 640 wide."""

YAWS = (0, 15, 30, 51)
"""Borders of the buckets of yaw, in degrees."""


@dataclass(frozen=True)
class Match:
    """A labelled plate and what was found of it; corner error as a share of its width."""

    keys: tuple[str, ...]
    score: float
    """Best score of a find that overlaps it by half (IoU), 0 where there is none."""
    error: float


def real_picture(store: Store, entry: Entry, blank: bool) -> tuple[np.ndarray, float]:
    """A picture of the store in its true shape, and by how much it was widened."""
    grey = store.picture(entry, blank)
    if not entry.squared:
        return grey, 1.0
    return cv2.resize(grey, (entry.width * 4 // 3, entry.height)), 4 / 3


def held_out_pictures(model: Detector, store: Store, upscale: float) -> tuple[list[Match], float]:
    """Labelled plates of real held-out pictures; and the mean error of their box edges."""
    matches, errors = [], []
    for entry in store.entries:
        if not entry.held_out or entry.rotated:
            continue
        grey, stretch = real_picture(store, entry, False)
        frame, scale = letterbox(grey, upscale)
        found = find(model, frame, LOWEST)
        for x, y, w, h in entry.boxes:
            label = np.array([x * stretch, y, w * stretch, h]) * scale
            good = [f for f in found if overlap(f[1], label) >= 0.5]
            matches.append(Match((), max((f[0] for f in good), default=0.0), 0.0))
            best = max(good, key=lambda f: overlap(f[1], label), default=None)
            if best is not None:
                off = np.concatenate([best[1][:2], best[1][:2] + best[1][2:]])
                off -= np.concatenate([label[:2], label[:2] + label[2:]])
                errors.append(np.abs(off).mean() / label[2])
    return matches, float(np.mean(errors))


def plateless(model: Detector, store: Store, upscale: float) -> list[list[float]]:
    """Scores found in each held-out picture whose plates are painted over."""
    scores = []
    for entry in store.entries:
        if not entry.held_out or entry.rotated or not entry.blankable or entry.unsure:
            continue
        frame, _ = letterbox(real_picture(store, entry, True)[0], upscale)
        scores.append([f[0] for f in find(model, frame, LOWEST)])
    return scores


def bucket(value: float, borders: tuple[int, ...]) -> str:
    """Name of the bucket that the value falls into."""
    for low, high in pairwise(borders):
        if low <= value < high:
            return f'{low}-{high}' if high < 10_000 else f'{low}+'
    return 'beyond'


def scenes(model: Detector, folder: Path, upscale: float) -> tuple[list[Match], list[list[float]]]:
    """Plates of rendered scenes, and the scores of finds that touch none, picture by picture."""
    matches, false = [], []
    for line in (folder / 'index.jsonl').read_text().splitlines():
        row = json.loads(line)
        grey = cv2.imread(str(folder / row['file']), cv2.IMREAD_GRAYSCALE)
        frame, scale = letterbox(grey, upscale)
        found = find(model, frame, LOWEST)
        free = list(found)
        for plate in row['plates']:
            quad = np.array(plate['quad']) * scale
            label = np.array(plate['box']) * scale
            best = max(found, key=lambda f: overlap(f[1], label), default=None)
            free = [f for f in free if overlap(f[1], label) < 0.05]
            shape = 'wide' if plate['region'] == 'world' else 'us'
            wide = plate['width_px'] * scale
            keys = (
                row['look'],
                shape,
                f'width {bucket(wide, WIDTHS)}',
                f'yaw {bucket(abs(plate["yaw_deg"]), YAWS)}',
            )
            if best is None or overlap(best[1], label) < 0.5:
                matches.append(Match(keys, 0.0, 0.0))
                continue
            error = float(np.linalg.norm(best[2] - quad, axis=1).mean() / wide)
            matches.append(Match(keys, best[0], error))
        false.append([f[0] for f in free])
    return matches, false


def share(matches: list[Match], threshold: float) -> float:
    """Plates found at a threshold."""
    return sum(m.score >= threshold for m in matches) / max(1, len(matches))


def mean_error(matches: list[Match], threshold: float) -> float:
    """Mean corner error of those found; 1 where none is."""
    errors = [m.error for m in matches if m.score >= threshold]
    return float(np.mean(errors)) if errors else 1.0


def count(scores: list[list[float]], threshold: float) -> float:
    """Finds a picture at a threshold."""
    return sum(s >= threshold for row in scores for s in row) / max(1, len(scores))


def print_buckets(matches: list[Match], threshold: float) -> None:
    """A line for each look, shape, width and yaw: found, corner error, number."""
    by_key: dict[str, list[Match]] = defaultdict(list)
    for match in matches:
        for key in match.keys:
            by_key[key].append(match)
    for key in sorted(by_key):
        some = by_key[key]
        print(
            f'  {key:14} found {share(some, threshold):.3f}'
            f' corners {mean_error(some, threshold):.4f} n {len(some)}'
        )
