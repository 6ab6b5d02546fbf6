"""Measures the recogniser: python3 -m recogniser.evaluate [--stage fourth]

Exact whole plates on the crop yardsticks (whole crop, one greedy read), folded O=0 and also I=1;
the rendered conditions; on held-out US crops the texts and the states.
"""

from __future__ import annotations

import argparse
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

import datasets

from .data import ROW_OVERLAP, STATES, plain_crop
from .net import Recogniser, greedy
from .train import LAST_STAGE, STAGES, checkpoint, load_weights, read

CROP_YARDSTICKS = ('openalpr-us-plates', 'but-hdr-cz', 'openalpr-crops-br')
NIGHT = ('darkness', 'oncoming headlights')
_RENDERED = 1400
_WIDE_ENOUGH = 60


@dataclass(frozen=True)
class Figure:
    """One measured value; `n` is the number of plates behind it."""

    set: str
    what: str
    value: float
    n: int


def load(stage: str) -> Recogniser:
    """The averaged weights of a stage, ready to read."""
    net = Recogniser(len(STATES), STAGES[stage].width)
    load_weights(net, checkpoint(stage))
    return net.eval().cpu()


def _o_is_0(text: str) -> str:
    return text.replace('O', '0')


def outputs(net: Recogniser, images: list[np.ndarray]) -> tuple[torch.Tensor, ...]:
    """Logits of whole crops: characters, states and rows."""
    parts = []
    with torch.no_grad():
        for i in range(0, len(images), 64):
            crops = np.stack([plain_crop(image) for image in images[i : i + 64]])[:, None]
            parts.append(net(torch.from_numpy(crops)))
    return tuple(torch.cat(p) for p in zip(*parts, strict=True))


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


def _state_figures(name: str, logits: torch.Tensor, wanted: list[str], at: float) -> list[Figure]:
    sure, best = logits.softmax(1).max(dim=1)
    right = np.array([STATES[b] == w for b, w in zip(best.tolist(), wanted, strict=True)])
    confident = (sure.numpy() >= at) & (best.numpy() != STATES.index('unknown'))
    figures = [Figure(name, 'state right', round(float(right.mean()), 4), len(right))]
    if confident.any():
        what = f'state right where it is told, from {at:.2f} on ({confident.mean():.2f} of all)'
        n = int(confident.sum())
        figures.append(Figure(name, what, round(float(right[confident].mean()), 4), n))
    return figures


def state_figures(net: Recogniser, name: str, at: float) -> list[Figure]:
    """How often the state is right, on a set whose lines name the region (`us-ca`)."""
    lines = [line for line in datasets.index(name) if line.get('region', '').startswith('us-')]
    if not lines:
        return []
    images = [datasets.grey(name, line['file']) for line in lines]
    wanted = [line['region'][-2:].upper() for line in lines]
    return _state_figures(name, outputs(net, images)[1], wanted, at)


def rendered_set(seed: int, count: int) -> Path:
    """The folder of a set of rendered conditions, rendered now."""
    folder = datasets.CACHE / f'conditions-{seed}'
    command = [datasets.TRAINING / 'conditions', folder, '--n', str(count), '--seed', str(seed)]
    subprocess.run([str(part) for part in command], check=True)
    return folder


def read_rows(net: Recogniser, image: np.ndarray, split: float) -> str:
    """The two rows of a plate read by themselves and joined."""
    height = len(image)
    cuts = np.clip(np.round(np.array([split + ROW_OVERLAP, split - ROW_OVERLAP]) * height), 4, height - 4)
    halves = [image[: int(cuts[0])], image[int(cuts[1]) :]]
    return ''.join(text for text, _ in read(net, halves))


def rendered_figures(net: Recogniser) -> list[Figure]:
    """Exact shares on drawn plates that training never sees: by condition and at night in infra-red."""
    folder = rendered_set(1, _RENDERED)
    lines = datasets.lines_of(folder / 'index.jsonl')
    images = [datasets.picture(folder / line['file']) for line in lines]
    characters, _, rows = outputs(net, images)
    reads = [text for text, _ in greedy(characters.softmax(2))]
    two = rows[:, 0].sigmoid().numpy() >= 0.5
    for i in np.flatnonzero(two):
        reads[i] = read_rows(net, images[i], float(rows[i, 1].sigmoid()))
    pairs = zip(reads, lines, strict=True)
    right = np.array([_o_is_0(r) == _o_is_0(li['plates'][0]['text']) for r, li in pairs])
    real_two = np.array([line['kind'] == 'two-row' for line in lines])
    wide = np.array([line['legible'] and line['size_px'] >= _WIDE_ENOUGH for line in lines])
    night = np.array([li['look'] == 'ir' and li['condition'] in NIGHT for li in lines])
    groups = {
        f'infra-red at night, legible, {_WIDE_ENOUGH} px and wider, exact, O=0': night & wide,
        'infra-red at night, exact, O=0': night,
        'two rows, exact, O=0': real_two,
        'elsewhere, exact, O=0': np.array([line['kind'] == 'wide' for line in lines]),
    }
    for look in ('colour', 'ir'):
        for condition in sorted({line['condition'] for line in lines}):
            chosen = [li['look'] == look and li['condition'] == condition for li in lines]
            groups[f'{condition or "daylight"} ({look}), exact, O=0'] = np.array(chosen)
    name = 'rendered conditions'
    found = [
        Figure(name, what, round(float(right[chosen].mean()), 4), int(chosen.sum()))
        for what, chosen in groups.items()
    ]
    said = float((two == real_two).mean())
    return [*found, Figure(name, 'one row or two told right', round(said, 4), len(lines))]


def figures(net: Recogniser, state_at: float) -> list[Figure]:
    """All figures of the yardsticks that are on this machine."""
    found = [f for name in CROP_YARDSTICKS for f in yardstick_figures(net, name)]
    found += state_figures(net, 'openalpr-us-plates', state_at)
    crops = datasets.held_out_crops()
    if crops:
        name = 'us-state-crops held out'
        characters, states, _ = outputs(net, [c.image for c in crops])
        reads = [text for text, _ in greedy(characters.softmax(2))]
        trusted = [
            datasets.fold(r) == datasets.fold(c.text) for r, c in zip(reads, crops, strict=True) if c.text
        ]
        what = 'exact, folded (texts machine-read, doubtful ones by eye)'
        found.append(Figure(name, what, round(sum(trusted) / len(trusted), 4), len(trusted)))
        found += _state_figures(name, states, [c.state or '' for c in crops], state_at)
    return found + rendered_figures(net)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--stage', default=LAST_STAGE)
    args = parser.parse_args()
    torch.set_num_threads(1)
    for figure in figures(load(args.stage), 0.5):
        print(f'{figure.set:28} {figure.what:40} {figure.value:.4f}  n={figure.n}')


if __name__ == '__main__':
    main()
