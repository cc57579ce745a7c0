"""Writes the DICOM files beside this script, and in expected.json what pydicom reads from them.

The pixels are drawn here. Encoders: libjpeg-turbo, OpenJPEG and OpenJPH through imagecodecs, CharLS
through pyjpegls, the run-length coder of pydicom. Decoders, for what is expected: Pillow's
libjpeg-turbo for baseline JPEG, Thomas Richter's libjpeg (pylibjpeg) for the other JPEGs, OpenJPEG,
CharLS, and pydicom itself. What is coded without loss must come out as it was drawn, or nothing is
written.

    pip install pydicom numpy pillow imagecodecs pyjpegls
    pip install pylibjpeg pylibjpeg-libjpeg pylibjpeg-openjpeg
    python make_goldens.py
"""

import base64
import json
from pathlib import Path

import imagecodecs
import jpeg_ls
import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.pixels import apply_color_lut, pixel_array
from pydicom.pixels.encoders import RLELosslessEncoder
from pydicom.uid import UID

FOLDER = Path(__file__).parent
ROWS, COLUMNS = 13, 18
SYNTAXES = {
    "explicit": "1.2.840.10008.1.2.1",
    "rle": "1.2.840.10008.1.2.5",
    "jpeg-baseline": "1.2.840.10008.1.2.4.50",
    "jpeg-extended": "1.2.840.10008.1.2.4.51",
    "jpeg-lossless-14": "1.2.840.10008.1.2.4.57",
    "jpeg-lossless-sv1": "1.2.840.10008.1.2.4.70",
    "jpeg-ls": "1.2.840.10008.1.2.4.80",
    "jpeg-ls-near": "1.2.840.10008.1.2.4.81",
    "jpeg-2000-lossless": "1.2.840.10008.1.2.4.90",
    "jpeg-2000": "1.2.840.10008.1.2.4.91",
    "htj2k-lossless": "1.2.840.10008.1.2.4.201",
}
DECODERS = {
    "jpeg-baseline": "pillow",
    "jpeg-extended": "pylibjpeg",
    "jpeg-lossless-14": "pylibjpeg",
    "jpeg-lossless-sv1": "pylibjpeg",
    "jpeg-ls": "pyjpegls",
    "jpeg-ls-near": "pyjpegls",
    "jpeg-2000-lossless": "pylibjpeg",
    "jpeg-2000": "pylibjpeg",
    "htj2k-lossless": "pylibjpeg",
    "rle": "pydicom",
    "explicit": "",
}
generator = np.random.default_rng(7)
expected = {}


def drawing(low, high, samples=1):
    """Waves and a little noise over the range, ends included."""
    y, x, s = np.mgrid[0:ROWS, 0:COLUMNS, 0:samples]
    waves = np.sin(x / 3 + s) + np.cos(y / 4 - s) + generator.normal(0, 0.05, x.shape)
    waves = (waves - waves.min()) / (waves.max() - waves.min())
    values = np.rint(low + waves * (high - low)).astype(np.int64)
    return values if samples > 1 else values[..., 0]


def dataset(syntax, values, bits_stored, *, photometric="MONOCHROME2", allocated=None, frames=1):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    meta.MediaStorageSOPInstanceUID = "1.2.826.0.1.3680043.8.498.1"
    meta.TransferSyntaxUID = UID(SYNTAXES[syntax])
    meta.ImplementationClassUID = "1.2.826.0.1.3680043.8.498.2"
    ds = Dataset()
    ds.file_meta = meta
    ds.SOPClassUID = meta.MediaStorageSOPClassUID
    ds.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    ds.Rows, ds.Columns = ROWS, COLUMNS
    ds.SamplesPerPixel = values.shape[-1] if values.ndim > 2 else 1
    if ds.SamplesPerPixel > 1:
        ds.PlanarConfiguration = 0
    ds.PhotometricInterpretation = photometric
    ds.BitsAllocated = allocated or values.dtype.itemsize * 8
    ds.BitsStored = bits_stored
    ds.HighBit = bits_stored - 1
    ds.PixelRepresentation = int(values.min() < 0)
    if frames > 1:
        ds.NumberOfFrames = frames
    return ds


