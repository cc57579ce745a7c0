"""Small random models of every class of transformers that sees images, saved as the library saves them.

    python zoo_transformers.py OUT SEED [REGEX OF PACKAGES]

Each folder holds what `save_pretrained` writes, and `golden.st`: the images, and what each block gave for them.
Written with transformers 5.24 on PyTorch 2.15.
"""

import importlib
import inspect
import os
import pkgutil
import re
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
import transformers
from safetensors.torch import save_file

SIDE = 32
MOST_PARAMETERS = 25e6
# Sizes by the names that configurations have for them.
SIZES = [
    (r"hidden_size|embed_dim|d_model|width|dim|vision_width|hidden_dim|embedding_size|n_embd", 32),
    (r"num_hidden_layers|depth|num_layers|n_layers?|(en|de)coder_layers|num_decoder_layers", 2),
    (r"num_attention_heads|num_heads|n_head|heads|(en|de)coder_(num_)?attention_heads", 2),
    (r"num_key_value_heads|num_register_tokens|num_frames|frames_per_clip|mlp_ratio", 2),
    (r"intermediate_size|ffn_dim|mlp_dim|(en|de)coder_ffn_dim|ffn_hidden_size|decoder_intermediate_size", 48),
    (r"image_size|img_size|projection_dim|out_hidden_size|output_dim|projector_hidden_size|fusion_hidden_size", SIDE),
    (r"patch_size", 8),
    (r"vocab_size|max_position_embeddings", 64),
    (r"decoder_hidden_size|head_dim", 16),
    (r"decoder_num_hidden_layers|(pad|bos|eos)_token_id", 1),
    (r"num_queries", 4),
]
PARTS = {
    "backbone_config": "dinov2",
    "vision_config": "clip_vision_model",
    "text_config": "llama",
    "encoder": "vit",
    "decoder": "bert",
}


def names_of(config: type) -> set[str]:
    found: set[str] = set()
    for each in config.__mro__:
        found |= set(getattr(each, "__annotations__", {}) or {})
    return found


def sizes_of(config: type, depth: int = 0) -> dict:
    sizes: dict = {}
    for name in names_of(config):
        for pattern, value in SIZES:
            usual = getattr(config, name, None)
            if re.fullmatch(pattern, name) and not isinstance(usual, dict):
                sizes[name] = type(usual)([value] * len(usual)) if isinstance(usual, (list, tuple)) else value
    for name, part in (getattr(config, "sub_configs", {}) or {}).items():
        if part.__name__ == "AutoConfig":
            part = transformers.CONFIG_MAPPING[PARTS[name]] if name in PARTS else None
        if part is not None and depth < 3:
            sizes[name] = {**sizes_of(part, depth + 1), "model_type": part.model_type}
    return sizes


def configured(config: type) -> transformers.PreTrainedConfig:
    sizes = sizes_of(config)
    for _ in range(6):
        try:
            return config(**sizes)
        except Exception as error:
            found = re.search(r"argument '(\w+)'|field '(\w+)'|for field (\w+)", str(error))
            name = next((each for each in (found.groups() if found else ()) if each), None)
            if name is None or sizes.pop(name, None) is None:
                raise
    raise ValueError("no configuration")


def scramble(model: torch.nn.Module, seed: int) -> torch.nn.Module:
    """Weights far from where training begins, so that each of them counts."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.is_floating_point():
                noise = torch.randn(weight.shape, generator=generator)
                scale = weight.ndim == 1 and re.search("weight|gamma|lambda|scale", name)
                weight.copy_(1 + 0.2 * noise if scale else 0.15 * noise)
    return model.eval()


def outputs_of(model: torch.nn.Module, images: torch.Tensor) -> dict[str, torch.Tensor]:
    """What modules that are numbered gave, in whatever way the model takes images."""
    caught: dict[str, torch.Tensor] = {}

    def keep(name: str, output: object) -> None:
        first = output[0] if isinstance(output, (tuple, list)) else output
        if isinstance(first, torch.Tensor) and first.is_floating_point() and first.ndim >= 3:
            caught.setdefault(name, first.detach().float())

    hooks = [
        module.register_forward_hook(lambda _m, _i, output, name=name: keep(name, output))
        for name, module in model.named_modules()
        if re.search(r"\.\d+$", name)
    ]
    parts = r"(^|\.)(vision_model|vision_tower|visual|backbone|encoder|vit|image_encoder|vision_backbone)$"
    modules = [model, *(module for name, module in model.named_modules() if re.search(parts, name))]
    text = torch.ones(len(images), 4, dtype=torch.long)
    # Masked autoencoders mask at random, unless they are told in which order.
    order = torch.arange((SIDE // 8) ** 2).float().expand(len(images), -1)
    ways = (
        {"pixel_values": images, "noise": order},
        {"pixel_values": images},
        {"pixel_values": images, "input_ids": text},
        {"pixel_values": images[:, None]},
        {"pixel_values": images[:, None].repeat(1, 2, 1, 1, 1)},
        {"input_values": images[:, 0]},
    )
    for module in modules:
        for way in ways:
            try:
                with torch.no_grad():
                    module(**way)
            except Exception:
                continue
            if caught:
                break
        if caught:
            break
    for hook in hooks:
        hook.remove()
    return caught


def classes(wanted: re.Pattern):
    for package in pkgutil.iter_modules(transformers.models.__path__):
        folder = Path(transformers.models.__path__[0]) / package.name
        for file in sorted(folder.glob("modeling_*.py")) if wanted.search(package.name) else []:
            if not re.search("pixel_values|patch", file.read_text()):
                continue
            try:
                module = importlib.import_module(f"transformers.models.{package.name}.{file.stem}")
            except Exception as error:
                print("not imported", package.name, repr(error)[:100])
                continue
            for name, found in vars(module).items():
                is_model = inspect.isclass(found) and issubclass(found, transformers.PreTrainedModel)
                if is_model and found.__module__ == module.__name__ and getattr(found, "config_class", None):
                    if not name.endswith("PreTrainedModel"):
                        yield package.name, found


def main() -> None:
    out, seed = Path(sys.argv[1]), int(sys.argv[2])
    for package, model_class in classes(re.compile(sys.argv[3] if len(sys.argv) > 3 else "")):
        try:
            torch.manual_seed(seed)
            config = configured(model_class.config_class)
            with torch.device("meta"):
                parameters = sum(weight.numel() for weight in model_class(config).parameters())
            if parameters > MOST_PARAMETERS:
                print("too large", model_class.__name__)
                continue
            if hasattr(config, "mask_ratio"):
                config.mask_ratio = 0.0
            model = scramble(model_class(config), seed + len(model_class.__name__))
            channels = getattr(getattr(config, "vision_config", config), "num_channels", 3) or 3
            images = torch.rand(2, channels, SIDE, SIDE, generator=torch.Generator().manual_seed(seed))
            found = {f"out.{name}": value.contiguous().clone() for name, value in outputs_of(model, images).items()}
            folder = out / f"{package}--{model_class.__name__}"
            model.save_pretrained(folder)
            save_file({"golden.images": images, **found}, folder / "golden.st")
            print("saved", folder.name, len(found), flush=True)
        except Exception as error:
            print("not built", model_class.__name__, str(error)[:100].replace("\n", " "), flush=True)


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    main()
