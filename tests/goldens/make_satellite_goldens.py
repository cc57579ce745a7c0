"""Tiny Prithvi and SatMAE of the authors' own code with what they compute: goldens of naming.test.ts.

Written with terratorch 1.2.13 (its copy of Prithvi 2.0) and rshf 0.2.2 (Prithvi 1.0, SatMAE), of which only the files with
the models are run, on PyTorch 2.11 and timm 1.0.31:

    pip install --no-deps terratorch rshf einops
    python make_satellite_goldens.py
"""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import torch
from make_naming_goldens import scramble
from safetensors.torch import save_file

HERE = Path(__file__).parent / "naming"
IMAGES = torch.rand(2, 6, 8, 8, generator=torch.Generator().manual_seed(1))
DECODER = {"decoder_embed_dim": 16, "decoder_depth": 1, "decoder_num_heads": 1}
SIZES = {"img_size": 8, "embed_dim": 16, "depth": 2, "num_heads": 2, "mlp_ratio": 1.5, **DECODER}


def module(package: str, file: str) -> ModuleType:
    """One file of a package, without what the package imports."""
    root = Path(importlib.util.find_spec(package).origin).parent
    spec = importlib.util.spec_from_file_location(f"{package}_file", root / file)
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


def unmasked(model: torch.nn.Module) -> torch.nn.Module:
    """Without a mask, and with all patches in their order."""
    model.random_masking = lambda tokens, _ratio: (tokens, None, None)
    return model


def scrambled(model: torch.nn.Module, seed: int) -> torch.nn.Module:
    """Positions stay the sines and cosines that they are in every checkpoint."""
    fixed = {name: weight.clone() for name, weight in model.state_dict().items() if "pos_embed" in name}
    scramble(model, seed)
    model.load_state_dict(fixed, strict=False)
    return model


def one_date(trained: torch.nn.Module, model: torch.nn.Module) -> torch.nn.Module:
    """The same weights in a model of one date, whose positions are made anew, as the authors do it."""
    weights = {name: each for name, each in trained.state_dict().items() if "pos_embed" not in name}
    model.load_state_dict(weights, strict=False)
    return model.eval()


def write(
    name: str,
    trained: torch.nn.Module,
    blocks: torch.nn.ModuleList,
    images: torch.Tensor,
    run: Callable[[torch.Tensor], object],
) -> None:
    found: dict[str, torch.Tensor] = {"golden.images": images}
    blocks[0].register_forward_pre_hook(lambda _, inputs: found.update({"golden.tokens": inputs[0]}))
    for index, block in enumerate(blocks):
        key = f"golden.block_{index}"
        block.register_forward_hook(lambda _, __, out, key=key: found.update({key: out}))
    with torch.no_grad():
        run(images)
    folder = HERE / name
    folder.mkdir(parents=True, exist_ok=True)
    for file, tensors in (("model", trained.state_dict()), ("golden", found)):
        path = folder / f"{file}.safetensors"
        save_file({key: value.contiguous().clone() for key, value in tensors.items()}, path)
        path.chmod(0o644)


def prithvi_1() -> None:
    code = module("rshf", "prithvi/model.py")

    def model(dates: int) -> torch.nn.Module:
        config = code.PrithviConfig(**SIZES, patch_size=4, num_frames=dates, in_chans=6)
        return unmasked(code.MaskedAutoencoderViT(config))

    trained = scrambled(model(3), 1)
    single = one_date(trained, model(1))
    write("prithvi-1", trained, single.blocks, IMAGES, lambda images: single.forward_encoder(images[:, :, None], 0))


def prithvi_2() -> None:
    code = module("terratorch", "models/backbones/prithvi_mae.py")

    def model(dates: int) -> torch.nn.Module:
        coordinates = {"coords_encoding": ["time", "location"], "coords_scale_learn": True}
        return code.PrithviMAE(**SIZES, **coordinates, patch_size=(1, 4, 4), num_frames=dates, in_chans=6)

    # Four dates of 2 × 2 patches are as many positions as one of 4 × 4.
    trained = scrambled(model(4), 2)
    encoder = one_date(trained, model(1)).encoder
    write("prithvi-2", trained, encoder.blocks, IMAGES, encoder.forward_features)


def satmae() -> None:
    code = module("rshf", "satmae/model.py")
    config = code.SatMAEConfig(**SIZES, patch_size=4, in_chans=3)
    model = unmasked(scrambled(code.MaskedAutoencoderViT(config), 3))
    # As the authors' own functions make it; the package leaves PyTorch's.
    for layer in model.modules():
        if isinstance(layer, torch.nn.LayerNorm):
            layer.eps = 1e-6
    write("satmae", model, model.blocks, IMAGES[:, :3], lambda images: model.forward_encoder(images, 0))


if __name__ == "__main__":
    prithvi_1()
    prithvi_2()
    satmae()
