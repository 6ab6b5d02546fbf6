"""Marks places in the training pictures that look like plates but carry no label, so that they stop
counting as background.

    python3 -m detector.unlabelled --weights WEIGHTS --cache .cache/train/detector

Needs a trained detector; training then goes on with `detector.train --start`.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch

from .cache import Entry, Store, write_index
from .evaluate import load_detector
from .frame import Detector, find, letterbox, overlap

LOOKS_LIKE_A_PLATE = 0.5
"""Score from which an unlabelled place is doubted."""


def unlabelled(model: Detector, store: Store, entry: Entry) -> list[list[float]]:
    """Boxes (x, y, w, h in the entry's pixels) that score high and overlap no label."""
    grey = store.picture(entry)
    stretch = 4 / 3 if entry.squared else 1.0
    frame, scale = letterbox(cv2.resize(grey, (round(entry.width * stretch), entry.height)), 2.0)
    to_entry = np.array([1 / stretch, 1, 1 / stretch, 1]) / scale
    places = []
    for _, box, _ in find(model, frame, LOOKS_LIKE_A_PLATE):
        place = box * to_entry
        if all(overlap(place, np.array(b)) < 0.05 for b in entry.boxes):
            places.append([round(float(v), 1) for v in place])
    return places


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--weights', type=Path, required=True)
    parser.add_argument('--cache', type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    model = load_detector(args.weights)
    store = Store(args.cache)
    entries = [replace(e, unsure=unlabelled(model, store, e)) for e in store.entries]
    write_index(args.cache, entries)
    doubtful = [e for e in entries if e.unsure]
    print(f'{sum(len(e.unsure) for e in doubtful)} places in {len(doubtful)} pictures')


if __name__ == '__main__':
    main()
