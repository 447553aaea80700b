"""Makes the checkpoints beside this file, with PyTorch 1.13: python3 fixtures.py FOLDER."""
import argparse
import collections
import os
import sys

import numpy
import torch

folder = sys.argv[1]
cube = torch.arange(24.0).reshape(2, 3, 4)
base = torch.arange(10.0)
tensors = {
    "f64": torch.tensor([1.5, -2]).double(),
    "f32": cube,
    "f16": torch.tensor([1.5, -2, 6e-8, 65504, float("inf")]).half(),
    "bf16": torch.tensor([1.5, -3e38]).bfloat16(),
    "i64": torch.tensor([1 << 40, -1]),
    "i32": torch.tensor([-5], dtype=torch.int32),
    "i16": torch.tensor([-7], dtype=torch.int16),
    "i8": torch.tensor([-8], dtype=torch.int8),
    "u8": torch.tensor([200], dtype=torch.uint8),
    "bool": torch.tensor([True, False]),
    "transposed": cube.permute(2, 0, 1),
    "shared_a": base[2:5],
    "shared_b": base[::3],
    "expanded": torch.tensor([7.0]).expand(3),
    "scalar": torch.tensor(3.0),
    "empty": torch.zeros(0, 4),
    "parameter": torch.nn.Parameter(torch.tensor([9.0])),
}
checkpoint = {
    "state_dict": collections.OrderedDict(("module." + name, tensor) for name, tensor in tensors.items()),
    "epoch": 7,
    "args": argparse.Namespace(lr=1e-3, name="mae", flag=True, betas=(0.9, 0.95), none=None),
    "optimizer": {"state": {0: {"step": 1}}, "param_groups": [{"lr": 0.1, "params": [0]}]},
    "best": numpy.float64(0.5),
}
torch.save(checkpoint, folder + "/kinds.pth")
torch.save(checkpoint, folder + "/kinds_legacy.pth", _use_new_zipfile_serialization=False)
torch.save(checkpoint, folder + "/kinds_protocol4.pth", pickle_protocol=4)


class Evil:
    def __reduce__(self):
        return os.system, ("echo gotcha",)


torch.save({"model": {"w": cube}, "x": Evil()}, folder + "/evil.pth")
torch.save({"model": {"w": cube}, "x": Evil()}, folder + "/evil_legacy.pth", _use_new_zipfile_serialization=False)

module = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Linear(3, 1))
with torch.no_grad():
    for i, parameter in enumerate(module.parameters()):
        parameter.fill_(i)
torch.jit.script(module).save(folder + "/script.pt")
