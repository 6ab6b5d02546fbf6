#!/usr/bin/python3
"""Measures the recogniser: recogniser_evaluate.py [--stage third]

Exact whole plates on the crop yardsticks (whole crop, one greedy read), folded O=0 and also I=1;
on held-out US crops the agreement with the set's own reader, states, and the calibration.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

import datasets  # noqa: E402
from augment import augment  # noqa: E402
from recogniser_data import NO_STATE, STATES, Sample, collate, plain_crop  # noqa: E402
from recogniser_net import Recogniser, greedy  # noqa: E402
from recogniser_train import WIDTH, checkpoint, read  # noqa: E402

CROP_YARDSTICKS = ('openalpr-us-plates', 'but-hdr-cz', 'openalpr-crops-br')
# A plate counts as read from the confidence around which this share of reads is right.
_WANTED_SHARE = 0.6
_WINDOW = 60


@dataclass(frozen=True)
class Figure:
    """One measured value; `n` is the number of plates behind it."""

    set: str
    what: str
    value: float
    n: int


def load(stage: str) -> Recogniser:
    """The averaged weights of a stage, ready to read."""
    net = Recogniser(len(STATES), WIDTH)
    net.load_state_dict(torch.load(checkpoint(stage))['average'])
    return net.eval()


def _o_is_0(text: str) -> str:
    return text.replace('O', '0')


def yardstick_figures(net: Recogniser, name: str) -> list[Figure]:
    """Exact shares on a crop set; nothing when the set is absent."""
    images, texts = datasets.crop_yardstick(name)
    if not images:
        return []
    reads = [text for text, _ in read(net, images)]
    pairs = list(zip(reads, texts, strict=True))
    views = {
        'exact': lambda t: t,
        'exact, O=0': _o_is_0,
        'exact, O=0 and I=1': lambda t: _o_is_0(t).replace('I', '1'),
    }
    return [
        Figure(name, what, round(sum(f(a) == f(b) for a, b in pairs) / len(pairs), 4), len(pairs))
        for what, f in views.items()
    ]


def state_figures(net: Recogniser, name: str) -> list[Figure]:
    """How often the state is right, on a set whose lines name the region (`us-ca`)."""
    lines = [line for line in datasets.index(name) if line.get('region', '').startswith('us-')]
    images = [plain_crop(datasets.grey(name, line['file'])) for line in lines]
    wanted = [line['region'][-2:].upper() for line in lines]
    chances = []
    with torch.no_grad():
        for i in range(0, len(images), 64):
            _, states = net(torch.from_numpy(np.stack(images[i : i + 64])[:, None]))
            chances.append(states.softmax(1))
    if not chances:
        return []
    sure, best = torch.cat(chances).max(dim=1)
    right = np.array([STATES[b] == w for b, w in zip(best.tolist(), wanted, strict=True)])
    confident = sure.numpy() >= 0.7
    share = f'{confident.mean():.2f}'
    figures = [Figure(name, 'state right', round(float(right.mean()), 4), len(right))]
    if confident.any():
        what = f'state right where its probability is .7 or more ({share} of all)'
        figures.append(
            Figure(name, what, round(float(right[confident].mean()), 4), int(confident.sum()))
        )
    return figures


def trusted_held_out() -> list[datasets.Crop]:
    """US crops kept out of training whose machine-read text is likely right."""
    return [
        c
        for c in datasets.state_crops()
        if c.held_out and c.confidence >= 0.95 and 4 <= len(c.text) <= 8
    ]


def _degraded_logits(
    net: Recogniser, crops: list[datasets.Crop]
) -> tuple[torch.Tensor, torch.Tensor, list[Sample]]:
    """Logits of camera-like copies of crops, so that calibration sees more than clean pictures."""
    rng = np.random.default_rng(3)
    samples = [
        Sample(augment(rng, c.image, [], strength=0.6), c.text, STATES.index(c.state or 'unknown'))
        for c in crops
        for _ in range(2)
    ]
    samples += [
        Sample(plain_crop(c.image), c.text, STATES.index(c.state or 'unknown')) for c in crops
    ]
    with torch.no_grad():
        parts = [
            net(torch.from_numpy(collate(samples[i : i + 64]).crops))
            for i in range(0, len(samples), 64)
        ]
    return torch.cat([p[0] for p in parts]), torch.cat([p[1] for p in parts]), samples


def text_probability(logits: torch.Tensor, texts: list[str]) -> torch.Tensor:
    """Probability of each whole text over all its alignments. logits [N, T, 37] → [N]."""
    batch = collate([Sample(np.zeros((64, 128), np.uint8), t, NO_STATE) for t in texts])
    steps = torch.full((len(texts),), logits.shape[1], dtype=torch.long)
    loss = nn.functional.ctc_loss(
        logits.log_softmax(2).permute(1, 0, 2),
        torch.from_numpy(batch.targets),
        steps,
        torch.from_numpy(batch.lengths),
        reduction='none',
        zero_infinity=True,
    )
    return (-loss).exp()


@dataclass(frozen=True)
class Calibration:
    """temperature divides the logits; read_at is the least probability of a text to report."""

    temperature: float
    read_at: float
    precision: float
    reported: float
    state_accuracy: float
    state_n: int


def calibrate(net: Recogniser) -> Calibration:
    """Fits the temperature and the threshold on held-out crops.

    The confidence is the probability of the whole text over all its CTC alignments. The labels are
    machine-read (about 95 % right), so precision is understated, and a disagreement that folding O,
    Q, 0 and I, 1 explains counts as right.
    """
    crops = trusted_held_out()
    if not crops:
        print('no held-out crops: temperature 1 and readAt .5 are unmeasured defaults')
        return Calibration(1.0, 0.5, 0.0, 0.0, 0.0, 0)
    logits, states, samples = _degraded_logits(net, crops)
    best_temperature, best_loss = 1.0, float('inf')
    right_all: list[bool] = []
    sure_all: list[float] = []
    for temperature in np.arange(0.7, 2.01, 0.1):
        cool = logits / float(temperature)
        texts = [text for text, _ in greedy(cool.softmax(2))]
        sure = text_probability(cool, [t or '0' for t in texts]).tolist()
        right = [
            datasets.fold(t) == datasets.fold(s.text) for t, s in zip(texts, samples, strict=True)
        ]
        chances = np.clip(np.array(sure), 1e-4, 1 - 1e-4)
        loss = float(-np.where(right, np.log(chances), np.log(1 - chances)).mean())
        if loss < best_loss:
            best_temperature, best_loss, right_all, sure_all = float(temperature), loss, right, sure
    order = np.argsort(sure_all)[::-1]
    ranked = np.array(right_all, np.float64)[order]
    precision = np.cumsum(ranked) / np.arange(1, len(order) + 1)
    around = np.convolve(ranked, np.ones(_WINDOW) / _WINDOW, mode='same')
    poor = np.flatnonzero((around < _WANTED_SHARE) & (np.arange(len(order)) > _WINDOW))
    last = max(int(poor[0]) - 1, 0) if len(poor) else len(order) - 1
    known = [i for i, s in enumerate(samples) if i >= 2 * len(samples) // 3]
    hits = sum(int(states[i].argmax()) == samples[i].state for i in known)
    return Calibration(
        round(best_temperature, 2),
        round(float(sure_all[order[last]]), 3),
        float(precision[last]),
        (last + 1) / len(order),
        hits / len(known),
        len(known),
    )


def figures(net: Recogniser) -> list[Figure]:
    """All figures of the yardsticks that are on this machine."""
    found = [f for name in CROP_YARDSTICKS for f in yardstick_figures(net, name)]
    found += state_figures(net, 'openalpr-us-plates')
    crops = trusted_held_out()
    if crops:
        reads = read(net, [c.image for c in crops])
        same = sum(
            datasets.fold(r[0]) == datasets.fold(c.text) for r, c in zip(reads, crops, strict=True)
        )
        found.append(
            Figure(
                'us-state-crops held out',
                'agrees with machine-read text, folded',
                round(same / len(crops), 4),
                len(crops),
            )
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--stage', default='third')
    args = parser.parse_args()
    torch.set_num_threads(1)
    net = load(args.stage)
    for figure in figures(net):
        print(f'{figure.set:28} {figure.what:40} {figure.value:.4f}  n={figure.n}')
    print(calibrate(net))


if __name__ == '__main__':
    main()
