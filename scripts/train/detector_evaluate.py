"""Measures detector weights on the sets that were never trained on, and on held-out training
pictures.

    detector_evaluate.py --weights WEIGHTS --data ../shared/data --cache CACHE --out FIGURES.json

Every picture goes through the product's own letterbox into 640×384.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import torch

from detector_cache import Store
from detector_crops import PLANS, make_crop
from detector_frame import Detector, find, letterbox, overlap
from detector_labels import QUAD_KNOWN
from detector_net import PlateNet
from detector_patches import load

THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
LOWEST = 0.08

Found = list[tuple[float, np.ndarray, np.ndarray]]
Figure = dict[str, str | float | int]


def load_detector(weights: Path) -> Detector:
    """The detector with the averaged weights of a training run."""
    net = PlateNet()
    net.load_state_dict(torch.load(weights)['weights'])
    return Detector(net).eval()


def detect_set(
    model: Detector, folder: Path, upscale: float
) -> list[tuple[list[np.ndarray], Found]]:
    """For each picture of a set its labelled boxes and what was found, both in picture pixels."""
    results = []
    for line in (folder / 'index.jsonl').read_text().splitlines():
        row = json.loads(line)
        if row.get('unlabelled'):
            continue
        grey = cv2.imread(str(folder / row['file']), cv2.IMREAD_GRAYSCALE)
        frame, scale = letterbox(grey, upscale)
        found = [(s, b / scale, q / scale) for s, b, q in find(model, frame, LOWEST)]
        results.append(([np.array(p['box']) for p in row['plates']], found))
    return results


def covers(box: np.ndarray, label: np.ndarray) -> bool:
    """The box holds the label's centre and is no wider than three times the label."""
    x, y = label[:2] + label[2:] / 2
    inside = box[0] < x < box[0] + box[2] and box[1] < y < box[1] + box[3]
    return bool(inside and box[2] < 3 * label[2])


def table(results: list[tuple[list[np.ndarray], Found]], threshold: float) -> dict[str, float]:
    """Shares at one threshold: found at IoU 0.5, centre covered; boxes on nothing a picture."""
    labels = hit = covered = false = 0
    overlaps = []
    for boxes, found in results:
        found = [f for f in found if f[0] >= threshold]
        labels += len(boxes)
        for box in boxes:
            best = max((overlap(f[1], box) for f in found), default=0.0)
            hit += best >= 0.5
            covered += any(covers(f[1], box) for f in found)
            if best > 0.3:
                overlaps.append(best)
        false += sum(
            all(overlap(f[1], b) < 0.1 and not covers(f[1], b) for b in boxes) for f in found
        )
    return {
        'labels': labels,
        'iou50': hit / max(1, labels),
        'covered': covered / max(1, labels),
        'falsePerPicture': false / max(1, len(results)),
        'meanIou': float(np.mean(overlaps)) if overlaps else 0.0,
    }