def write(name, ds, coded, values=None, tolerance=0, lut=False, extended=False, **options):
    """Writes a file and what is read from it, as base64 of little-endian 32-bit integers.

    `coded`: bytes of a frame or of several; `options`: of the encapsulation; `tolerance`: in grey
    levels, for what is coded with loss, since decoders may round differently.
    """
    frames = coded if isinstance(coded, list) else [coded]
    if not ds.file_meta.TransferSyntaxUID.is_encapsulated:
        ds.PixelData = b"".join(frames)
    elif extended:
        ds.PixelData, ds.ExtendedOffsetTable, ds.ExtendedOffsetTableLengths = (
            encapsulate_extended(frames)
        )
    else:
        ds.PixelData = encapsulate(frames, **options)
    ds["PixelData"].VR = "OB" if ds.BitsAllocated <= 8 else "OW"
    path = FOLDER / f"{name}.dcm"
    ds.save_as(path, enforce_file_format=True)
    syntax = next(key for key, uid in SYNTAXES.items() if uid == ds.file_meta.TransferSyntaxUID)
    read = pixel_array(path, decoding_plugin=DECODERS[syntax])
    if lut:
        read = apply_color_lut(read, ds) >> (8 * (ds.RedPaletteColorLookupTableDescriptor[2] > 8))
    if values is not None and tolerance == 0:
        assert np.array_equal(read, values), name
    packed = base64.b64encode(read.astype("<i4").tobytes()).decode("ascii")
    expected[name] = {"tolerance": tolerance, "type": str(read.dtype), "values": packed}
    print(name, path.stat().st_size, read.shape, read.dtype)


def jpegs():
    grey = drawing(0, 255).astype("u1")
    coded = imagecodecs.jpeg8_encode(grey, level=90)
    write("jpeg-baseline-grey", dataset("jpeg-baseline", grey, 8), coded, tolerance=1)
    colours = drawing(0, 255, 3).astype("u1")
    for sampling in ["444", "422", "420"]:
        coded = imagecodecs.jpeg8_encode(
            colours, level=90, colorspace="RGB", outcolorspace="YCBCR", subsampling=sampling
        )
        ds = dataset("jpeg-baseline", colours, 8, photometric="YBR_FULL_422")
        write(f"jpeg-baseline-{sampling}", ds, coded, tolerance=1)
    twelve = drawing(0, 4095).astype("u2")
    coded = imagecodecs.jpeg8_encode(twelve, level=95, bitspersample=12)
    write("jpeg-extended-12", dataset("jpeg-extended", twelve, 12), coded, tolerance=2)
    for predictor in range(1, 8):
        values = drawing(0, 65535).astype("u2")
        coded = imagecodecs.jpeg8_encode(
            values, lossless=True, bitspersample=16, predictor=predictor
        )
        write(f"jpeg-lossless-{predictor}", dataset("jpeg-lossless-14", values, 16), coded, values)
    signed = drawing(-2048, 2047).astype("i2")
    coded = imagecodecs.jpeg8_encode(
        (signed & 0xFFF).astype("u2"), lossless=True, bitspersample=12, predictor=1
    )
    write("jpeg-lossless-signed", dataset("jpeg-lossless-sv1", signed, 12), coded, signed)
    ds = dataset("jpeg-lossless-sv1", colours, 8, photometric="RGB")
    coded = imagecodecs.jpeg8_encode(
        colours, lossless=True, predictor=1, colorspace="RGB", outcolorspace="RGB"
    )
    write("jpeg-lossless-rgb", ds, coded, colours)


def jpegs_ls():
    signed = drawing(-32768, 32767).astype("i2")
    coded = bytes(jpeg_ls.encode(signed.view("u2")))
    write("jpeg-ls-signed", dataset("jpeg-ls", signed, 16), coded, signed)
    colours = drawing(0, 255, 3).astype("u1")
    for mode, name in enumerate(["planes", "lines", "pixels"]):
        planes = np.ascontiguousarray(colours.transpose(2, 0, 1)) if mode == 0 else colours
        coded = bytes(jpeg_ls.encode_array(planes, interleave_mode=mode))
        ds = dataset("jpeg-ls", colours, 8, photometric="RGB")
        write(f"jpeg-ls-{name}", ds, coded, colours)
    near = drawing(0, 4095).astype("u2")
    coded = bytes(jpeg_ls.encode(near, lossy_error=3))
    write("jpeg-ls-near", dataset("jpeg-ls-near", near, 12), coded)


