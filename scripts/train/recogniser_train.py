#!/usr/bin/python3
"""Trains the recogniser for one stage; resumes from its checkpoint.

recogniser_train.py --stage first|second|third
first: from scratch, drawn plates and confidently machine-read real crops.
second, third: continue from the stage before, with the real crops whose texts its net confirms
(recogniser_relabel.py).
"""

from __future__ import annotations

import argparse
import copy
import math
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

import datasets  # noqa: E402
from recogniser_data import STATES, Batch, Source, plain_crop  # noqa: E402
from recogniser_net import Recogniser, greedy  # noqa: E402
from recogniser_relabel import believed  # noqa: E402

BATCH = 32
WIDTH = 1.5
_SAVE_EVERY_S = 120
_EMA = 0.999
_STATE_WEIGHT = 0.15
_LEAST_CONFIDENCE = 0.9


@dataclass(frozen=True)
class Stage:
    """images: length of the schedule; peak: highest learning rate; real: share of real crops."""

    name: str
    images: int
    peak: float
    real: float
    before: str | None


STAGES = {
    'first': Stage('first', 112_000, 3e-3, 0.22, None),
    'second': Stage('second', 210_000, 2e-3, 0.35, 'first'),
    'third': Stage('third', 20_000, 7e-4, 0.35, 'second'),
}


def checkpoint(stage: str) -> Path:
    """Where a stage keeps its weights and state."""
    return datasets.CACHE / f'recogniser-{stage}.pt'


def learning_rate(seen: int, stage: Stage) -> float:
    """Warm-up over 5 %, then a cosine to 1e-5."""
    share = min(seen / stage.images, 1.0)
    if share < 0.05:
        return stage.peak * max(share / 0.05, 0.01)
    return 1e-5 + (stage.peak - 1e-5) * 0.5 * (1 + math.cos(math.pi * (share - 0.05) / 0.95))


def optimiser(net: nn.Module) -> torch.optim.AdamW:
    """AdamW without decay on norms and biases."""
    decay = [p for p in net.parameters() if p.ndim > 1]
    plain = [p for p in net.parameters() if p.ndim <= 1]
    return torch.optim.AdamW(
        [{'params': decay, 'weight_decay': 0.01}, {'params': plain, 'weight_decay': 0.0}], lr=1e-3
    )


def loss_of(net: nn.Module, batch: Batch) -> torch.Tensor:
    """CTC over the characters plus a little cross entropy over the known states."""
    plates = torch.from_numpy(batch.crops)
    logits, states = net(plates)
    steps = torch.full((len(plates),), logits.shape[1], dtype=torch.long)
    ctc = nn.functional.ctc_loss(
        logits.log_softmax(2).permute(1, 0, 2),
        torch.from_numpy(batch.targets),
        steps,
        torch.from_numpy(batch.lengths),
        zero_infinity=True,
    )
    targets = torch.from_numpy(batch.states)
    if (targets >= 0).any():
        ctc = ctc + _STATE_WEIGHT * nn.functional.cross_entropy(
            states, targets, label_smoothing=0.05
        )
    return ctc


def read(net: nn.Module, images: list[np.ndarray]) -> list[tuple[str, float]]:
    """Greedy reads of whole crops."""
    net.eval()
    reads: list[tuple[str, float]] = []
    with torch.no_grad():
        for i in range(0, len(images), 64):
            crops = np.stack([plain_crop(image) for image in images[i : i + 64]])[:, None]
            logits, _ = net(torch.from_numpy(crops))
            reads += greedy(logits.softmax(2))
    return reads


def real_crops(stage: Stage) -> list[datasets.Crop]:
    """The real crops that this stage believes the texts of."""
    crops = [c for c in datasets.state_crops() if not c.held_out and 2 <= len(c.text) <= 8]
    if stage.before is None:
        return [c for c in crops if c.confidence >= _LEAST_CONFIDENCE and len(c.text) >= 4]
    net = Recogniser(len(STATES), WIDTH)
    net.load_state_dict(torch.load(checkpoint(stage.before))['average'])
    return believed(crops, lambda images: read(net, images))


def _blend(average: nn.Module, net: nn.Module, seen: int) -> None:
    """Moves the averaged weights towards the current ones, in place."""
    keep = min(_EMA, 1 - 1 / (1 + seen / BATCH / 10))
    current = net.state_dict()
    for key, value in average.state_dict().items():
        if value.dtype.is_floating_point:
            value.mul_(keep).add_(current[key], alpha=1 - keep)
        else:
            value.copy_(current[key])


def _accuracy(net: nn.Module, crops: list[datasets.Crop]) -> float:
    """Share of crops read as the set's own reader did, folded."""
    reads = read(net, [c.image for c in crops])
    right = [
        datasets.fold(r[0]) == datasets.fold(c.text) for r, c in zip(reads, crops, strict=True)
    ]
    return sum(right) / max(len(right), 1)


def train(stage: Stage) -> None:
    """Runs the stage to its end, or on from its checkpoint."""
    torch.set_num_threads(1)
    torch.manual_seed(7)
    net = Recogniser(len(STATES), WIDTH).to(memory_format=torch.channels_last)
    tune = optimiser(net)
    seen = 0
    path = checkpoint(stage.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    average = copy.deepcopy(net)
    if path.exists():
        saved = torch.load(path)
        net.load_state_dict(saved['net'])
        average.load_state_dict(saved['average'])
        tune.load_state_dict(saved['tune'])
        seen = saved['seen']
    elif stage.before is not None:
        saved = torch.load(checkpoint(stage.before))
        net.load_state_dict(saved['average'])
        average.load_state_dict(saved['average'])
    if seen >= stage.images:
        print(f'{stage.name}: already trained on {seen} images')
        return
    real = real_crops(stage)
    held_out = [
        c for c in datasets.state_crops() if c.held_out and c.confidence >= _LEAST_CONFIDENCE
    ]
    source = Source(np.random.default_rng([11, seen]), datasets.photo_patches(), real, stage.real)
    print(f'{stage.name}: {len(real)} real crops, {len(held_out)} held out', flush=True)
    saved_at = shown_at = time.monotonic()
    started, began = time.monotonic(), seen
    running = 0.0
    while seen < stage.images:
        for group in tune.param_groups:
            group['lr'] = learning_rate(seen, stage)
        net.train()
        loss = loss_of(net, source.batch(BATCH))
        tune.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5)
        tune.step()
        seen += BATCH
        _blend(average, net, seen)
        running = loss.item() if running == 0 else running * 0.98 + loss.item() * 0.02
        now = time.monotonic()
        if now - shown_at > 30:
            shown_at = now
            print(
                f'{seen} images, loss {running:.3f}, {(seen - began) / (now - started):.0f} images/s',
                flush=True,
            )
        if now - saved_at > _SAVE_EVERY_S or seen >= stage.images:
            saved_at = now
            state = {
                'net': net.state_dict(),
                'average': average.state_dict(),
                'tune': tune.state_dict(),
                'seen': seen,
            }
            torch.save(state, path.with_suffix('.new'))
            path.with_suffix('.new').rename(path)
            print(f'{seen} images: held-out crops {_accuracy(average, held_out):.3f}', flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--stage', choices=sorted(STAGES), required=True)
    train(STAGES[parser.parse_args().stage])


if __name__ == '__main__':
    main()
