#!/usr/bin/python3
"""Writes models/recogniser.onnx and its manifest: recogniser_export.py [--stage third]"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import hashlib
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch  # noqa: E402
from torch import nn  # noqa: E402

import datasets  # noqa: E402
from recogniser_data import STATES  # noqa: E402
from recogniser_evaluate import Calibration, Figure, calibrate, figures, load  # noqa: E402
from recogniser_net import ALPHABET, BLANK, CROP_HEIGHT, CROP_WIDTH, Recogniser  # noqa: E402
from recogniser_train import STAGES, checkpoint  # noqa: E402

OPSET = 17
_STEPS = 32
# A state head below this share of right answers on held-out crops is left out.
_USEFUL_STATE = 0.5


class _Exported(nn.Module):
    """The net with its temperature and softmax inside the graph."""

    def __init__(self, net: Recogniser, temperature: float, with_state: bool) -> None:
        super().__init__()
        self.net = net
        self.temperature = temperature
        self.with_state = with_state

    def forward(self, plates: torch.Tensor) -> tuple[torch.Tensor, ...]:
        logits, states = self.net(plates)
        characters = (logits / self.temperature).softmax(2)
        return (characters, states.softmax(1)) if self.with_state else (characters,)


def write_onnx(net: Recogniser, path: Path, temperature: float, with_state: bool) -> None:
    """Exports the graph with a free batch size."""
    names = ['characters', 'state'] if with_state else ['characters']
    torch.onnx.export(
        _Exported(net, temperature, with_state).eval(),
        (torch.zeros(2, 1, CROP_HEIGHT, CROP_WIDTH, dtype=torch.uint8),),
        str(path),
        input_names=['plates'],
        output_names=names,
        dynamic_axes={name: {0: 'N'} for name in ['plates', *names]},
        opset_version=OPSET,
    )


def _images(stage: str) -> int:
    """Images trained on, earlier stages included."""
    total, name = 0, stage
    while name:
        total += int(torch.load(checkpoint(name))['seen'])
        name = STAGES[name].before or ''
    return total


def _trained_on() -> list[dict]:
    """The sets on this machine that training used, with the licences their repositories state."""
    own = {'name': 'rendered plates', 'licence': "the project's own", 'use': 'train'}
    surround = 'train, as surroundings of rendered plates'
    sets = [
        (datasets.STATE_CROPS, 'MIT', 'train, with machine-read texts; a tenth held out'),
        ('chirag-experiment-plates', 'MIT / Apache-2.0', surround),
        ('roboflow-openimages-350', 'CC BY 4.0', surround),
        ('robertlucian-ro', 'MIT', surround),
    ]
    return [own] + [
        {'name': name, 'licence': licence, 'use': use}
        for name, licence, use in sets
        if datasets.index(name)
    ]


def _calibration_figures(fit: Calibration) -> list[Figure]:
    if fit.state_n == 0:
        return []
    held_out = 'us-state-crops held out'
    what = f'right among reads at readAt (reports {fit.reported:.3f} of all)'
    return [
        Figure(f'{held_out}, plain and degraded', what, round(fit.precision, 4), 3 * fit.state_n),
        Figure(held_out, 'state right', round(fit.state_accuracy, 4), fit.state_n),
    ]


def manifest(
    path: Path, stage: str, fit: Calibration, measured: list[Figure], with_state: bool
) -> dict:
    """What the daemon checks at start and a person wants to know of the model."""
    outputs: dict = {
        'characters': {'name': 'characters', 'shape': ['N', _STEPS, len(ALPHABET) + 1]}
    }
    if with_state:
        outputs['state'] = {'name': 'state', 'shape': ['N', len(STATES)], 'labels': list(STATES)}
    return {
        'name': 'recogniser',
        'task': 'recogniser',
        'file': path.name,
        'sha256': hashlib.sha256(path.read_bytes()).hexdigest(),
        'opset': OPSET,
        'input': {
            'name': 'plates',
            'dtype': 'uint8',
            'shape': ['N', 1, CROP_HEIGHT, CROP_WIDTH],
            'layout': 'NCHW',
            'colour': 'grey',
            'cropMargin': 0.03,
        },
        'outputs': outputs,
        'alphabet': ALPHABET,
        'blank': BLANK,
        'thresholds': {'readAt': fit.read_at},
        'training': {
            'command': 'scripts/train/run recogniser',
            'date': datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
            'images': _images(stage),
        },
        'datasets': _trained_on(),
        'figures': [dataclasses.asdict(f) for f in [*measured, *_calibration_figures(fit)]],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--stage', default='third', choices=sorted(STAGES))
    parser.add_argument('--models', type=Path, default=datasets.ROOT / 'models')
    args = parser.parse_args()
    torch.set_num_threads(1)
    net = load(args.stage)
    measured = figures(net)
    fit = calibrate(net)
    with_state = fit.state_accuracy >= _USEFUL_STATE
    args.models.mkdir(exist_ok=True)
    path = args.models / 'recogniser.onnx'
    fresh = path.with_suffix('.onnx.new')
    write_onnx(net, fresh, fit.temperature, with_state)
    fresh.rename(path)
    text = json.dumps(manifest(path, args.stage, fit, measured, with_state), indent=2)
    path.with_suffix('.json').write_text(text + '\n')
    print(f'{path}: {path.stat().st_size} bytes; {fit}')
    for figure in measured:
        print(f'{figure.set:28} {figure.what:40} {figure.value:.4f}  n={figure.n}')


if __name__ == '__main__':
    main()