def jpegs_2000():
    def encode(values, **options):
        return imagecodecs.jpeg2k_encode(values, codecformat="j2k", **options)

    signed = drawing(-2048, 2047).astype("i2")
    coded = encode(signed, reversible=True, bitspersample=12)
    write("jpeg-2000-signed", dataset("jpeg-2000-lossless", signed, 12), coded, signed)
    # As some writers do: two's complement, and a codestream that calls it unsigned.
    coded = encode((signed & 0xFFF).astype("u2"), reversible=True, bitspersample=12)
    write("jpeg-2000-unsigned-inside", dataset("jpeg-2000-lossless", signed, 12), coded, signed)
    bytes_ = drawing(-128, 127).astype("i1")
    coded = encode(bytes_, reversible=True)
    write("jpeg-2000-signed-8", dataset("jpeg-2000-lossless", bytes_, 8), coded, bytes_)
    colours = drawing(0, 255, 3).astype("u1")
    coded = encode(colours, reversible=True, mct=True)
    ds = dataset("jpeg-2000-lossless", colours, 8, photometric="YBR_RCT")
    write("jpeg-2000-rct", ds, coded, colours)
    coded = encode(colours, reversible=False, level=45, mct=True)
    ds = dataset("jpeg-2000", colours, 8, photometric="YBR_ICT")
    write("jpeg-2000-ict", ds, coded, tolerance=1)
    values = drawing(0, 65535).astype("u2")
    coded = imagecodecs.htj2k_encode(values, reversible=True)
    write("htj2k-lossless", dataset("htj2k-lossless", values, 16), coded, values)
    coded = imagecodecs.htj2k_encode(colours, reversible=True)
    ds = dataset("htj2k-lossless", colours, 8, photometric="YBR_RCT")
    write("htj2k-lossless-rct", ds, coded, colours)


def frames():
    stack = [drawing(0, 4095).astype("u2") for _ in range(4)]
    coded = [imagecodecs.jpeg2k_encode(one, codecformat="j2k", reversible=True) for one in stack]
    values = np.stack(stack)

    def ds():
        return dataset("jpeg-2000-lossless", stack[0], 12, frames=4)

    write("frames-basic-table", ds(), coded, values)
    write("frames-split", ds(), coded, values, fragments_per_frame=3)
    write("frames-split-no-table", ds(), coded, values, fragments_per_frame=2, has_bot=False)
    write("frames-extended-table", ds(), coded, values, extended=True)
    colours = [drawing(0, 65535, 3).astype("u2") for _ in range(2)]
    ds2 = dataset("rle", colours[0], 16, photometric="RGB", frames=2)
    coded = [RLELosslessEncoder.encode(one, **rle_options(ds2)) for one in colours]
    write("frames-rle-16", ds2, coded, np.stack(colours), has_bot=False)


def rle_options(ds):
    return {
        "rows": ds.Rows,
        "columns": ds.Columns,
        "samples_per_pixel": ds.SamplesPerPixel,
        "bits_allocated": ds.BitsAllocated,
        "bits_stored": ds.BitsStored,
        "pixel_representation": ds.PixelRepresentation,
        "photometric_interpretation": ds.PhotometricInterpretation,
        "number_of_frames": 1,
        "planar_configuration": 0,
    }


def palettes():
    indices = drawing(0, 63).astype("u1")
    ramp = np.linspace(0, 65535, 40).astype("<u2")
    tables = {"Red": ramp, "Green": ramp[::-1], "Blue": np.roll(ramp, 11)}
    ds = dataset("explicit", indices, 8, photometric="PALETTE COLOR")
    for colour, table in tables.items():
        setattr(ds, f"{colour}PaletteColorLookupTableDescriptor", [40, 10, 16])
        setattr(ds, f"{colour}PaletteColorLookupTableData", table.tobytes())
    write("palette-16", ds, indices.tobytes(), lut=True)
    ds = dataset("explicit", indices, 8, photometric="PALETTE COLOR")
    # A run of three, a ramp of 28 up to 60000, and both again: 62 entries; then two more.
    segments = [0, 3, 100, 900, 256, 1, 28, 60000, 2, 2, 0, 0, 0, 2, 7, 65535]
    for colour in tables:
        setattr(ds, f"{colour}PaletteColorLookupTableDescriptor", [64, 0, 16])
        data = np.array(segments, "<u2").tobytes()
        setattr(ds, f"Segmented{colour}PaletteColorLookupTableData", data)
    write("palette-segmented", ds, indices.tobytes(), lut=True)


jpegs()
jpegs_ls()
jpegs_2000()
frames()
palettes()
with open(FOLDER / "expected.json", "w", encoding="ascii") as file:
    json.dump(expected, file, indent=2)
    file.write("\n")
