"""Writes models/detector.onnx and its manifest models/detector.json from trained weights.

python3 -m detector.export --weights WEIGHTS --figures FIGURES.json --models models --command "…"
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import warnings
from pathlib import Path

import torch

from .evaluate import load_detector
from .frame import CANDIDATES, FRAME_HEIGHT, FRAME_WIDTH, NMS_IOU, PAD_SHADE
from .net import SIZE_MULTIPLE

OPSET = 17

DATASETS = (
    ('chirag-experiment-plates', 'MIT / Apache-2.0'),
    ('roboflow-openimages-350', 'CC BY 4.0'),
    ('robertlucian-ro', 'MIT'),
)


def export(weights: Path, path: Path) -> None:
    """Traces the detector with its post-processing into an ONNX file of free height and width."""
    model = load_detector(weights)
    frame = torch.zeros(1, 1, FRAME_HEIGHT, FRAME_WIDTH, dtype=torch.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        torch.onnx.export(
            model,
            frame,
            str(path),
            opset_version=OPSET,
            input_names=['frame'],
            output_names=['scores', 'corners', 'boxes'],
            dynamic_axes={'frame': {2: 'H', 3: 'W'}},
        )


def manifest(
    weights: Path,
    path: Path,
    figures: Path,
    command: str,
    score: float,
    sure: float,
    upscale: float,
) -> dict[str, object]:
    """What the product checks and reports about the model file at `path`."""
    return {
        'name': 'detector',
        'task': 'detector',
        'file': path.name,
        'sha256': hashlib.sha256(path.read_bytes()).hexdigest(),
        'opset': OPSET,
        'input': {
            'name': 'frame',
            'dtype': 'uint8',
            'shape': [1, 1, 'H', 'W'],
            'layout': 'NCHW',
            'colour': 'grey',
            'width': FRAME_WIDTH,
            'height': FRAME_HEIGHT,
            'multipleOf': SIZE_MULTIPLE,
            'letterbox': {
                'align': 'top-left',
                'pad': PAD_SHADE,
                'upscale': upscale,
                'shrinkBy': 'area',
            },
        },
        'outputs': {
            'scores': {'name': 'scores', 'shape': [CANDIDATES]},
            'corners': {'name': 'corners', 'shape': [CANDIDATES, 4, 2]},
            'boxes': {'name': 'boxes', 'shape': [CANDIDATES, 4]},
        },
        'thresholds': {'score': score, 'nmsIou': NMS_IOU, 'sure': sure},
        'training': {
            'command': command,
            'date': datetime.datetime.now(datetime.UTC).date().isoformat(),
            'images': int(torch.load(weights, map_location='cpu')['crops']),
        },
        'datasets': [
            {'name': name, 'licence': licence, 'use': 'scenes and boxes'} for name, licence in DATASETS
        ]
        + [
            {
                'name': 'models/training/render',
                'licence': "this project's own",
                'use': 'plates pasted into the scenes',
            }
        ],
        'figures': json.loads(figures.read_text()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--weights', type=Path, required=True)
    parser.add_argument('--figures', type=Path, required=True)
    parser.add_argument('--models', type=Path, required=True)
    parser.add_argument('--command', required=True, help='how the weights were trained, for the record')
    parser.add_argument('--threshold', type=float, default=0.25)
    parser.add_argument(
        '--sure', type=float, default=0.57, help='score of a plate even if nothing is read in it'
    )
    parser.add_argument('--upscale', type=float, default=2.0)
    args = parser.parse_args()
    path = args.models / 'detector.onnx'
    part = path.with_suffix('.part')
    export(args.weights, part)
    part.rename(path)
    described = manifest(
        args.weights,
        path,
        args.figures,
        args.command,
        args.threshold,
        args.sure,
        args.upscale,
    )
    path.with_suffix('.json').write_text(json.dumps(described, indent=2, ensure_ascii=False) + '\n')


if __name__ == '__main__':
    main()
