"""The computation of a distillation as a PyTorch program does it: what `npm run bench -- pytorch` compares with.

A plain vision transformer with exact GELU, a student of every r-th block with LoRA adapters beside its frozen
layers, L1 loss to the teacher's last block, AdamW. Eager, float32, weights at random: time does not depend on
what they are. Needs Python 3 and torch, nothing else.

Prints one JSON object: what ran it, and for every case the milliseconds of a training step, of the teacher's
forward pass and of the student's, merged, of a batch. With --turns it says what it runs on, and then waits: each
line of standard input names a part ("step", "teacher", "student" or "taught", a step with the teacher before it),
and is answered by a line with the milliseconds of one run.
"""

import argparse
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

ARCHITECTURES = {
    "ViT-Ti/8, 64 px": dict(image=64, patch=8, width=192, depth=12, heads=3),
    "ViT-B/16, 224 px": dict(image=224, patch=16, width=768, depth=12, heads=12),
}


class Adapter(nn.Module):
    """B·A·x beside a frozen layer: what is added to its output."""

    def __init__(self, inputs, outputs, rank):
        super().__init__()
        self.a = nn.Parameter(torch.empty(rank, inputs))
        # Zeros where training begins; what time is measured with should have been trained.
        self.b = nn.Parameter(torch.empty(outputs, rank))
        nn.init.kaiming_uniform_(self.a, a=5**0.5)
        nn.init.uniform_(self.b, -0.01, 0.01)

    def forward(self, x):
        return F.linear(F.linear(x, self.a), self.b)


class AdaptedLinear(nn.Linear):
    """A frozen linear layer with an adapter for each of the equal parts of its output."""

    def __init__(self, inputs, outputs, rank, parts=1):
        super().__init__(inputs, outputs)
        self.adapters = nn.ModuleList(
            Adapter(inputs, outputs // parts, rank) for _ in range(parts if rank else 0)
        )

    def forward(self, x):
        y = super().forward(x)
        if not self.adapters:
            return y
        added = [adapter(x) for adapter in self.adapters]
        return y + (added[0] if len(added) == 1 else torch.cat(added, dim=-1))


class Block(nn.Module):
    def __init__(self, width, heads, rank):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.qkv = AdaptedLinear(width, 3 * width, rank, parts=3)
        self.proj = AdaptedLinear(width, width, rank)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.fc1 = AdaptedLinear(width, 4 * width, rank)
        self.fc2 = AdaptedLinear(4 * width, width, rank)

    def forward(self, x):
        batch, tokens, width = x.shape
        qkv = self.qkv(self.norm1(x)).reshape(batch, tokens, 3, self.heads, -1)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        mixed = F.scaled_dot_product_attention(q, k, v)
        x = x + self.proj(mixed.transpose(1, 2).reshape(batch, tokens, width))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class VisionTransformer(nn.Module):
    """Without a head; rank 0 has no adapters."""

    def __init__(self, image, patch, width, depth, heads, rank=0):
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, stride=patch)
        self.class_token = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.positions = nn.Parameter(torch.randn(1, (image // patch) ** 2 + 1, width) * 0.02)
        self.blocks = nn.ModuleList(Block(width, heads, rank) for _ in range(depth))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        for name, parameter in self.named_parameters():
            parameter.requires_grad = "adapters" in name

    def tokens(self, images):
        """The last block's output."""
        x = self.patches(images).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_token.expand(len(x), -1, -1), x], dim=1) + self.positions
        for block in self.blocks:
            x = block(x)
        return x

    def forward(self, images):
        """The class token's features."""
        return self.norm(self.tokens(images)[:, 0])


class Case:
    """A teacher, its student in training, and a student that has been merged, with something to show them."""

    def __init__(self, name, batch, rank, skip, device):
        sizes = ARCHITECTURES[name]
        kept = {**sizes, "depth": -(-sizes["depth"] // skip)}
        self.device = device
        self.teacher = VisionTransformer(**sizes).to(device).eval()
        self.learner = VisionTransformer(**kept, rank=rank).to(device).train()
        self.student = VisionTransformer(**kept).to(device).eval()
        adapters = [p for p in self.learner.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(
            adapters, lr=1e-4, betas=(0.9, 0.95), weight_decay=0.05, foreach=True
        )
        self.images = torch.rand(batch, 3, sizes["image"], sizes["image"], device=device)
        with torch.no_grad():
            self.targets = self.teacher.tokens(self.images)

    def run(self, part):
        """Milliseconds of one run of a part."""
        self.wait()
        start = time.perf_counter()
        getattr(self, f"run_{part}")()
        self.wait()
        return 1000 * (time.perf_counter() - start)

    def run_step(self):
        self.learn(self.targets)

    def run_taught(self):
        with torch.no_grad():
            targets = self.teacher.tokens(self.images)
        self.learn(targets)

    def run_teacher(self):
        with torch.no_grad():
            self.teacher.tokens(self.images)

    def run_student(self):
        with torch.no_grad():
            self.student(self.images)

    def learn(self, targets):
        loss = F.l1_loss(self.learner.tokens(self.images), targets)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        loss.item()

    def wait(self):
        if self.device == "cuda":
            torch.cuda.synchronize()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--arch", action="append", choices=list(ARCHITECTURES))
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--skip", type=int, default=2, help="the student has every so many-th block")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--runs", type=int, default=5, help="of which the fastest counts")
    parser.add_argument("--turns", action="store_true", help="run what standard input names")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    machine = {
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if options.device == "cuda" else "cpu",
        "threads": torch.get_num_threads(),
    }
    names = options.arch or list(ARCHITECTURES)
    case_of = lambda name: Case(name, options.batch, options.rank, options.skip, options.device)
    if options.turns:
        case = case_of(names[0])
        print(json.dumps(machine), flush=True)
        for line in sys.stdin:
            print(json.dumps({"ms": case.run(line.strip())}), flush=True)
        return
    cases = []
    for name in names:
        case = case_of(name)
        result = {"case": name, "batch": options.batch, "rank": options.rank, "skip": options.skip}
        for part in ("step", "teacher", "student"):
            result[f"{part}Ms"] = min(case.run(part) for _ in range(options.runs + 1))
        cases.append(result)
    print(json.dumps({**machine, "cases": cases}))


if __name__ == "__main__":
    main()
