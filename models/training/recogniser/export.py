"""Writes models/recogniser.onnx and its manifest: python3 -m recogniser.export [--stage eighth] [--models DIR]"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import hashlib
import inspect
import json
import shutil
from pathlib import Path

import torch
from torch import nn

import datasets

from .calibrate import Temperature, Thresholds, fit_temperature, fit_thresholds, plates
from .data import STATES
from .evaluate import Figure, figures, load
from .net import ALPHABET, BLANK, CROP_HEIGHT, CROP_WIDTH, STEPS, Recogniser
from .train import LAST_STAGE, STAGES, checkpoint

OPSET = 17
# From this probability on a plate is taken for one of two rows.
_ROWS_AT = 0.5
_OUTPUTS = ('characters', 'state', 'rows')


class _Exported(nn.Module):
    """The net with its temperature and softmax inside the graph."""

    def __init__(self, net: Recogniser, temperature: float) -> None:
        super().__init__()
        self.net = net
        self.temperature = temperature

    def forward(self, plates: torch.Tensor) -> tuple[torch.Tensor, ...]:
        logits, states, rows = self.net(plates)
        return (logits / self.temperature).softmax(2), states.softmax(1), rows.sigmoid()


def write_onnx(net: Recogniser, path: Path, temperature: float) -> None:
    """Exports the graph with a free batch size."""
    # A current PyTorch uses the exporter that Debian's has only if it is asked to.
    modern = 'dynamo' in inspect.signature(torch.onnx.export).parameters
    torch.onnx.export(
        _Exported(net, temperature).eval(),
        (torch.zeros(2, 1, CROP_HEIGHT, CROP_WIDTH, dtype=torch.uint8),),
        str(path),
        input_names=['plates'],
        output_names=list(_OUTPUTS),
        dynamic_axes={name: {0: 'N'} for name in ['plates', *_OUTPUTS]},
        opset_version=OPSET,
        **({'dynamo': False} if modern else {}),
    )


def _images(stage: str) -> int:
    """Images trained on, earlier stages included."""
    total, name = 0, stage
    while name:
        saved = torch.load(checkpoint(name))
        if 'images' in saved:
            # Restored from a model: earlier stages are counted there.
            return total + saved['images']
        total += int(saved['seen'])
        name = STAGES[name].before or ''
    return total


def _trained_on() -> list[dict]:
    """The sets on this machine that training used, with the licences their repositories state."""
    own = {'name': 'rendered plates', 'licence': "the project's own", 'use': 'train'}
    surround = 'train, as surroundings of rendered plates and machine-read'
    folds = 'train, three in five pictures; the others choose and report'
    sets = [
        (datasets.STATE_CROPS, 'MIT', 'train, with machine-read texts; a tenth held out'),
        ('chirag-experiment-plates', 'MIT / Apache-2.0', surround),
        ('roboflow-openimages-350', 'CC BY 4.0', surround),
        ('robertlucian-ro', 'MIT', surround),
        ('openimages-text', 'CC BY 2.0, boxes CC BY 4.0', folds),
        ('openlpr-pk-crops', 'Apache-2.0', folds),
        ('openimages-det-a', 'CC BY 2.0, boxes CC BY 4.0', f'{folds}; machine-read'),
        ('not-a-plate', 'CC BY 2.0, boxes CC BY 4.0', f'{folds}; as what is no plate'),
    ]
    return [own] + [
        {'name': name, 'licence': licence, 'use': use} for name, licence, use in sets if datasets.index(name)
    ]


def _calibration_figures(heat: Temperature, fit: Thresholds) -> list[Figure]:
    mix = 'held-out US crops, plain and degraded, and drawn plates'
    states = 'us-state-crops held out, plain and degraded'
    n = sum(b['n'] for b in heat.after)
    return [
        Figure(mix, 'calibration error of the characters, as trained', heat.error_before, n),
        Figure(mix, 'calibration error of the characters, as shipped', heat.error_after, n),
        Figure(mix, f'wrong among reads at readAt ({fit.given:.2f} given)', fit.wrong, fit.plates),
        Figure(states, f'wrong among states told ({fit.states_given:.2f} told)', fit.states_wrong, fit.states),
    ]  # fmt: skip


def manifest(
    path: Path, stage: str, heat: Temperature, fit: Thresholds | None, measured: list[Figure]
) -> dict:
    """What the daemon checks at start and a person wants to know of the model."""
    thresholds = {'readAt': 0.5, 'stateAt': 0.5, 'rowsAt': _ROWS_AT}
    if fit:
        thresholds |= {'readAt': fit.read_at, 'stateAt': fit.state_at}
        measured = [*measured, *_calibration_figures(heat, fit)]
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
        'outputs': {
            'characters': {'name': 'characters', 'shape': ['N', STEPS, len(ALPHABET) + 1]},
            'state': {'name': 'state', 'shape': ['N', len(STATES)], 'labels': list(STATES)},
            'rows': {'name': 'rows', 'shape': ['N', 2]},
        },
        'alphabet': ALPHABET,
        'blank': BLANK,
        'temperature': heat.value,
        'thresholds': thresholds,
        'training': {
            'command': 'models/training/run recogniser',
            'date': datetime.datetime.now(datetime.UTC).date().isoformat(),
            'images': _images(stage),
        },
        'datasets': _trained_on(),
        'figures': [dataclasses.asdict(f) for f in measured],
    }


def _write(path: Path, content: dict) -> None:
    path.with_suffix('.json').write_text(json.dumps(content, indent=2) + '\n')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--stage', default=LAST_STAGE, choices=sorted(STAGES))
    parser.add_argument('--models', type=Path, default=datasets.ROOT / 'models')
    args = parser.parse_args()
    torch.set_num_threads(1)
    net = load(args.stage)
    known = plates()
    heat = fit_temperature(net, known)
    # The thresholds are fitted in a folder beside, so that the other never holds an unfinished model.
    draft = datasets.CACHE / 'draft'
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(args.models, draft)
    path = draft / 'recogniser.onnx'
    write_onnx(net, path, heat.value)
    _write(path, manifest(path, args.stage, heat, None, []))
    fit = fit_thresholds(draft, known)
    measured = figures(net, fit.state_at)
    _write(path, manifest(path, args.stage, heat, fit, measured))
    for name in ('recogniser.onnx', 'recogniser.json'):
        shutil.move(str(draft / name), str(args.models / name))
    print(f'{args.models / path.name}: {heat}\n{fit}')
    for figure in measured:
        print(f'{figure.set:28} {figure.what:40} {figure.value:.4f}  n={figure.n}')


if __name__ == '__main__':
    main()
