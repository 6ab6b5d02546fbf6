#!/usr/bin/python3
"""Makes a checkpoint of the shipped recogniser, to train on from it where its checkpoints are not at hand.

python3 -m recogniser.restore [--models DIR]

The rounded weights become floats again (seven bits of each are left), and each convolution gets back a
batch norm: its mean and deviation are measured on training samples, and its scale and shift chosen such that
net and model agree. So the net reads as the shipped model does and can be trained on.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

import datasets

from .data import STATES, Source
from .net import Recogniser
from .train import LAST_STAGE, STAGES, checkpoint

_SAMPLES = 1024
# As a fresh convolution of torch has them, by the number of inputs to one output.
_FRESH_VARIANCE = 1 / 3


def _tensors(graph: onnx.GraphProto) -> dict[str, np.ndarray]:
    """Weights and biases by name, those that were rounded as floats again."""
    stored = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    found = dict(stored)
    for node in graph.node:
        if node.op_type == 'DequantizeLinear' and node.input[0] in stored:
            values, scale = (stored[name].astype(np.float32) for name in node.input[:2])
            found[node.output[0]] = values * scale.reshape(-1, *[1] * (values.ndim - 1))
    return found


def _name_of(output: str) -> str:
    """`/net/fine/first/first.0/Conv_output_0` is the layer `fine.first.0`: a part may repeat the one before."""
    parts = output.split('/')[2:-1]
    kept = [p for p, after in zip(parts, [*parts[1:], ''], strict=True) if not after.startswith(f'{p}.')]
    return '.'.join(kept)


def _layers(graph: onnx.GraphProto) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Weight and bias of each convolution and linear layer, by the net's own name for it."""
    tensors = _tensors(graph)
    found = {}
    for node in graph.node:
        if node.op_type in ('Conv', 'Gemm') and node.input[1] in tensors:
            found[_name_of(node.output[0])] = tensors[node.input[1]], tensors[node.input[2]]
    return found


def _with_norm(net: nn.Module) -> dict[str, str]:
    """The batch norm that follows each convolution, by names."""
    modules = dict(net.named_modules())
    following = {}
    for name, module in modules.items():
        if isinstance(module, nn.BatchNorm2d):
            parent, place = name.rsplit('.', 1)
            following[f'{parent}.{int(place) - 1}'] = name
    return following


def restored(model: onnx.ModelProto, plates: torch.Tensor) -> Recogniser:
    """The net of an exported model; `plates` uint8 [N, 1, 64, 128] are what its norms are measured on."""
    net = Recogniser(len(STATES), STAGES[LAST_STAGE].width).eval()
    modules = dict(net.named_modules())
    norms = _with_norm(net)
    layers = _layers(model.graph)
    for name, arrays in layers.items():
        layer = modules[name]
        weight, bias = (torch.from_numpy(array.copy()) for array in arrays)
        if name not in norms:
            layer.weight.data, layer.bias.data = weight, bias
            continue
        # What follows divides by the deviation: the weights' size is free, and taken as a fresh layer's.
        wanted = (_FRESH_VARIANCE / weight[0].numel()) ** 0.5
        size = weight.pow(2).flatten(1).mean(1).sqrt().clamp_min(1e-8)
        layer.weight.data = weight * (wanted / size)[:, None, None, None]
        norm = modules[norms[name]]
        norm.weight.data, norm.bias.data = size / wanted, bias
        norm.running_mean.zero_()
        norm.running_var.fill_(1 - norm.eps)
    place = next(t for t in model.graph.initializer if t.name == 'net.across.place')
    net.across.place.data = torch.from_numpy(numpy_helper.to_array(place).copy())
    _measure_norms(net, [modules[norms[name]] for name in layers if name in norms], plates)
    return net


def _measure_norms(net: Recogniser, norms: list[nn.BatchNorm2d], plates: torch.Tensor) -> None:
    """Gives each norm the mean and variance of what comes into it, without changing what goes out."""
    sums = {norm: [] for norm in norms}

    def note(norm: nn.BatchNorm2d, inputs: tuple[torch.Tensor]) -> None:
        x = inputs[0].double()
        sums[norm].append((x.mean(dim=(0, 2, 3)), x.pow(2).mean(dim=(0, 2, 3))))

    hooks = [norm.register_forward_pre_hook(note) for norm in norms]
    with torch.no_grad():
        for part in plates.split(64):
            net(part)
    for hook in hooks:
        hook.remove()
    for norm, parts in sums.items():
        mean = torch.stack([m for m, _ in parts]).mean(0)
        variance = torch.stack([s for _, s in parts]).mean(0) - mean.pow(2)
        scale = norm.weight.data.double()
        norm.running_mean.copy_(mean.float())
        norm.running_var.copy_(variance.float())
        norm.weight.data = (scale * (variance + norm.eps).sqrt()).float()
        norm.bias.data = (norm.bias.data.double() + scale * mean).float()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--models', type=Path, default=datasets.ROOT / 'models')
    args = parser.parse_args()
    path = checkpoint(LAST_STAGE)
    if path.exists():
        raise SystemExit(f'{path} is there already')
    torch.set_num_threads(1)
    crops = [c for c in datasets.state_crops() if not c.held_out]
    source = Source(np.random.default_rng(5), datasets.photo_patches(), crops, 0.35)
    plates = torch.from_numpy(np.stack([source.fresh().crop for _ in range(_SAMPLES)])[:, None])
    net = restored(onnx.load(str(args.models / 'recogniser.onnx')), plates)
    manifest = json.loads((args.models / 'recogniser.json').read_text())
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({'average': net.state_dict(), 'images': manifest['training']['images']}, path)
    print(f'{path}: the shipped model, {manifest["training"]["images"]} images')


if __name__ == '__main__':
    main()
