"""Fits what the recogniser says of its own sureness: temperature, `readAt` and `stateAt`.

All of it on plates that were neither trained on nor belong to a yardstick: held-out US crops as they
are and as a poorer camera would show them, and drawn plates (all conditions, both looks, two rows,
elsewhere). Thresholds are fitted to what the daemon's own reader says of them (scripts/evaluation/recogniser-reads.ts).
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

import datasets
from augment import Shot, shoot

from .data import plain_crop
from .evaluate import outputs, rendered_set
from .net import ALPHABET, BLANK, Recogniser

_DRAWN = 840
_SEED_OF_DRAWN = 2
_MOST_WRONG = 0.025
_MOST_WRONG_STATES = 0.05
_BINS = 10
_SCRIPTS = datasets.ROOT / 'scripts'


@dataclass(frozen=True)
class Plate:
    """One picture to calibrate on. text: '' where it is not known; state: None where there is none."""

    path: Path
    text: str
    state: str | None
    real: bool


def plates() -> list[Plate]:
    """Writes the pictures to the cache; a third of the real ones as they are, the others degraded."""
    folder = datasets.CACHE / 'calibration'
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(2612)
    found = []
    for number, crop in enumerate(datasets.held_out_crops()):
        for copy in range(3):
            path = folder / f'{number:04d}-{copy}.png'
            image = crop.image
            if copy:
                image = shoot(rng, image, [], Shot(0.6, tidy=copy == 1)).image
            cv2.imwrite(str(path), image)
            found.append(Plate(path, crop.text, crop.state, True))
    drawn = rendered_set(_SEED_OF_DRAWN, _DRAWN)
    found += [
        Plate(drawn / line['file'], line['plates'][0]['text'], None, False)
        for line in datasets.lines_of(drawn / 'index.jsonl')
    ]
    return found


def _greedy(probabilities: np.ndarray) -> list[tuple[str, float]]:
    """Characters of one crop's best path with their probabilities. probabilities [T, 37]."""
    found, previous = [], BLANK
    for row in probabilities:
        chosen = int(row.argmax())
        if chosen not in (BLANK, previous):
            found.append((ALPHABET[chosen - 1], float(row[chosen])))
        elif chosen != BLANK:
            found[-1] = (found[-1][0], max(found[-1][1], float(row[chosen])))
        previous = chosen
    return found


def _matched(read: str, truth: str) -> list[bool]:
    """Which characters of a read stand in the cheapest alignment with the truth."""
    n, m = len(read), len(truth)
    cost = np.zeros((n + 1, m + 1), int)
    cost[:, 0], cost[0] = np.arange(n + 1), np.arange(m + 1)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            same = cost[i - 1, j - 1] + (read[i - 1] != truth[j - 1])
            cost[i, j] = min(same, cost[i - 1, j] + 1, cost[i, j - 1] + 1)
    right, i, j = [False] * n, n, m
    while i > 0 and j > 0:
        differs = read[i - 1] != truth[j - 1]
        if cost[i, j] == cost[i - 1, j - 1] + differs:
            right[i - 1] = not differs
            i, j = i - 1, j - 1
        elif cost[i, j] == cost[i - 1, j] + 1:
            i -= 1
        else:
            j -= 1
    return right


def _claims(logits: torch.Tensor, known: list[Plate], temperature: float) -> np.ndarray:
    """What is claimed of each character read and whether it is right. float [n, 2]."""
    rows = []
    for step, plate in zip((logits / temperature).softmax(2).numpy(), known, strict=True):
        read = _greedy(step)
        fold = datasets.fold if plate.real else str
        right = _matched(fold(''.join(c for c, _ in read)), fold(plate.text))
        rows += [(p, ok) for (_, p), ok in zip(read, right, strict=True)]
    return np.array(rows, float)


