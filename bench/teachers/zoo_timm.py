"""Small random models of timm's architectures of transformers, with the config.json that timm pushes beside them.

    python zoo_timm.py OUT SEED [REGEX OF NAMES]

Written with timm 1.0.31 on PyTorch 2.15.
"""

import json
import re
import sys
from pathlib import Path

import timm
import torch
from safetensors.torch import save_file
from zoo_transformers import MOST_PARAMETERS, SIDE, scramble

MODULES = (
    "vision_transformer vision_transformer_hybrid vision_transformer_relpos vision_transformer_sam deit beit eva cait "
    "xcit convit crossvit volo tiny_vit mvitv2 hiera naflexvit pit levit vitamin swin_transformer twins pvt_v2 davit"
).split()
SMALL = {"img_size": SIDE, "patch_size": 8, "embed_dim": 32, "depth": 2, "num_heads": 2}


def build(name: str, seed: int) -> tuple[torch.nn.Module, dict] | None:
    """As small as the architecture lets itself be made."""
    without = lambda *keys: {key: value for key, value in SMALL.items() if key not in keys}
    for sizes in (SMALL, without("num_heads"), without("patch_size"), {"img_size": 64}, {}):
        try:
            torch.manual_seed(seed)
            with torch.device("meta"):
                model = timm.create_model(name, **sizes)
            if sum(weight.numel() for weight in model.parameters()) > MOST_PARAMETERS:
                return None
            return scramble(timm.create_model(name, num_classes=3, **sizes), seed + len(name)), sizes
        except Exception:
            continue
    return None


def save(folder: Path, name: str, model: torch.nn.Module, sizes: dict, seed: int) -> None:
    side = sizes.get("img_size") or model.pretrained_cfg["input_size"][-1]
    images = torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(seed))
    caught: dict[str, torch.Tensor] = {}
    for block, module in model.named_modules():
        if re.search(r"(^|\.)(blocks|layers)\.\d+$", block):
            module.register_forward_hook(lambda _m, _i, output, block=block: caught.update({f"out.{block}": output}))
    with torch.no_grad():
        model(images)
    plain = {key: value for key, value in caught.items() if isinstance(value, torch.Tensor)}
    folder.mkdir(parents=True, exist_ok=True)
    save_file({key: value.contiguous().clone() for key, value in model.state_dict().items()}, folder / "model.safetensors")
    save_file({"golden.images": images, **{key: value.contiguous().clone() for key, value in plain.items()}}, folder / "golden.st")
    kept = (str, int, float, bool, list, tuple, type(None))
    pretrained = {key: value for key, value in model.pretrained_cfg.items() if isinstance(value, kept)}
    pool = getattr(model, "global_pool", "")
    config = {
        "architecture": name,
        "num_features": model.num_features,
        "global_pool": pool if isinstance(pool, str) else "avg",
        "model_args": sizes,
        "pretrained_cfg": {**pretrained, "input_size": [3, side, side]},
    }
    (folder / "config.json").write_text(json.dumps(config))


def main() -> None:
    out, seed = Path(sys.argv[1]), int(sys.argv[2])
    wanted = re.compile(sys.argv[3] if len(sys.argv) > 3 else "")
    for name in (each for module in MODULES for each in timm.list_models(module=module)):
        built = build(name, seed) if wanted.search(name) else None
        if built is None:
            continue
        try:
            save(out / name, name, *built, seed)
            print("saved", name, flush=True)
        except Exception as error:
            print("not run", name, repr(error)[:100], flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
