"""Tiny models of other libraries with what they compute: the goldens of naming.test.ts.

Written with transformers 5.24, timm 1.0.31 and open_clip 3.3 on PyTorch 2.11:

    python make_naming_goldens.py
"""

import json
import zipfile
from pathlib import Path

import open_clip.model
import timm
import torch
import transformers
from safetensors.torch import load_file, save_file

HERE = Path(__file__).parent / "naming"
SIZES = {
    "hidden_size": 8,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 12,
    "image_size": 8,
    "patch_size": 4,
}
IMAGES = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(1))


def scramble(model: torch.nn.Module, seed: int) -> torch.nn.Module:
    """Weights far from where training begins, so that each of them counts."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            noise = torch.randn(weight.shape, generator=generator)
            scale = weight.ndim == 1 and any(part in name for part in ("weight", "gamma", "lambda"))
            weight.copy_(1 + 0.2 * noise if scale else 0.2 * noise)
    return model.eval()


def write(name: str, tensors: dict[str, torch.Tensor], last: torch.Tensor, config: dict) -> None:
    folder = HERE / name
    folder.mkdir(parents=True, exist_ok=True)
    golden = {"golden.images": IMAGES, "golden.last": last.detach()}
    for name, values in (("model", tensors), ("golden", golden)):
        file = folder / f"{name}.safetensors"
        save_file({key: value.contiguous().clone() for key, value in values.items()}, file)
        file.chmod(0o644)
    for file, content in config.items():
        (folder / file).write_text(json.dumps(content, indent=2) + "\n")


def write_transformers(name: str, model: transformers.PreTrainedModel, seed: int) -> None:
    scramble(model, seed)
    with torch.no_grad():
        states = model(pixel_values=IMAGES, output_hidden_states=True).hidden_states
    folder = HERE / name
    model.save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text())
    write(name, load_file(folder / "model.safetensors"), states[-1], {"config.json": config})


def write_blocks(name: str, model: torch.nn.Module, blocks, run, seed: int, config: dict) -> None:
    scramble(model, seed)
    outputs = []
    blocks[-1].register_forward_hook(lambda _module, _inputs, output: outputs.append(output))
    with torch.no_grad():
        run(IMAGES)
    write(name, model.state_dict(), outputs[0], config)


def write_openai(seed: int) -> None:
    """CLIP as OpenAI distributes it: TorchScript, half precision where that is fast, its text half included."""
    tower = open_clip.model.CLIPVisionCfg(layers=2, width=8, head_width=4, mlp_ratio=1.5, patch_size=4, image_size=8)
    text = open_clip.model.CLIPTextCfg(context_length=4, vocab_size=5, width=4, heads=1, layers=1)
    model = scramble(open_clip.model.CLIP(4, tower, text, quick_gelu=True), seed)
    open_clip.model.convert_weights_to_fp16(model)
    folder = HERE / "openai-clip"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.pt"
    torch.jit.save(torch.jit.script(model), path)
    # Without what the compiler notes for messages: where on this machine its sources lie.
    with zipfile.ZipFile(path) as archive:
        entries = [each for each in archive.infolist() if not each.filename.endswith(".debug_pkl")]
        kept = [(each, archive.read(each)) for each in entries]
    with zipfile.ZipFile(path, "w") as archive:
        for entry, content in kept:
            archive.writestr(zipfile.ZipInfo(entry.filename), content, entry.compress_type)
    loaded = torch.jit.load(path)
    # As its users do: the weights that PyTorch itself reads, in single precision.
    model.float().load_state_dict({name: t for name, t in loaded.state_dict().items() if name != "attn_mask"})
    outputs = []
    model.visual.transformer.resblocks[-1].register_forward_hook(lambda _m, _i, output: outputs.append(output))
    with torch.no_grad():
        model.visual(IMAGES)
    save_file({"golden.images": IMAGES, "golden.last": outputs[0].contiguous()}, folder / "golden.safetensors")
    (folder / "golden.safetensors").chmod(0o644)


def main() -> None:
    dinov2 = {key: value for key, value in SIZES.items() if key != "intermediate_size"}
    registers = transformers.Dinov2WithRegistersConfig(**dinov2, mlp_ratio=2, num_register_tokens=2)
    write_transformers("hf-dinov2-registers", transformers.Dinov2WithRegistersModel(registers), 1)
    siglip = transformers.SiglipVisionConfig(**SIZES, vision_use_head=False)
    write_transformers("hf-siglip", transformers.SiglipVisionModel(siglip), 2)
    clip = transformers.CLIPVisionConfig(**SIZES)
    write_transformers("hf-clip", transformers.CLIPVisionModel(clip), 3)
    tower = open_clip.model.CLIPVisionCfg(
        layers=2, width=8, head_width=4, mlp_ratio=1.5, patch_size=4, image_size=8
    )
    text = open_clip.model.CLIPTextCfg(context_length=4, vocab_size=5, width=4, heads=1, layers=1)
    open_model = open_clip.model.CLIP(4, tower, text)
    vision = {"width": 8, "head_width": 4, "layers": 2, "image_size": 8, "patch_size": 4}
    write_blocks(
        "open-clip",
        open_model,
        open_model.visual.transformer.resblocks,
        open_model.visual,
        4,
        {"open_clip_config.json": {"model_cfg": {"embed_dim": 4, "vision_cfg": vision}}},
    )
    distilled = timm.create_model(
        "deit_tiny_distilled_patch16_224",
        img_size=8,
        patch_size=4,
        embed_dim=8,
        depth=2,
        num_heads=2,
        mlp_ratio=1.5,
        num_classes=0,
    )
    arguments = {"num_heads": 2}
    write_blocks(
        "timm-deit",
        distilled,
        distilled.blocks,
        distilled,
        5,
        {"config.json": {"architecture": "deit_tiny_distilled_patch16_224", "model_args": arguments}},
    )
    write_openai(6)


if __name__ == "__main__":
    main()