def edge_errors(model: Detector, store: Store, upscale: float) -> tuple[float, int]:
    """Mean distance of box edges from the label's, as a share of plate width; held-out pictures."""
    errors = []
    for entry in store.entries:
        if not entry.held_out or entry.rotated:
            continue
        grey = store.picture(entry)
        if entry.squared:
            grey = cv2.resize(grey, (entry.width * 4 // 3, entry.height))
        stretch = grey.shape[1] / entry.width
        frame, scale = letterbox(grey, upscale)
        found = find(model, frame, 0.2)
        for x, y, w, h in entry.boxes:
            label = np.array([x * stretch, y, w * stretch, h]) * scale
            best = max(found, key=lambda f: overlap(f[1], label), default=None)
            if best is None or overlap(best[1], label) < 0.3:
                continue
            low, high = best[1][:2] - label[:2], best[1][:2] + best[1][2:] - label[:2] - label[2:]
            errors.append(np.abs(np.concatenate([low, high])).mean() / label[2])
    return float(np.mean(errors)), len(errors)


def corner_errors(
    model: Detector, cache: Path, store: Store, crops: int
) -> dict[str, tuple[float, float, int]]:
    """Pasted plates in held-out scenes: mean corner error (share of width), share found, count."""
    patches = load(cache / 'patches.npz')
    held = [e for e in store.entries if e.held_out]
    names = sorted(
        {e.source_set for e in held}, key=lambda n: -sum(e.source_set == n for e in held)
    )
    groups = [[e for e in held if e.source_set == n] for n in names]
    out = {}
    for plan in PLANS:
        rng = np.random.default_rng(99)
        errors, total = [], 0
        for _ in range(crops):
            crop, rows = make_crop(rng, store, groups, patches, PLANS[plan])
            found = find(model, crop, 0.25)
            for row in rows[rows[:, 8] == QUAD_KNOWN]:
                quad = row[:8].reshape(4, 2)
                low, size = quad.min(0), np.ptp(quad, axis=0)
                total += 1
                best = max(
                    found, key=lambda f: overlap(f[1], np.array([*low, *size])), default=None
                )
                if best is not None and overlap(best[1], np.array([*low, *size])) >= 0.5:
                    errors.append(np.linalg.norm(best[2] - quad, axis=1).mean() / size[0])
        out[plan] = (float(np.mean(errors)) if errors else 1.0, len(errors) / max(1, total), total)
    return out


def measure(
    weights: Path, data: Path, cache: Path, upscale: float, threshold: float
) -> list[Figure]:
    """All figures; prints the tables on the way."""
    model = load_detector(weights)
    figures: list[Figure] = []
    wanted = {
        'cars433-kaggle': ('iou50', 'plates found at IoU 0.5'),
        'ucsd-calit2-ca': ('covered', 'plates whose centre is covered'),
        'french-fr': ('covered', 'plates whose centre is covered'),
        'openalpr-negatives': ('falsePerPicture', 'false boxes a picture'),
    }
    for name, (key, what) in wanted.items():
        results = detect_set(model, data / name, upscale)
        print(name)
        for t in sorted({*THRESHOLDS, threshold}):
            row = table(results, t)
            print(f'  {t:.2f} ' + ' '.join(f'{k} {v:.3f}' for k, v in row.items()), flush=True)
            if t == threshold:
                n = int(row['labels']) or len(results)
                figures.append({'set': name, 'what': what, 'value': round(row[key], 4), 'n': n})
    store = Store(cache)
    error, n = edge_errors(model, store, upscale)
    print(f"held-out pictures: edges off by {error:.4f} of the plate's width (n {n})")
    what = 'mean box edge error as a share of plate width, held-out pictures of the training sets'
    figures.append({'set': 'held-out', 'what': what, 'value': round(error, 4), 'n': n})
    for plan, (error, found, n) in corner_errors(model, cache, store, 400).items():
        print(f'pasted, {plan}: found {found:.3f}, corners off by {error:.4f} of the width (n {n})')
        what = f'mean corner error as a share of plate width, rendered plates, {plan} ones'
        figures.append({'set': 'rendered', 'what': what, 'value': round(error, 4), 'n': n})
        what = f'rendered plates found at IoU 0.5, score 0.25, {plan} ones'
        figures.append({'set': 'rendered', 'what': what, 'value': round(found, 4), 'n': n})
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--weights', type=Path, required=True)
    parser.add_argument('--data', type=Path, required=True)
    parser.add_argument('--cache', type=Path, required=True)
    parser.add_argument('--out', type=Path)
    parser.add_argument('--threshold', type=float, default=0.3)
    parser.add_argument(
        '--upscale', type=float, default=2.0, help='largest enlargement of a small picture'
    )
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    figures = measure(args.weights, args.data, args.cache, args.upscale, args.threshold)
    if args.out:
        args.out.write_text(json.dumps(figures, indent=2))


if __name__ == '__main__':
    main()
