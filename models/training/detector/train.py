"""Trains the plate detector on the crops that crops.py writes beside it.

    python3 -m detector.train --cache .cache/train/detector --minutes 40 [--start WEIGHTS] [--peak 3e-3]

One thread, or a GPU where torch finds one (batches are larger then). The learning rate follows a cosine over the given minutes, so the end is known whatever
else the machine does. State is kept in `state.pt` every two minutes: the same command goes on where
it stopped. The averaged weights, which are the ones to use, are in `weights.pt`.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .loss import loss
from .net import PlateNet
from .proposals import propose, refine_loss

BATCH = {'small': 12, 'large': 3}
"""Crops in a batch on a processor."""

GPU_BATCH = 8
"""So many times more on a GPU."""

CORNERS_FIRST = 0.66
"""From this share of the training on, corners count twice."""

SAVE_SECONDS = 120


class Pool:
    """The crops of one size that are on disk, reloaded chunk by chunk as they are rewritten."""

    def __init__(self, folder: Path, name: str, times: int = 1) -> None:
        self.folder, self.name, self.size = folder, name, times * BATCH[name]
        self.chunks: dict[Path, tuple[float, np.ndarray, np.ndarray]] = {}

    def refresh(self) -> None:
        """Loads at most one new or rewritten chunk."""
        for path in sorted(self.folder.glob(f'{self.name}-*.npz')):
            changed = path.stat().st_mtime
            if path not in self.chunks or self.chunks[path][0] != changed:
                with np.load(path) as file:
                    self.chunks[path] = (changed, file['crops'], file['labels'])
                return

    def batch(self, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Crops uint8 [B,1,S,S] and label rows float [B,M,9]."""
        chunks = list(self.chunks.values())
        picks = [chunks[rng.integers(len(chunks))] for _ in range(self.size)]
        which = [int(rng.integers(len(c[1]))) for c in picks]
        crops = np.stack([c[1][i] for c, i in zip(picks, which, strict=True)])
        labels = np.stack([c[2][i] for c, i in zip(picks, which, strict=True)])
        return torch.from_numpy(crops)[:, None], torch.from_numpy(labels)


def optimiser(net: PlateNet) -> torch.optim.AdamW:
    """AdamW; batch norm and biases are not decayed."""
    decayed = [p for p in net.parameters() if p.ndim > 1]
    free = [p for p in net.parameters() if p.ndim <= 1]
    return torch.optim.AdamW([{'params': decayed}, {'params': free, 'weight_decay': 0.0}], weight_decay=0.01)


def rate(progress: float, peak: float) -> float:
    """Learning rate at a share of the training: 3 % warm-up, then a cosine down to 1e-5."""
    if progress < 0.03:
        return peak * (0.02 + 0.98 * progress / 0.03)
    return 1e-5 + (peak - 1e-5) * 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - 0.03) / 0.97)))


def average(kept: dict[str, Tensor], net: PlateNet, step: int) -> None:
    """Moves the averaged weights a little towards the present ones, in place."""
    decay = min(0.999, (1 + step) / (10 + step))
    for name, value in net.state_dict().items():
        if value.dtype.is_floating_point:
            kept[name].mul_(decay).add_(value, alpha=1 - decay)
        else:
            kept[name].copy_(value)


def save(data: object, path: Path) -> None:
    """Writes beside and renames, so that an interrupted save leaves the last good file."""
    part = path.with_suffix('.part')
    torch.save(data, part)
    part.rename(path)


def train(cache: Path, run: Path, minutes: float, peak: float, start: Path | None, seed: int) -> None:
    """Trains until `minutes` of wall time are spent, over all resumed runs together."""
    torch.manual_seed(seed)
    run.mkdir(parents=True, exist_ok=True)
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    net = PlateNet()
    step, spent, crops_seen = 0, 0.0, 0
    if start:
        earlier = torch.load(start, map_location='cpu')
        # Weights from before the second look existed are a start as well.
        lacking = net.load_state_dict(earlier['weights'], strict=False).missing_keys
        print(f'starting from {start}; new: {len(lacking)} tensors', flush=True)
        crops_seen = earlier['crops']
    net = net.to(device, memory_format=torch.channels_last)
    adam = optimiser(net)
    kept = {k: v.clone() for k, v in net.state_dict().items()}
    if (run / 'state.pt').exists():
        state = torch.load(run / 'state.pt', map_location=device)
        net.load_state_dict(state['net'])
        adam.load_state_dict(state['adam'])
        kept, step, spent, crops_seen = state['kept'], state['step'], state['spent'], state['crops']
    pools = {name: Pool(cache, name, GPU_BATCH if device == 'cuda' else 1) for name in BATCH}
    for pool in pools.values():
        while not pool.chunks:
            pool.refresh()
            time.sleep(0 if pool.chunks else 2)
    rng = np.random.default_rng([seed, step])
    began = last_save = time.monotonic()
    before = spent
    means: dict[str, float] = {}
    net.train()
    while spent < minutes * 60:
        progress = spent / (minutes * 60)
        for group in adam.param_groups:
            group['lr'] = rate(progress, peak)
        crops, labels = pools['large' if step % 3 == 2 else 'small'].batch(rng)
        crops, labels = crops.to(device), labels.to(device)
        with torch.autocast(device, torch.bfloat16):
            mixed, outline = net.features(crops.contiguous(memory_format=torch.channels_last))
        # The heads stay in full precision: eight bits of mantissa are too few for where an edge is.
        raw = net.heads(mixed.float(), outline.float())
        weight = 2.0 if progress > CORNERS_FIRST else 1.0
        first, parts = loss(raw, labels, 5.0 * weight)
        proposals = propose(raw.detach(), labels)
        with torch.autocast(device, torch.bfloat16):
            second, more = refine_loss(net.refiner, crops, proposals, 8.0 * weight)
        total = first + second
        parts |= more
        adam.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        adam.step()
        step += 1
        crops_seen += len(crops)
        average(kept, net, step)
        for name, value in parts.items():
            means[name] = 0.99 * means.get(name, value) + 0.01 * value
        now = time.monotonic()
        spent = before + now - began
        if step % (5 if device == 'cuda' else 20) == 0:
            for pool in pools.values():
                pool.refresh()
        if step % 100 == 0:
            losses = ' '.join(f'{k} {v:.4f}' for k, v in means.items())
            lr = adam.param_groups[0]['lr']
            print(
                f'{spent / 60:.1f} min step {step} crops {crops_seen} lr {lr:.5f} {losses}',
                flush=True,
            )
        if now - last_save > SAVE_SECONDS or spent >= minutes * 60:
            last_save = now
            save({'weights': kept, 'crops': crops_seen, 'minutes': spent / 60}, run / 'weights.pt')
            whole = {'net': net.state_dict(), 'adam': adam.state_dict(), 'kept': kept}
            save({**whole, 'step': step, 'spent': spent, 'crops': crops_seen}, run / 'state.pt')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--cache', type=Path, required=True)
    parser.add_argument('--run', type=Path, required=True, help='folder for state.pt and weights.pt')
    parser.add_argument('--minutes', type=float, required=True)
    parser.add_argument('--peak', type=float, default=3e-3)
    parser.add_argument('--start', type=Path, help='weights.pt to go on from, with a fresh schedule')
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    train(args.cache, args.run, args.minutes, args.peak, args.start, args.seed)


if __name__ == '__main__':
    main()
