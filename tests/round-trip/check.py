"""Reads what write.ts wrote with other libraries, and says where they see something else.

    python -m venv venv && venv/bin/pip install numpy Pillow pycocotools rasterio nibabel pydicom highdicom
    node tests/round-trip/write.ts OUT ../shared/data && venv/bin/python tests/round-trip/check.py OUT

Exits with 1 where anything differs. Not part of the test suite, which needs no network.
"""

import json
import sys
import traceback
from pathlib import Path

import highdicom
import nibabel
import numpy as np
import pydicom
import rasterio
from PIL import Image
from pycocotools.coco import COCO

out = Path(sys.argv[1])
NAMES = {
    1: "water",
    2: 'Straße & <ż>: "x"',
    3: "a name of more than sixty-four letters, " + "very " * 8 + "long",
}
COLOURS = {0: (0, 0, 0), 1: (0, 0x72, 0xB2), 2: (0xE6, 0x9F, 0), 3: (128, 128, 0), 255: (224, 224, 192)}


def raw(entry):
    return np.fromfile(out / entry["raw"], dtype=np.uint8)


def plane(entry):
    return raw(entry).reshape(entry["height"], entry["width"])


def png(entry):
    with Image.open(out / entry["file"]) as image:
        assert image.mode == "P", image.mode
        np.testing.assert_array_equal(np.asarray(image), plane(entry))
        palette = image.getpalette()
        for value, colour in COLOURS.items():
            assert tuple(palette[3 * value : 3 * value + 3]) == colour, (value, palette[3 * value : 3 * value + 3])


def coco(entry):
    read = COCO(out / entry["file"])
    truth = plane(entry)
    (image,) = read.loadImgs(read.getImgIds())
    assert (image["width"], image["height"]) == (entry["width"], entry["height"])
    names = {category["id"]: category["name"] for category in read.loadCats(read.getCatIds())}
    assert names == NAMES
    ignored_in = set()
    found = np.zeros_like(truth)
    for annotation in read.loadAnns(read.getAnnIds()):
        mask = read.annToMask(annotation).astype(bool)
        assert annotation["iscrowd"] == annotation.get("ignore", 0)
        value = 255 if annotation["iscrowd"] else annotation["category_id"]
        assert ((found[mask] == 0) | (found[mask] == 255) & (value == 255)).all()
        found[mask] = value
        if value == 255:
            ignored_in.add(annotation["category_id"])
        assert annotation["area"] == mask.sum()
        ys, xs = np.nonzero(mask)
        box = [xs.min(), ys.min(), xs.max() - xs.min() + 1, ys.max() - ys.min() + 1]
        assert annotation["bbox"] == box, (annotation["bbox"], box)
    assert ignored_in == (set(NAMES) if (truth == 255).any() else set())
    np.testing.assert_array_equal(found, truth)


def geotiff(entry):
    with rasterio.open(out / entry["file"]) as label, rasterio.open(entry["source"]) as source:
        np.testing.assert_array_equal(label.read(1), plane(entry))
        assert label.count == 1 and label.dtypes == ("uint8",) and label.nodata is None
        assert label.transform == source.transform, (label.transform, source.transform)
        assert label.crs == source.crs and (label.crs is None) == (source.crs is None)
        if label.crs is not None:
            assert label.crs.to_wkt() == source.crs.to_wkt()
        assert label.gcps[0] == source.gcps[0] or [vars(g) for g in label.gcps[0]] == [vars(g) for g in source.gcps[0]]
        assert label.block_shapes == [(512, 512)] or label.height <= 512 and label.width <= 512, label.block_shapes
        assert label.compression == rasterio.enums.Compression.deflate
        colours = label.colormap(1)
        for value, colour in COLOURS.items():
            assert colours[value][:3] == colour
        for value, name in NAMES.items():
            assert label.tags()[f"class_{value}"] == name, label.tags()
    mark = (out / entry["file"]).read_bytes()[:4]
    assert mark == (b"II+\0" if "-big" in entry["file"] else b"II*\0")


def nifti(entry):
    label, source = nibabel.load(out / entry["file"]), nibabel.load(entry["source"])
    assert label.shape == source.shape and label.get_data_dtype() == np.uint8
    assert type(label) is type(source) or isinstance(label, nibabel.Nifti1Image)
    for field in ("pixdim", "qform_code", "sform_code", "quatern_b", "quatern_c", "quatern_d", "qoffset_x",
                  "qoffset_y", "qoffset_z", "srow_x", "srow_y", "srow_z", "xyzt_units", "dim"):
        assert np.asarray(label.header[field]).tobytes() == np.asarray(source.header[field]).tobytes(), field
    np.testing.assert_array_equal(label.affine, source.affine)
    for field in ("descrip", "aux_file", "intent_name"):
        assert label.header[field].item() == b"", field
    assert b"Doe" not in label.header.binaryblock
    data = np.asarray(label.dataobj)
    assert data.dtype == np.uint8
    # Frames as our reader shows them: axes in its order, mirrored where it mirrors.
    axes = [entry["slice"], entry["y"], entry["x"]]
    data = data.reshape(*(list(data.shape[:3]) + [1] * (3 - data.ndim)), -1)
    shown = np.transpose(data, [3, *(one["axis"] for one in axes)])
    for place, one in enumerate(axes):
        if one["isFlipped"]:
            shown = np.flip(shown, place + 1)
    truth = raw(entry).reshape(-1, entry["slices"], entry["height"], entry["width"])
    np.testing.assert_array_equal(shown, truth)


