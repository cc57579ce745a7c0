"""Writes checkpoints/: small files by PyTorch itself in all its forms, and expected.json, what they hold.

    pip install torch numpy
    python make_checkpoints.py && npx prettier --write checkpoints/expected.json
"""

import argparse
import json
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Dict, List

import numpy as np
import torch

FOLDER = Path(__file__).parent / "checkpoints"
NAMES = {
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.float64: "F64",
    torch.int64: "I64",
    torch.bool: "BOOL",
    torch.complex64: "C64",
    torch.uint16: "U16",
}


def values(tensor):
    if not tensor.dtype.is_floating_point:
        return None
    return tensor.detach().to(torch.float32).reshape(-1).tolist()


def facts(tensors):
    return {
        name: {"dtype": NAMES[t.dtype], "shape": list(t.shape), "values": values(t)} for name, t in tensors.items()
    }


def views():
    base = torch.randn(4, 3, 2)
    return {
        "row_major": base,
        "transposed": base.transpose(0, 2),
        "sliced": base[1:4:2, :, 1],
        "expanded": torch.randn(1, 3).expand(2, 3),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
        "half": torch.randn(3, 2).half().t(),
        "bfloat16": torch.randn(3, 2).bfloat16(),
        "double": torch.randn(2, dtype=torch.float64),
        "steps": torch.tensor(7),
        "mask": torch.tensor([True, False]),
        "frequencies": torch.zeros(2, dtype=torch.complex64),
    }


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = torch.nn.Linear(3, 2)
        self.norm = torch.nn.LayerNorm(2)
        self.scale = torch.nn.Parameter(torch.randn(2))


def lightning():
    model = Model()
    optimizer = torch.optim.AdamW(model.parameters())
    model.proj(torch.randn(2, 3)).sum().backward()
    optimizer.step()
    checkpoint = {
        "epoch": 3,
        "state_dict": model.state_dict(),
        "optimizer_states": [optimizer.state_dict()],
        "lr_schedulers": [torch.optim.lr_scheduler.StepLR(optimizer, 1).state_dict()],
        "hyper_parameters": {"model": "mae_vit_base_patch16", "lr": 1e-3},
        "args": argparse.Namespace(device=torch.device("cuda:0"), best=np.float64(0.75), output=Path("/out")),
    }
    return checkpoint, {f"state_dict.{name}": t for name, t in model.state_dict().items()}


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(2, 2, 1, bias=False).half()
        self.bn1 = torch.nn.BatchNorm2d(2)

    def forward(self, x):
        return self.bn1(self.conv1(x.half()).float())


class Scripted(torch.nn.Module):
    """A convolutional network with attributes of all kinds; a tensor that is no parameter is one of its tensors too."""

    def __init__(self):
        super().__init__()
        self.layer1 = torch.nn.Sequential(Block(), Block())
        self.again = self.layer1
        self.name = "net"
        self.sizes: List[int] = [2, 3]
        self.scales: List[float] = [0.5]
        self.more: List[torch.Tensor] = [torch.randn(2), torch.randn(2).double()]
        self.named: Dict[str, torch.Tensor] = {"mask": torch.randn(3, 2).t()}

    def forward(self, x):
        return self.again(self.layer1(x)) + self.more[0].sum() + self.named["mask"].sum()


def save_script(module, path):
    """Without what the compiler notes for messages: where on this machine its sources lie."""
    torch.jit.save(module, path)
    with zipfile.ZipFile(path) as archive:
        kept = [(entry, archive.read(entry)) for entry in archive.infolist() if not entry.filename.endswith(".debug_pkl")]
    with zipfile.ZipFile(path, "w") as archive:
        for entry, content in kept:
            archive.writestr(zipfile.ZipInfo(entry.filename), content, entry.compress_type)
    return torch.jit.load(path)


def scripted():
    module = Scripted()
    loaded = save_script(torch.jit.script(module.eval()), FOLDER / "script.pt")
    layer = {f"{place}.{name}": t for place in ("layer1", "again") for name, t in loaded.layer1.state_dict().items()}
    return {
        **layer,
        **{f"more.{index}": t for index, t in enumerate(loaded.more)},
        "named.mask": loaded.named["mask"],
    }


FORMS = {
    "zip": {},
    "legacy": {"_use_new_zipfile_serialization": False},
    "protocol-4": {"pickle_protocol": 4},
    "protocol-5-legacy": {"pickle_protocol": 5, "_use_new_zipfile_serialization": False},
}

torch.manual_seed(0)
FOLDER.mkdir(exist_ok=True)
expected = {}
for form, options in FORMS.items():
    tensors = views()
    checkpoint, weights = lightning()
    parameters = OrderedDict(scale=Model().scale, offsets=torch.zeros(2, dtype=torch.uint16))
    parts = {"views": (tensors, tensors), "lightning": (checkpoint, weights), "parameters": (parameters, parameters)}
    for name, (content, inside) in parts.items():
        file = f"{name}-{form}.pth"
        torch.save(content, FOLDER / file, **options)
        expected[file] = facts(inside)
torch.save(Model(), FOLDER / "whole-model.pth")
expected["script.pt"] = facts(scripted())
(FOLDER / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
