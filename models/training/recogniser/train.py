"""Trains the recogniser for one stage; resumes from its checkpoint.

python3 -m recogniser.train --stage first|second|…|ninth [--share S | --minutes M] [--alone]
first: from scratch, drawn plates and confidently machine-read real crops.
The others: on from the stage before, with the real crops whose texts its net confirms
(relabel.py). --share shortens the stage's schedule; --minutes ends it by time instead.
With a GPU the batches are larger, the schedules longer, and other processes draw; --alone draws in the
training's own thread. A stage of several rounds lets its rate rise and fall in each, and keeps each round's end.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import math
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

import datasets
from real_plates import RealPlate, by_text, framed, photo_plates, text_plates

from .data import STATES, Batch, Source, Wild, plain_crop
from .net import Recogniser, greedy
from .relabel import believed

DEVICE = 'cuda' if torch.cuda.is_available() else 'cpu'
BATCH = 256 if DEVICE == 'cuda' else 32
# A GPU sees this many times as many images in a stage.
_LONGER = 6 if DEVICE == 'cuda' else 1
# Without a GPU one process draws while the other trains.
_WORKERS = max((os.cpu_count() or 2) - 2, 1) if DEVICE == 'cuda' else 1
_SAVE_EVERY_S = 300
_EMA = 0.999
_STATE_WEIGHT = 0.3
_ROWS_WEIGHT = 0.3
_LEAST_CONFIDENCE = 0.9


@dataclass(frozen=True)
class Stage:
    """images: length of the schedule; peak: highest learning rate; real: share of real crops; width: of the net;
    rounds: how often the rate rises and falls; wild: share of real plates that are framed again."""

    name: str
    images: int
    peak: float
    real: float
    before: str | None
    width: float = 1.5
    rounds: int = 1
    wild: float = 0.0


STAGES = {
    'first': Stage('first', 112_000, 3e-3, 0.22, None),
    'second': Stage('second', 210_000, 2e-3, 0.35, 'first'),
    'third': Stage('third', 20_000, 7e-4, 0.35, 'second'),
    'fourth': Stage('fourth', 300_000, 1.5e-3, 0.4, 'third'),
    'fifth': Stage('fifth', 300_000, 1e-3, 0.35, 'fourth'),
    'sixth': Stage('sixth', 1_000_000, 1.2e-3, 0.35, 'fifth'),
    'seventh': Stage('seventh', 1_000_000, 1.2e-3, 0.35, 'sixth'),
    'eighth': Stage('eighth', 1_000_000, 1.2e-3, 0.35, 'seventh'),
    'ninth': Stage('ninth', 1_200_000, 1.2e-3, 0.22, 'eighth', 2.25, 8, 0.2),
}

LAST_STAGE = 'eighth'


def checkpoint(stage: str) -> Path:
    """Where a stage keeps its weights and state."""
    return datasets.CACHE / f'recogniser-{stage}.pt'


def learning_rate(done: float, stage: Stage) -> float:
    """In each round a warm-up over 5 % of it, then a cosine to 1e-5; `done` of the stage, the last rounds lower."""
    done = min(done, 1.0)
    number = min(int(done * stage.rounds), stage.rounds - 1)
    share = done * stage.rounds - number
    peak = stage.peak * (1 - 0.5 * number / stage.rounds)
    if share < 0.05:
        return peak * max(share / 0.05, 0.01)
    return 1e-5 + (peak - 1e-5) * 0.5 * (1 + math.cos(math.pi * (share - 0.05) / 0.95))


def optimiser(net: nn.Module) -> torch.optim.AdamW:
    """AdamW without decay on norms and biases."""
    decay = [p for p in net.parameters() if p.ndim > 1]
    plain = [p for p in net.parameters() if p.ndim <= 1]
    return torch.optim.AdamW(
        [{'params': decay, 'weight_decay': 0.01}, {'params': plain, 'weight_decay': 0.0}], lr=1e-3
    )


def loss_of(net: Recogniser, batch: Batch) -> torch.Tensor:
    """CTC over the characters, cross entropy over the known states, rows and their split."""
    issuers = torch.from_numpy(batch.states).to(DEVICE)
    known = issuers >= 0
    plates = torch.from_numpy(batch.crops).to(DEVICE)
    plates = plates.contiguous(memory_format=torch.channels_last)
    with torch.autocast(DEVICE, torch.bfloat16):
        features = net.features(plates, known if bool(known.any()) else None)
    # The heads stay in full precision: eight bits of mantissa are too few for logits.
    logits, states, rows = net.heads(*(f.float() for f in features))
    logits = logits[torch.from_numpy(batch.reads).to(DEVICE)]
    loss = nn.functional.ctc_loss(
        logits.log_softmax(2).permute(1, 0, 2),
        torch.from_numpy(batch.targets).to(DEVICE),
        torch.full((len(logits),), logits.shape[1], dtype=torch.long),
        torch.from_numpy(batch.lengths),
        zero_infinity=True,
    )
    if known.any():
        loss = loss + _STATE_WEIGHT * nn.functional.cross_entropy(
            states, issuers[known], label_smoothing=0.05
        )
    splits = torch.from_numpy(batch.splits).to(DEVICE)
    known, two = ~splits.isnan(), splits > 0
    loss = loss + _ROWS_WEIGHT * nn.functional.binary_cross_entropy_with_logits(
        rows[known, 0], two[known].float()
    )
    if two.any():
        loss = loss + _ROWS_WEIGHT * 4 * (rows[two, 1].sigmoid() - splits[two]).abs().mean()
    return loss


def read(net: nn.Module, images: list[np.ndarray]) -> list[tuple[str, float]]:
    """Greedy reads of whole crops."""
    net.eval()
    reads: list[tuple[str, float]] = []
    with torch.no_grad():
        for i in range(0, len(images), 64):
            crops = np.stack([plain_crop(image) for image in images[i : i + 64]])[:, None]
            logits = net(torch.from_numpy(crops).to(DEVICE))[0]
            reads += greedy(logits.softmax(2).cpu())
    return reads


def real_crops(stage: Stage) -> list[datasets.Crop]:
    """The real crops: those whose text this stage believes, and for their state alone the others."""
    crops = [c for c in datasets.state_crops() if not c.held_out]
    texts = [c for c in crops if 2 <= len(c.text) <= 8]
    if stage.before is None:
        kept = [c for c in texts if c.confidence >= _LEAST_CONFIDENCE and len(c.text) >= 4]
    else:
        net = Recogniser(len(STATES), STAGES[stage.before].width).to(DEVICE)
        load_weights(net, checkpoint(stage.before))
        kept = believed(texts, lambda images: read(net, images))
    names = {c.name for c in kept}
    print(f'{stage.name}: texts of {len(kept)} of {len(crops)} real crops', flush=True)
    return kept + [dataclasses.replace(c, text='') for c in crops if c.name not in names]


def load_weights(net: Recogniser, path: Path) -> None:
    """The averaged weights of a checkpoint.

    Parts that it does not have yet stay as they are. Where the net is wider, what it knew already heeds nothing of
    what is new, so that it reads as before.
    """
    known = net.state_dict()
    saved = torch.load(path, map_location=DEVICE)['average']
    for key, value in saved.items():
        if key not in known or value.shape == known[key].shape:
            continue
        wider = known[key].clone()
        if value.ndim > 1:
            wider[: value.shape[0]] = 0
        wider[tuple(slice(n) for n in value.shape)] = value
        saved[key] = wider
    net.load_state_dict({k: v for k, v in saved.items() if k in known}, strict=False)


def _single(net: nn.Module, plates: list[RealPlate]) -> list[RealPlate]:
    """The plates of one row: the text of two is not to be read at once."""
    tight = np.random.default_rng(3)
    crops = np.stack([plain_crop(framed(tight, plate, loose=False)[0]) for plate in plates])
    with torch.no_grad():
        parts = torch.from_numpy(crops)[:, None].to(DEVICE).split(64)
        two = torch.cat([net(part)[2][:, 0] for part in parts]).cpu() >= 0
    return [plate for plate, rows in zip(plates, two.tolist(), strict=True) if not rows]


def wild_plates(stage: Stage) -> Wild:
    """The real plates to be framed again, of the training folds."""
    banned = datasets.yardstick_texts()
    net = Recogniser(len(STATES), STAGES[stage.before].width).to(DEVICE).eval()
    load_weights(net, checkpoint(stage.before))
    texts, photos = (_single(net, plates) for plates in (text_plates(banned), photo_plates(banned)))
    wild = Wild(by_text(texts), by_text(photos), datasets.not_plates(), stage.wild)
    print(f'{len(wild.texts)} texts of plates that people wrote, {len(wild.photos)} machine-read, '
          f'{len(wild.not_plates)} pictures of none', flush=True)  # fmt: skip
    return wild


class _Stream(torch.utils.data.IterableDataset):
    """Endless batches; each worker process draws its own."""

    def __init__(self, seed: list[int], real: list[datasets.Crop], stage: Stage) -> None:
        self._seed, self._real, self._share = seed, real, stage.real
        self._wild = wild_plates(stage) if stage.wild else None
        self._patches = datasets.photo_patches()

    def __iter__(self) -> Iterator[Batch]:
        worker = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([*self._seed, worker.id if worker else 0])
        source = Source(rng, self._patches, self._real, self._share, self._wild)
        while True:
            yield source.batch(BATCH)


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
    right = [datasets.fold(r[0]) == datasets.fold(c.text) for r, c in zip(reads, crops, strict=True)]
    return sum(right) / max(len(right), 1)


def train(stage: Stage, share: float, minutes: float | None, alone: bool) -> None:
    """Runs the stage to its end, or on from its checkpoint."""
    torch.set_num_threads(1)
    torch.manual_seed(7)
    images = stage.images * _LONGER * share
    net = Recogniser(len(STATES), stage.width).to(DEVICE).to(memory_format=torch.channels_last)
    tune = optimiser(net)
    seen, spent = 0, 0.0
    path = checkpoint(stage.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    if stage.before is not None and not path.exists():
        load_weights(net, checkpoint(stage.before))
    average = copy.deepcopy(net)
    if path.exists():
        saved = torch.load(path, map_location=DEVICE)
        net.load_state_dict(saved['net'])
        average.load_state_dict(saved['average'])
        tune.load_state_dict(saved['tune'])
        seen, spent = saved['seen'], saved.get('spent', 0.0)

    def done() -> float:
        return spent / (minutes * 60) if minutes else seen / images

    if done() >= 1:
        print(f'{stage.name}: already trained on {seen} images')
        return
    held_out = [c for c in datasets.state_crops() if c.held_out and c.confidence >= _LEAST_CONFIDENCE]
    stream = _Stream([11, seen], real_crops(stage), stage)
    workers = 0 if alone else _WORKERS
    batches = iter(torch.utils.data.DataLoader(stream, batch_size=None, num_workers=workers))
    saved_at = shown_at = time.monotonic()
    began, last, running = seen, saved_at, 0.0
    started = saved_at
    while done() < 1:
        for group in tune.param_groups:
            group['lr'] = learning_rate(done(), stage)
        net.train()
        loss = loss_of(net, next(batches))
        tune.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5)
        tune.step()
        number = int(done() * stage.rounds)
        seen += BATCH
        _blend(average, net, seen)
        running = loss.item() if running == 0 else running * 0.98 + loss.item() * 0.02
        now = time.monotonic()
        spent, last = spent + now - last, now
        if now - shown_at > 30:
            shown_at = now
            rate = (seen - began) / (now - started)
            print(f'{seen} images, {done():.2f} done, loss {running:.3f}, {rate:.0f}/s', flush=True)
        ended = int(done() * stage.rounds) > number
        if now - saved_at > _SAVE_EVERY_S or ended or done() >= 1:
            saved_at = now
            state = {
                'net': net.state_dict(),
                'average': average.state_dict(),
                'tune': tune.state_dict(),
                'seen': seen,
                'spent': spent,
            }
            torch.save(state, path.with_suffix('.new'))
            path.with_suffix('.new').rename(path)
            if ended and stage.rounds > 1:
                shutil.copy(path, path.with_suffix(f'.round{number + 1}.pt'))
            print(f'{seen} images: held-out crops {_accuracy(average, held_out):.3f}', flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--stage', choices=sorted(STAGES), required=True)
    parser.add_argument('--share', type=float, default=1.0)
    parser.add_argument('--minutes', type=float)
    parser.add_argument('--alone', action='store_true')
    args = parser.parse_args()
    train(STAGES[args.stage], args.share, args.minutes, args.alone)


if __name__ == '__main__':
    main()
