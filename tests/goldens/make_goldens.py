"""Writes the goldens beside this file: small vision transformers, what they compute, and a WeCoLoRA run.

An implementation of its own, in double precision and from the papers' formulas: the vision transformer
(Dosovitskiy et al., arXiv 2010.11929), registers (arXiv 2309.16588), layer scale (arXiv 2103.17239) and
WeCoLoRA (arXiv 2404.09326). Only matrix products, softmax, GELU, automatic differentiation, AdamW and
bicubic resampling are PyTorch's. Weights are rounded to float32 before anything is computed with them.

    pip install torch numpy safetensors
    python make_goldens.py
"""

import math
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

LINEARS = ["attn.q", "attn.k", "attn.v", "attn.proj", "mlp.fc1", "mlp.fc2"]
PATCH, SIDE, CHANNELS, DEPTH, EPSILON = 4, 16, 3, 3, 1e-6
SKIP, RANK, STEPS, WARM_UP, PEAK = 2, 3, 12, 3, 0.02
IMAGES = 3


def rounded(tensor):
    return tensor.to(torch.float32).to(torch.float64)


def normal(*shape, scale=1.0, mean=0.0):
    return rounded(mean + scale * torch.randn(*shape))


def make_weights(c):
    d, m = c["width"], c["mlp"]
    w = {
        "patch_embed.proj.weight": normal(d, CHANNELS, PATCH, PATCH, scale=0.3),
        "patch_embed.proj.bias": normal(d, scale=0.3),
        "cls_token": normal(1, 1, d),
        "pos_embed": normal(1, (SIDE // PATCH) ** 2 + c["prefix_positions"], d, scale=0.7),
    }
    if c["registers"]:
        w["reg_token"] = normal(1, c["registers"], d)
    norms = [c["final_norm"]] + (["norm_pre"] if c["norm_pre"] else [])
    for i in range(DEPTH):
        b = f"blocks.{i}."
        norms += [b + "norm1", b + "norm2"]
        for name, rows, columns in [
            ("attn.qkv", 3 * d, d),
            ("attn.proj", d, d),
            ("mlp.fc1", m, d),
            ("mlp.fc2", d, m),
        ]:
            w[f"{b}{name}.weight"] = normal(rows, columns, scale=1 / math.sqrt(columns))
            if name != "attn.qkv" or c["qkv_bias"]:
                w[f"{b}{name}.bias"] = normal(rows, scale=0.3)
        if c["layer_scale"]:
            w[b + "ls1.gamma"] = normal(d, scale=0.3, mean=0.6)
            w[b + "ls2.gamma"] = normal(d, scale=0.3, mean=0.6)
    for name in norms:
        w[name + ".weight"] = normal(d, scale=0.2, mean=1)
        w[name + ".bias"] = normal(d, scale=0.2)
    return w


def layer_norm(w, name, x):
    centred = x - x.mean(-1, keepdim=True)
    variance = (centred**2).mean(-1, keepdim=True)
    return centred / torch.sqrt(variance + EPSILON) * w[name + ".weight"] + w[name + ".bias"]


def activate(kind, x):
    if kind == "quick-gelu":
        return x / (1 + torch.exp(-1.702 * x))
    return F.gelu(x, approximate="tanh" if kind == "gelu-tanh" else "none")


def embed(c, w, images, pos_embed=None):
    """Patches row by row, each a dot product with the kernel; then prefix tokens and positions."""
    mean = torch.tensor(c["mean"]).view(1, -1, 1, 1)
    deviation = torch.tensor(c["deviation"]).view(1, -1, 1, 1)
    x = (images - mean) / deviation
    kernel = w["patch_embed.proj.weight"]
    grid = images.shape[-1] // PATCH
    patches = []
    for row in range(grid):
        for column in range(grid):
            cut = x[:, :, row * PATCH : (row + 1) * PATCH, column * PATCH : (column + 1) * PATCH]
            patches.append(torch.einsum("bcij,dcij->bd", cut, kernel))
    x = torch.stack(patches, 1) + w["patch_embed.proj.bias"]
    positions = w["pos_embed"] if pos_embed is None else pos_embed
    prefix = [w[name].expand(len(x), -1, -1) for name in ["cls_token", "reg_token"] if name in w]
    if c["prefix_positions"]:
        x = torch.cat([*prefix, x], 1) + positions
    else:
        x = torch.cat([*prefix, x + positions], 1)
    return layer_norm(w, "norm_pre", x) if c["norm_pre"] else x


def linear(w, adapters, name, x, rows=None):
    """h = W x + b + B A x; `name` is the adapter's, q, k and v being thirds of one matrix."""
    stored = name
    if rows is not None:
        stored = name[:-1] + "qkv"
    weight, bias = w[stored + ".weight"], w.get(stored + ".bias")
    if rows is not None:
        weight, bias = weight[rows], None if bias is None else bias[rows]
    h = x @ weight.T
    if bias is not None:
        h = h + bias
    if adapters:
        h = h + x @ adapters[name + ".lora_A"].T @ adapters[name + ".lora_B"].T
    return h


def block(c, w, adapters, i, x):
    b, d, heads = f"blocks.{i}.", c["width"], c["heads"]
    size = d // heads
    y = layer_norm(w, b + "norm1", x)
    parts = [
        linear(w, adapters, f"{b}attn.{part}", y, slice(at * d, (at + 1) * d))
        for at, part in enumerate("qkv")
    ]
    mixed = []
    for head in range(heads):
        q, k, v = (part[..., head * size : (head + 1) * size] for part in parts)
        mixed.append(torch.softmax(q @ k.transpose(1, 2) / math.sqrt(size), -1) @ v)
    attended = linear(w, adapters, b + "attn.proj", torch.cat(mixed, -1))
    x = x + attended * w.get(b + "ls1.gamma", 1)
    hidden = linear(w, adapters, b + "mlp.fc1", layer_norm(w, b + "norm2", x))
    moved = linear(w, adapters, b + "mlp.fc2", activate(c["activation"], hidden))
    return x + moved * w.get(b + "ls2.gamma", 1)


def blocks(c, w, x, depth=DEPTH, adapters=None):
    outputs = []
    for i in range(depth):
        x = block(c, w, adapters, i, x)
        outputs.append(x)
    return outputs


def features(c, w, last):
    if c["final_norm"] == "fc_norm":
        return layer_norm(w, "fc_norm", last[:, 1 + c["registers"] :].mean(1))
    return layer_norm(w, "norm", last)[:, 0]


def student_weights(w):
    kept = {name: value for name, value in w.items() if not name.startswith("blocks.")}
    for new, old in enumerate(range(0, DEPTH, SKIP)):
        for name, value in w.items():
            if name.startswith(f"blocks.{old}."):
                kept[name.replace(f"blocks.{old}.", f"blocks.{new}.", 1)] = value
    return kept


def make_adapters(c):
    shapes = {"mlp.fc1": (c["mlp"], c["width"]), "mlp.fc2": (c["width"], c["mlp"])}
    adapters = {}
    for i in range(math.ceil(DEPTH / SKIP)):
        for name in LINEARS:
            out, into = shapes.get(name, (c["width"], c["width"]))
            adapters[f"blocks.{i}.{name}.lora_A"] = normal(RANK, into, scale=0.3)
            adapters[f"blocks.{i}.{name}.lora_B"] = normal(out, RANK, scale=0.3)
    return adapters


def learning_rate(step):
    if step < WARM_UP:
        return PEAK * step / WARM_UP
    return PEAK / 2 * (1 + math.cos(math.pi * (step - WARM_UP) / (STEPS - WARM_UP)))


def train(c, w, images, targets, golden):
    student = student_weights(w)
    depth = math.ceil(DEPTH / SKIP)
    adapters = make_adapters(c)
    for name, value in adapters.items():
        golden[name + ".init"] = value.clone()
        value.requires_grad_()

    def loss_now():
        last = blocks(c, student, embed(c, student, images), depth, adapters)[-1]
        return (targets - last).abs().mean()

    optimizer = torch.optim.AdamW(adapters.values(), betas=(0.9, 0.95), eps=1e-8, weight_decay=0.05)
    losses = []
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = learning_rate(step)
        optimizer.zero_grad()
        loss = loss_now()
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            for name, value in adapters.items():
                golden[name + ".grad"] = value.grad.clone()
        optimizer.step()
    golden["expected.losses"] = torch.tensor(losses)
    golden["expected.learning_rates"] = torch.tensor([learning_rate(e) for e in range(STEPS)])
    for name, value in adapters.items():
        golden[name + ".final"] = value.detach()


def golden_of(c):
    w = make_weights(c)
    images = rounded(torch.rand(IMAGES, CHANNELS, SIDE, SIDE))
    golden = {"images": images, "expected.tokens": embed(c, w, images)}
    outputs = blocks(c, w, golden["expected.tokens"])
    for i, output in enumerate(outputs):
        golden[f"expected.block_{i}"] = output
    golden["expected.features"] = features(c, w, outputs[-1])
    train(c, w, images, outputs[-1], golden)
    return w, golden


def add_larger_image(c, w, golden):
    """The same encoder for 24 px: positions 4 × 4 → 6 × 6, with antialiased bicubic weights as in timm."""
    prefix = c["prefix_positions"]
    kept, grid = w["pos_embed"][:, :prefix], w["pos_embed"][:, prefix:]
    grid = grid.reshape(1, 4, 4, -1).permute(0, 3, 1, 2)
    grid = F.interpolate(grid, size=(6, 6), mode="bicubic", antialias=True, align_corners=False)
    positions = torch.cat([kept, grid.permute(0, 2, 3, 1).reshape(1, 36, -1)], 1)
    golden["larger.images"] = rounded(torch.rand(1, CHANNELS, 24, 24))
    golden["larger.pos_embed"] = positions
    last = blocks(c, w, embed(c, w, golden["larger.images"], positions))[-1]
    golden["larger.features"] = features(c, w, last)


def save(name, w, golden):
    # In a file of its own: a teacher whose tensors are not all explained is refused.
    values = {f"golden.{key}": value for key, value in golden.items()}
    for file, tensors in ((f"{name}.safetensors", w), (f"{name}.golden.safetensors", values)):
        path = Path(__file__).parent / file
        save_file({k: v.to(torch.float32).contiguous() for k, v in tensors.items()}, path)


def main():
    torch.manual_seed(20240926)
    plain = dict(width=12, heads=2, mlp=24, registers=0, prefix_positions=1, final_norm="norm")
    plain |= dict(norm_pre=False, layer_scale=False, qkv_bias=True, activation="gelu")
    plain |= dict(mean=[0.485, 0.456, 0.406], deviation=[0.229, 0.224, 0.225])
    w, golden = golden_of(plain)
    add_larger_image(plain, w, golden)
    by_tanh = {**plain, "activation": "gelu-tanh"}
    last = blocks(by_tanh, w, golden["expected.tokens"])[-1]
    golden["expected.features_gelu_tanh"] = features(by_tanh, w, last)
    save("plain", w, golden)

    variant = dict(width=18, heads=3, mlp=36, registers=2, prefix_positions=0, final_norm="fc_norm")
    variant |= dict(norm_pre=True, layer_scale=True, qkv_bias=False, activation="quick-gelu")
    variant |= dict(mean=[0.5, 0.4, 0.3], deviation=[0.25, 0.3, 0.2])
    save("registers", *golden_of(variant))


main()
