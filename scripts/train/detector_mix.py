"""Averages the weights of two rounds of the detector's training; measures batch norms afresh.

    detector_mix.py --first WEIGHTS --second WEIGHTS --cache .cache/train/detector --out WEIGHTS

Two ends of one training lie in the same valley; a point between them does better than either on
plates outside the training sets.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import nn

from detector_net import PlateNet
from detector_proposals import propose
from detector_train import BATCH, Pool, save

SECOND_SHARE = 0.6
BATCHES = 120


def mix(first: Path, second: Path, cache: Path, out: Path, seed: int) -> None:
    """Writes the mixed weights; the count of crops seen is that of the second round."""
    a, b = (torch.load(path, map_location='cpu') for path in (first, second))
    weights = {
        name: torch.lerp(a['weights'][name], value, SECOND_SHARE)
        if value.dtype.is_floating_point
        else value
        for name, value in b['weights'].items()
    }
    net = PlateNet()
    net.load_state_dict(weights)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None  # a plain mean over all batches
    pools = [Pool(cache, name) for name in BATCH]
    for pool in pools:
        for _ in range(6):
            pool.refresh()
    rng = np.random.default_rng(seed)
    net.train()
    with torch.no_grad():
        for i in range(BATCHES):
            crops, labels = pools[i % 3 == 2].batch(rng)
            net.refiner(crops, propose(net(crops), labels).quads)
    save({'weights': net.state_dict(), 'crops': b['crops'], 'minutes': b['minutes']}, out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ('first', 'second', 'cache', 'out'):
        parser.add_argument(f'--{name}', type=Path, required=True)
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    mix(args.first, args.second, args.cache, args.out, args.seed)


if __name__ == '__main__':
    main()