def conforms(read, has_place):
    """Attributes of types 1 and 2 by the standard's tables (PS3.3), as highdicom carries them."""
    folder = Path(highdicom.__file__).parent / "_standard"
    modules = json.loads((folder / "iod_module_map.json").read_text())["segmentation"]
    attributes = json.loads((folder / "module_attribute_map.json").read_text())
    wanted = {one["key"] for one in modules if one["usage"] == "M"} | {"common-instance-reference"}
    if has_place:
        wanted.add("frame-of-reference")
    known = set()
    for key in (one["key"] for one in modules):
        for one in attributes[key]:
            known.add((*one["path"], one["keyword"]))
            # Groups stand with all frames or with each, and those of geometry only where there is one.
            is_group = len(one["path"]) == 1 and one["path"][0].endswith("FunctionalGroupsSequence")
            if key not in wanted or is_group or one["type"] not in ("1", "2"):
                continue
            parents = [read]
            for step in one["path"]:
                parents = [item for parent in parents for item in parent.get(step, [])]
            for parent in parents:
                assert one["keyword"] in parent, ("missing", key, one)
                if one["type"] == "1":
                    value = parent[one["keyword"]].value
                    assert value not in (None, "") and (not hasattr(value, "__len__") or len(value)), ("empty", one)

    def walk(parent, path):
        for element in parent:
            here = (*path, element.keyword)
            assert here in known or element.keyword == "PixelData", ("not in the standard's tables", here)
            if element.VR == "SQ":
                for item in element.value:
                    walk(item, here)

    walk(read, ())


def seg(entry):
    path = out / entry["file"]
    text = path.read_bytes()
    assert b"Doe^Jane" not in text and b"secret-4711" not in text and b"19700101" not in text
    try:
        read = highdicom.seg.segread(path)
    except AttributeError as error:
        # The library asks for a thickness where the standard does not (C.7.6.16.2.1).
        assert "Pixel Measures" in str(error) and len(entry["frames"]) == 1
        read = pydicom.dcmread(path)
    truth = raw(entry).reshape(-1, entry["height"], entry["width"])
    sources = [pydicom.dcmread(one, stop_before_pixels=True) for one in entry["sources"]]
    for attribute in ("StudyInstanceUID", "FrameOfReferenceUID"):
        assert {one.get(attribute) for one in sources} == {read.get(attribute)}, attribute
    for patient in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate"):
        assert str(read[patient].value or "") == ""
    conforms(read, read.get("FrameOfReferenceUID") is not None)
    names = {}
    for segment in read.SegmentSequence:
        name = segment.get("SegmentDescription", segment.SegmentLabel)
        names[segment.SegmentNumber] = name
    values = {number: next((v for v, n in NAMES.items() if n == name), 255) for number, name in names.items()}
    ignored = (truth == 255).any()
    assert len(names) == 3 + ignored and list(names.values())[:3] == list(NAMES.values()), names
    frames = [tuple(one) for one in entry["frames"]]
    found = np.zeros_like(truth)
    covered = set()
    pixels = read.pixel_array.reshape(-1, entry["height"], entry["width"])
    assert pixels.shape[0] == read.NumberOfFrames
    for index, group in enumerate(read.PerFrameFunctionalGroupsSequence):
        image = group.DerivationImageSequence[0].SourceImageSequence[0]
        key = (image.ReferencedSOPInstanceUID, image.get("ReferencedFrameNumber"))
        at = frames.index((str(key[0]), None if key[1] is None else int(key[1])))
        covered.add(at)
        number = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        found[at][pixels[index] == 1] = values[number]
        source = next(one for one in sources if one.SOPInstanceUID == image.ReferencedSOPInstanceUID)
        if "PlanePositionSequence" in group and "PerFrameFunctionalGroupsSequence" not in source:
            assert list(group.PlanePositionSequence[0].ImagePositionPatient) == list(source.ImagePositionPatient)
    np.testing.assert_array_equal(found, truth)
    assert covered == set(range(len(frames)))
    # The library's own way to the pixels, by the source's instances.
    if len(sources) > 1:
        by_source = read.get_pixels_by_source_instance(
            [one.SOPInstanceUID for one in sources], combine_segments=True, skip_overlap_checks=False
        )
        for number, value in sorted(values.items(), reverse=True):
            by_source[by_source == number] = value
        np.testing.assert_array_equal(by_source, truth)
        volume = read.get_volume(combine_segments=True)
        assert volume.shape[1:] == truth.shape[1:]


checks = {"png": png, "coco": coco, "geotiff": geotiff, "nifti": nifti, "seg": seg}
failures = 0
counts = {}
for entry in json.loads((out / "manifest.json").read_text()):
    try:
        checks[entry["kind"]](entry)
        counts[entry["kind"]] = counts.get(entry["kind"], 0) + 1
    except Exception as error:  # noqa: BLE001 (all of them are to be told)
        failures += 1
        line = traceback.extract_tb(error.__traceback__)[1].lineno
        print(f"{entry['file']}: line {line}: {type(error).__name__} {str(error)[:300]}")
print("the same:", counts, "different:", failures)
sys.exit(failures > 0)