def _bins(claims: np.ndarray) -> list[dict]:
    place = np.minimum((claims[:, 0] * _BINS).astype(int), _BINS - 1)
    return [
        {
            'from': round(b / _BINS, 1),
            'n': int((place == b).sum()),
            'stated': round(float(claims[place == b, 0].mean()), 3),
            'right': round(float(claims[place == b, 1].mean()), 3),
        }
        for b in range(_BINS)
        if (place == b).any()
    ]


def _error(bins: list[dict]) -> float:
    """Expected calibration error."""
    total = sum(b['n'] for b in bins)
    return sum(b['n'] / total * abs(b['stated'] - b['right']) for b in bins)


@dataclass(frozen=True)
class Temperature:
    """What the logits are divided by, and the character probabilities' reliability before and after."""

    value: float
    error_before: float
    error_after: float
    before: list[dict]
    after: list[dict]


def fit_temperature(net: Recogniser, known: list[Plate]) -> Temperature:
    """The temperature of the least log loss over the characters read."""
    known = [p for p in known if p.text]
    images = [plain_crop(datasets.picture(p.path)) for p in known]
    logits, _, rows = outputs(net, images)
    single = rows[:, 0] < 0
    logits, known = logits[single], [p for p, s in zip(known, single.tolist(), strict=True) if s]
    losses = {}
    for value in np.arange(0.6, 2.05, 0.05):
        claims = _claims(logits, known, float(value))
        p = np.clip(claims[:, 0], 1e-3, 1 - 1e-3)
        losses[float(value)] = float(-np.where(claims[:, 1] > 0, np.log(p), np.log(1 - p)).mean())
    best = min(losses, key=losses.__getitem__)
    before, after = (_bins(_claims(logits, known, t)) for t in (1.0, best))
    return Temperature(round(best, 2), round(_error(before), 4), round(_error(after), 4), before, after)


@dataclass(frozen=True)
class Thresholds:
    """Least confidences to report a text and a state, and what they came to."""

    read_at: float
    wrong: float
    given: float
    plates: int
    state_at: float
    states_wrong: float
    states_given: float
    states: int


def _least(sure: np.ndarray, right: np.ndarray, most_wrong: float) -> tuple[float, float, float]:
    """The lowest threshold with at most this share wrong above it; the share; how many are given.

    Where none keeps to the share, nothing is to be given.
    """
    order = np.argsort(-sure)
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(wrong <= most_wrong)
    if not len(good):
        return 1.0, 0.0, 0.0
    last = int(good[-1])
    return float(sure[order[last]]), float(wrong[last]), (last + 1) / len(order)


def fit_thresholds(models: Path, known: list[Plate]) -> Thresholds:
    """Reads everything with the models in a folder, as the daemon would."""
    command = [_SCRIPTS / 'node', 'node', _SCRIPTS / 'evaluation' / 'recogniser-reads.ts', models]
    answer = subprocess.run(
        [str(part) for part in command],
        input='\n'.join(str(p.path) for p in known),
        capture_output=True,
        text=True,
        check=True,
    )
    reads = [json.loads(line) for line in answer.stdout.splitlines()]
    texts = [(r, p) for r, p in zip(reads, known, strict=True) if p.text]
    sure = np.array([r['sureness'] for r, _ in texts])
    right = np.array(
        [
            datasets.fold(r['plate']) == datasets.fold(p.text)
            if p.real
            else r['plate'].replace('O', '0') == p.text.replace('O', '0')
            for r, p in texts
        ]
    )
    read_at, wrong, given = _least(sure, right, _MOST_WRONG)
    states = [(r, p) for r, p in zip(reads, known, strict=True) if p.state]
    state_sure = np.array([r['p'] if r['state'] else 0.0 for r, _ in states])
    state_right = np.array([r['state'] == p.state for r, p in states])
    state_at, states_wrong, states_given = _least(state_sure, state_right, _MOST_WRONG_STATES)
    return Thresholds(
        round(read_at, 3), round(wrong, 4), round(given, 4), len(texts),
        round(state_at, 3), round(states_wrong, 4), round(states_given, 4), len(states),
    )  # fmt: skip
