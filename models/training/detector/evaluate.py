"""Measures detector weights on held-out training pictures and rendered scenes; for the last figure
also on the sets that neither train nor steer.

    python3 -m detector.evaluate --weights WEIGHTS --cache CACHE [--data ../shared/data] [--out FIGURES.json]

Every picture goes through the product's own letterbox into 640×384.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import cv2
import numpy as np
import torch

from .cache import Store
from .frame import Detector, find, letterbox, overlap
from .held_out import (
    LOWEST,
    count,
    held_out_pictures,
    mean_error,
    plateless,
    print_buckets,
    scenes,
    share,
)
from .net import PlateNet

THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)

YARDSTICKS = {
    'cars433-kaggle': ('iou50', 'plates found at IoU 0.5'),
    'ucsd-calit2-ca': ('covered', 'plates whose centre is covered'),
    'french-fr': ('covered', 'plates whose centre is covered'),
    'openalpr-negatives': ('falsePerPicture', 'false boxes a picture'),
}
"""Sets that neither train nor steer, and which figure counts."""

Found = list[tuple[float, np.ndarray, np.ndarray]]
Figure = dict[str, str | float | int]


def load_detector(weights: Path) -> Detector:
    """The detector with the averaged weights of a training run."""
    net = PlateNet()
    net.load_state_dict(torch.load(weights, map_location='cpu')['weights'])
    return Detector(net).eval()


def detect_set(model: Detector, folder: Path, upscale: float) -> list[tuple[list[np.ndarray], Found]]:
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
    for boxes, finds in results:
        found = [f for f in finds if f[0] >= threshold]
        labels += len(boxes)
        for box in boxes:
            best = max((overlap(f[1], box) for f in found), default=0.0)
            hit += best >= 0.5
            covered += any(covers(f[1], box) for f in found)
            if best > 0.3:
                overlaps.append(best)
        false += sum(all(overlap(f[1], b) < 0.1 and not covers(f[1], b) for b in boxes) for f in found)
    return {
        'labels': labels,
        'iou50': hit / max(1, labels),
        'covered': covered / max(1, labels),
        'falsePerPicture': false / max(1, len(results)),
        'meanIou': float(np.mean(overlaps)) if overlaps else 0.0,
    }


def measure_yardsticks(model: Detector, data: Path, upscale: float, threshold: float) -> list[Figure]:
    """Figures on the sets that neither train nor steer; prints their tables."""
    figures: list[Figure] = []
    for name, (key, what) in YARDSTICKS.items():
        results = detect_set(model, data / name, upscale)
        print(name)
        for t in sorted({*THRESHOLDS, threshold}):
            row = table(results, t)
            print(f'  {t:.2f} ' + ' '.join(f'{k} {v:.3f}' for k, v in row.items()), flush=True)
            if t == threshold:
                n = int(row['labels']) or len(results)
                figures.append({'set': name, 'what': what, 'value': round(row[key], 4), 'n': n})
    return figures


def measure_held_out(model: Detector, cache: Path, upscale: float, threshold: float) -> list[Figure]:
    """Figures that may steer: held-out pictures, the same without plates, rendered scenes."""
    figures: list[Figure] = []

    def add(name: str, what: str, value: float, n: int) -> None:
        # Where nothing was found there is no error to report, and NaN is not valid JSON.
        if not math.isnan(value):
            figures.append({'set': name, 'what': what, 'value': round(value, 4), 'n': n})

    store = Store(cache)
    real, edges = held_out_pictures(model, store, upscale)
    empty = plateless(model, store, upscale)
    print('held-out pictures, and the same with their plates painted over')
    for t in sorted({*THRESHOLDS, threshold}):
        print(f'  {t:.2f} found {share(real, t):.3f} false a picture {count(empty, t):.3f}')
    print(f'  box edges off by {edges:.4f} of the width')
    add('held-out', 'plates found at IoU 0.5, held-out pictures', share(real, threshold), len(real))
    add('held-out', 'mean box edge error as a share of plate width', edges, len(real))
    add('held-out', 'false boxes a plateless picture', count(empty, threshold), len(empty))
    for folder in sorted(cache.glob('scenes-*')):
        matches, false = scenes(model, folder, upscale)
        size = folder.name.removeprefix('scenes-')
        print(f'rendered scenes {size}')
        for t in sorted({*THRESHOLDS, threshold}):
            print(
                f'  {t:.2f} found {share(matches, t):.3f} corners {mean_error(matches, t):.4f}'
                f' false a picture {count(false, t):.3f}'
            )
        print_buckets(matches, threshold)
        found, error = share(matches, threshold), mean_error(matches, threshold)
        add('rendered', f'plates found at IoU 0.5, scenes {size}', found, len(matches))
        what = f'mean corner error as a share of plate width, scenes {size}'
        add('rendered', what, error, len(matches))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--weights', type=Path, required=True)
    parser.add_argument('--cache', type=Path, required=True)
    parser.add_argument(
        '--data', type=Path, help='measure the yardsticks there too: for the last figure only'
    )
    parser.add_argument('--out', type=Path)
    parser.add_argument('--threshold', type=float, default=0.25)
    parser.add_argument('--upscale', type=float, default=2.0, help='largest enlargement of a small picture')
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    model = load_detector(args.weights)
    figures = measure_held_out(model, args.cache, args.upscale, args.threshold)
    if args.data:
        yardsticks = measure_yardsticks(model, args.data, args.upscale, args.threshold)
        figures = yardsticks + figures
    if args.out:
        args.out.write_text(json.dumps(figures, indent=2, allow_nan=False))


if __name__ == '__main__':
    main()
