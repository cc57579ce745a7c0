"""Writes decoder.safetensors beside this file: a segmentation decoder, its losses and their gradient.

An implementation of its own, in double precision. Convolutions, bilinear resampling, cross-entropy and automatic
differentiation are PyTorch's; Dice is that of Milletari et al. (arXiv 1606.04797) with sums in place of squares.

    pip install torch numpy safetensors
    python make_decoder_goldens.py
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
torch.manual_seed(5)

WIDTH, SIDE, PATCH, CLASSES, BATCH = 6, 12, 4, 3, 2
HIDDEN, STEM = 32, 16
GRID = SIDE // PATCH
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SHAPES = {
    "project.weight": (2 * WIDTH, HIDDEN),
    "project.bias": (HIDDEN,),
    "neighbours.weight": (HIDDEN, HIDDEN, 3, 3),
    "neighbours.bias": (HIDDEN,),
    "stem.0.weight": (STEM, 3, 3, 3),
    "stem.0.bias": (STEM,),
    "stem.1.weight": (STEM, STEM, 3, 3),
    "stem.1.bias": (STEM,),
    "edges.weight": (HIDDEN, STEM, 1, 1),
    "edges.bias": (HIDDEN,),
    "classify.weight": (CLASSES, HIDDEN, 1, 1),
    "classify.bias": (CLASSES,),
}


def rounded(tensor):
    return tensor.to(torch.float32).to(torch.float64)


def normal(*shape, scale=1.0):
    return rounded(scale * torch.randn(*shape))


def decode(w, patches, images):
    column = lambda values: torch.tensor(values).reshape(1, 3, 1, 1)
    convolve = lambda x, name: F.conv2d(
        x, w[f"{name}.weight"], w[f"{name}.bias"], padding=w[f"{name}.weight"].shape[-1] // 2
    )
    projected = patches @ w["project.weight"] + w["project.bias"]
    grid = projected.transpose(1, 2).reshape(BATCH, HIDDEN, GRID, GRID)
    coarse = convolve(F.relu(grid), "neighbours")
    coarse = F.interpolate(coarse, size=(SIDE, SIDE), mode="bilinear", align_corners=False)
    standard = (images - column(MEAN)) / column(DEVIATION)
    fine = F.relu(convolve(F.relu(convolve(standard, "stem.0")), "stem.1"))
    return convolve(F.relu(coarse + convolve(fine, "edges")), "classify")


def dice_loss(logits, labels):
    known = (labels != 255).to(logits.dtype)[:, None]
    truth = F.one_hot(labels.clamp(max=CLASSES - 1), CLASSES).movedim(-1, 1).to(logits.dtype) * known
    likely = logits.softmax(1) * known
    both, either = (likely * truth).sum((2, 3)), (likely + truth).sum((2, 3))
    return 1 - ((2 * both + 1) / (either + 1))[:, 1:].mean()


parameters = torch.cat(
    [
        normal(*shape, scale=0.5 / max(1, torch.Size(shape[-3:]).numel()) ** 0.5).flatten()
        for shape in SHAPES.values()
    ]
).requires_grad_()
weights, offset = {}, 0
for name, shape in SHAPES.items():
    size = torch.Size(shape).numel()
    weights[name] = parameters[offset : offset + size].reshape(shape)
    offset += size
patches = normal(BATCH, GRID * GRID, 2 * WIDTH)
images = rounded(torch.rand(BATCH, 3, SIDE, SIDE))
labels = torch.randint(0, CLASSES + 1, (BATCH, SIDE, SIDE))
labels[labels == CLASSES] = 255
class_weights = torch.tensor([0.5, 1.0, 2.0])

logits = decode(weights, patches, images)
entropy = F.cross_entropy(logits, labels, weight=class_weights, ignore_index=255)
loss = entropy + dice_loss(logits, labels)
loss.backward()

tensors = {
    "parameters": parameters,
    "patches": patches,
    "images": images,
    "labels": labels,
    "class_weights": class_weights,
    "logits": logits,
    "loss": loss.reshape(1),
    "gradient": parameters.grad,
}
save_file(
    {name: tensor.detach().to(torch.float32).contiguous() for name, tensor in tensors.items()},
    Path(__file__).parent / "decoder.safetensors",
)
