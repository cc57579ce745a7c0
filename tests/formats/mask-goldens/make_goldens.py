"""Writes the label files beside this script, and in expected.json what other tools make of them.

Run lengths and outlines: pycocotools. DICOM segmentations: highdicom, read back by it. Label maps:
nibabel, by its canonical orientation. Label rasters and polygons: rasterio (GDAL fills them by the
centres of pixels), with coordinates by pyproj. GeoPackages: GDAL through pyogrio. Palettes: Pillow.

    pip install pycocotools highdicom nibabel rasterio pyproj geopandas pyogrio pillow numpy
    python make_goldens.py && npx prettier --write .
"""

import base64
import json
import shutil
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import geopandas
import highdicom as hd
import nibabel as nib
import numpy as np
import pydicom
import rasterio
import shapely
from PIL import Image
from pycocotools import mask as coco_mask
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian, UID
from pyproj import CRS, Transformer
from rasterio.features import rasterize
from rasterio.transform import from_origin

FOLDER = Path(__file__).parent
random = np.random.default_rng(11)
expected = {}


def packed(values):
    """(height, width) of 8 bits, deflated."""
    values = np.ascontiguousarray(values, dtype=np.uint8)
    data = base64.b64encode(zlib.compress(values.tobytes(), 9)).decode()
    return {"height": values.shape[0], "width": values.shape[1], "values": data}


def fresh(name):
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def blobs(shape, classes, size=3):
    """Patches of classes, 0 to `classes`."""
    small = random.integers(0, classes + 1, [-(-side // size) for side in shape])
    for axis in range(len(shape)):
        small = np.repeat(small, size, axis)
    return small[tuple(slice(0, side) for side in shape)].astype(np.uint8)


def write_json(path, content):
    path.write_text(json.dumps(content, indent=1) + "\n")


# --- COCO


def coco():
    folder = fresh("coco")
    width, height = 37, 26
    annotations = []
    masks = {1: [], 2: []}

    def add(image, category, segmentation, mask, crowd=0):
        number = len(annotations) + 1
        annotations.append(
            dict(id=number, image_id=image, category_id=category, segmentation=segmentation, iscrowd=crowd)
        )
        masks[image].append((crowd, category, mask))

    def decoded(segmentation):
        if isinstance(segmentation, list):
            return coco_mask.decode(coco_mask.merge(coco_mask.frPyObjects(segmentation, height, width)))
        if isinstance(segmentation["counts"], list):
            return coco_mask.decode(coco_mask.frPyObjects(segmentation, height, width))
        return coco_mask.decode(segmentation)

    for image in (1, 2):
        for points in (3, 4, 7, 11):
            outline = random.uniform([-5, -5], [width + 5, height + 5], [points, 2]).round(2).ravel().tolist()
            second = random.uniform([0, 0], [width, height], [3, 2]).round(1).ravel().tolist()
            segmentation = [outline, second] if points == 7 else [outline]
            add(image, int(random.choice([3, 90, 7])), segmentation, decoded(segmentation))
        area = (blobs((height, width), 3) == 1).astype(np.uint8)
        text = coco_mask.encode(np.asfortranarray(area))
        text["counts"] = text["counts"].decode()
        add(image, 90, text, decoded(text))
        crowd = (blobs((height, width), 4) == 2).astype(np.uint8)
        flat = crowd.ravel(order="F")
        edges = np.flatnonzero(np.diff(np.concatenate([[0], flat]))).tolist() + [flat.size]
        counts = np.diff([0, *edges]).tolist()
        plain = {"size": [height, width], "counts": counts}
        add(image, 3, plain, decoded(plain), crowd=1)
        assert (decoded(plain) == crowd).all() and (decoded(text) == area).all()

    images = [
        dict(id=1, file_name="one.png", width=width, height=height),
        dict(id=2, file_name="folder/two.png", width=width, height=height),
    ]
    categories = [dict(id=3, name="tree"), dict(id=90, name="house"), dict(id=7, name="pond")]
    write_json(folder / "instances.json", dict(images=images, annotations=annotations, categories=categories))
    order = [3, 90, 7]
    expected["coco"] = []
    for image in images:
        whole = np.zeros((height, width), np.uint8)
        for _, category, mask in sorted(masks[image["id"]], key=lambda one: -one[0]):
            whole[mask == 1] = order.index(category) + 1
        expected["coco"].append(dict(name=image["file_name"], mask=packed(whole)))


# --- DICOM segmentations


def slices(folder, count, rows, columns):
    """A series that is tilted against the axes of the patient."""
    study, series, frame = (hd.UID() for _ in range(3))
    across = np.array([1, 0, 0])
    down = np.array([0, np.cos(0.3), np.sin(0.3)])
    normal = np.cross(across, down)
    datasets = []
    for index in range(count):
        data = Dataset()
        data.file_meta = FileMetaDataset()
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.file_meta.MediaStorageSOPClassUID = UID("1.2.840.10008.5.1.4.1.1.2")
        data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = hd.UID()
        data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = study, series, frame
        data.Modality, data.PatientID, data.PatientName = "CT", "1", "A^B"
        data.PatientBirthDate = data.PatientSex = data.AccessionNumber = data.StudyID = ""
        data.StudyDate = data.StudyTime = data.ReferringPhysicianName = data.PositionReferenceIndicator = ""
        data.SpecificCharacterSet = "ISO_IR 192"
        data.SeriesNumber, data.InstanceNumber, data.Manufacturer = 1, index + 1, ""
        data.ImageOrientationPatient = [round(float(v), 6) for v in (*across, *down)]
        data.ImagePositionPatient = [round(float(v), 4) for v in np.array([-20, -30, 50]) + normal * 2.5 * index]
        data.PixelSpacing, data.SliceThickness = [0.8, 0.7], 2.5
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.Rows, data.Columns = rows, columns
        data.BitsAllocated = data.BitsStored = 8
        data.HighBit, data.PixelRepresentation = 7, 0
        data.PixelData = bytes(rows * columns)
        data.save_as(folder / f"slice-{index + 1}.dcm", enforce_file_format=True)
        datasets.append(pydicom.dcmread(folder / f"slice-{index + 1}.dcm"))
    return datasets


def description(number, label):
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=label,
        segmented_property_category=codes.SCT.Organ,
        segmented_property_type=codes.SCT.Liver,
        algorithm_type="MANUAL",
        tracking_uid=hd.UID(),
        tracking_id=label,
        display_color=hd.color.CIELabColor.from_rgb(200, 40 * number, 30),
    )


def segmentation(path, sources, pixels, kind, labels, **options):
    made = hd.seg.Segmentation(
        source_images=sources,
        pixel_array=pixels,
        segmentation_type=kind,
        segment_descriptions=[description(index + 1, label) for index, label in enumerate(labels)],
        series_instance_uid=hd.UID(),
        series_number=2,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="none",
        manufacturer_model_name="none",
        software_versions="1",
        device_serial_number="1",
        **options,
    )
    made.save_as(path)
    return made


def without_sources(path):
    """Frames that say where they lie and nothing of the images that they were made on."""
    data = pydicom.dcmread(path)
    for group in data.PerFrameFunctionalGroupsSequence:
        if "DerivationImageSequence" in group:
            del group.DerivationImageSequence
    if "ReferencedSeriesSequence" in data:
        del data.ReferencedSeriesSequence
    data.save_as(path)


def dicom():
    rows, columns, count = 11, 13, 4
    cases = {}
    folder = fresh("dicom-seg")
    sources = slices(folder, count, rows, columns)
    labels = ["Liver", "Milz ä"]
    one = blobs((count, rows, columns), 2)
    one[2] = 0
    segmentation(folder / "binary.dcm", sources, one, "BINARY", labels)
    segmentation(folder / "labelmap.dcm", sources, one, "LABELMAP", labels)
    soft = np.zeros((count, rows, columns, 2), np.float32)
    soft[..., 0] = random.uniform(0, 1, (count, rows, columns))
    soft[..., 1] = random.uniform(0, 1, (count, rows, columns)) * (soft[..., 0] < 0.45)
    made = segmentation(
        folder / "fractional.dcm", sources, soft, "FRACTIONAL", labels, fractional_type="PROBABILITY", max_fractional_value=200
    )
    stored = made.pixel_array
    halves = np.zeros((count, rows, columns), np.uint8)
    for frame, group in zip(stored, made.PerFrameFunctionalGroupsSequence):
        number = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        source = group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        index = [one.SOPInstanceUID for one in sources].index(source)
        halves[index][frame >= 100] = number
    segmentation(folder / "by-place.dcm", sources, one, "BINARY", labels)
    without_sources(folder / "by-place.dcm")
    for name, masks in dict(binary=one, labelmap=one, fractional=halves).items():
        cases[name] = [packed(mask) for mask in masks]
    # Of slices without a frame nothing is said there.
    cases["by-place"] = [packed(mask) if mask.any() else None for mask in one]
    read = hd.seg.segread(folder / "binary.dcm").get_pixels_by_source_instance(
        [source.SOPInstanceUID for source in sources], combine_segments=True
    )
    assert (read == one).all()
    expected["dicom-seg"] = dict(
        labels=labels,
        colours=["#%02x%02x%02x" % (200, 40 * number, 30) for number in (1, 2)],
        cases=cases,
    )


# --- NIfTI label maps


def nifti():
    folder = fresh("nifti")
    for name in ("imagesTr", "labelsTr"):
        (folder / name).mkdir()
    expected["nifti"] = []
    turn = np.array([[0.96, -0.2, 0.1], [0.18, 0.97, 0.12], [-0.13, -0.1, 0.98]])
    turn = np.linalg.svd(turn)[0] @ np.linalg.svd(turn)[2]
    permuted = np.array([[0, 0, 1], [-1, 0, 0], [0, 1, 0]])
    cases = {
        "oblique": turn @ np.diag([0.8, 1.1, 3]),
        "flipped": np.diag([-0.8, -1.1, 3]),
        "sagittal": permuted @ np.diag([0.9, 0.9, 4]),
    }
    for name, matrix in cases.items():
        affine = np.eye(4)
        affine[:3, :3] = matrix
        affine[:3, 3] = [12.5, -40, 7]
        shape = (9, 7, 5)
        labels = blobs(shape, 3, 2)
        image = nib.Nifti1Image(random.integers(0, 1000, shape).astype(np.int16), affine)
        nib.save(image, folder / "imagesTr" / f"{name}_0000.nii.gz")
        mask = nib.Nifti1Image(labels, affine)
        # The same place in the patient, stored along other axes.
        turned = mask.as_reoriented(np.array([[2, -1], [0, 1], [1, -1]]))
        nib.save(turned, folder / "labelsTr" / f"{name}.nii.gz")
        canonical = np.asarray(nib.as_closest_canonical(mask).dataobj)
        # Radiological: right on the left, front up; from feet to head.
        shown = [canonical[::-1, ::-1, k].T for k in range(canonical.shape[2])]
        expected["nifti"].append(dict(name=f"{name}_0000.nii.gz", masks=[packed(one) for one in shown]))
    moved = nib.load(folder / "labelsTr" / "flipped.nii.gz")
    shifted = moved.affine.copy()
    shifted[2, 3] += 3
    nib.save(nib.Nifti1Image(np.asarray(moved.dataobj), shifted), folder / "labelsTr" / "moved.nii.gz")
    shutil.copy(folder / "imagesTr" / "flipped_0000.nii.gz", folder / "imagesTr" / "moved_0000.nii.gz")
    write_json(
        folder / "dataset.json",
        dict(channel_names={"0": "CT"}, labels={"background": 0, "tumour": 1, "vessel": 3, "whole": [1, 3]}),
    )


# --- Rasters and polygons on Earth


def raster(path, values, transform, crs, **options):
    height, width = values.shape
    profile = dict(driver="GTiff", width=width, height=height, count=1, dtype=values.dtype, compress="deflate")
    with rasterio.open(path, "w", transform=transform, crs=crs, **profile, **options) as file:
        file.write(values, 1)


def geotiff():
    folder = fresh("geotiff")
    labels = blobs((40, 50), 3)
    origin = from_origin(500_000, 5_400_000, 10, 10)
    raster(folder / "labels.tif", labels, origin, "EPSG:32633", tiled=True, blockxsize=16, blockysize=16)
    expected["geotiff"] = []
    for name, column, row in (("inside", 10, 5), ("beyond", 38, -6), ("apart", 100, 100)):
        width, height = 20, 18
        transform = origin * rasterio.Affine.translation(column, row)
        raster(folder / f"{name}.tif", random.integers(0, 255, (height, width)).astype(np.uint8), transform, "EPSG:32633")
        with rasterio.open(folder / "labels.tif") as file:
            window = rasterio.windows.Window(column, row, width, height)
            read = file.read(1, window=window, boundless=True, fill_value=255)
        expected["geotiff"].append(dict(name=f"{name}.tif", mask=None if name == "apart" else packed(read)))
    half = origin * rasterio.Affine.translation(0.5, 0)
    raster(folder / "half.tif", np.zeros((10, 10), np.uint8), half, "EPSG:32633")


def geojson():
    folder = fresh("geojson")
    longitude, latitude = 9.7, 46.8
    systems = {
        "utm": "EPSG:32632",
        "mercator": "EPSG:3857",
        "degrees": "EPSG:4326",
        "laea": "EPSG:3035",
        "lambert": "EPSG:2154",
        "etrs": "EPSG:25832",
        "own": "+proj=tmerc +lat_0=46 +lon_0=9 +k=0.9999 +x_0=200000 +y_0=100000 +datum=WGS84 +units=m",
    }

    def around(points, size=0.004):
        return [[round(longitude + size * x, 7), round(latitude + size * y, 7)] for x, y in points]

    angles = np.linspace(0, 2 * np.pi, 40)
    circle = [(0.9 * np.cos(a), 0.7 * np.sin(a)) for a in angles]
    hole = [(0.4 * np.cos(a), 0.3 * np.sin(a)) for a in -angles]
    star = [(0.5 * np.sin(4 * np.pi * k / 5), 0.5 * np.cos(4 * np.pi * k / 5)) for k in range(6)]
    features = [
        dict(kind="field", geometry=dict(type="Polygon", coordinates=[around(circle), around(hole)])),
        dict(
            kind="lake",
            geometry=dict(
                type="MultiPolygon",
                coordinates=[
                    [around([(-2, -0.2), (-0.6, -0.1), (-0.7, 0.3), (-2, -0.2)])],
                    [around([(x + 0.6, y - 0.4) for x, y in star])],
                ],
            ),
        ),
        dict(kind="far", geometry=dict(type="Polygon", coordinates=[around([(50, 50), (51, 50), (51, 51), (50, 50)])])),
        dict(kind="field", geometry=dict(type="Point", coordinates=[longitude, latitude])),
    ]
    collection = dict(
        type="FeatureCollection",
        features=[
            dict(type="Feature", properties=dict(kind=one["kind"], id=index), geometry=one["geometry"])
            for index, one in enumerate(features)
        ],
    )
    write_json(folder / "land.geojson", collection)
    expected["geojson"] = []
    width, height = 41, 33
    for name, code in systems.items():
        crs = CRS.from_user_input(code)
        to = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        left, bottom = to.transform(longitude - 0.0045, latitude - 0.0033)
        right, top = to.transform(longitude + 0.0045, latitude + 0.0033)
        transform = from_origin(left, top, (right - left) / width, (top - bottom) / height)
        raster(folder / f"{name}.tif", np.zeros((height, width), np.uint8), transform, crs.to_wkt("WKT1_GDAL"))

        def moved(ring):
            return [to.transform(*point) for point in ring]

        shapes = []
        for one in features[:3]:
            value = ["field", "lake", "far"].index(one["kind"]) + 1
            polygons = one["geometry"]["coordinates"]
            if one["geometry"]["type"] == "Polygon":
                polygons = [polygons]
            shapes += [(dict(type="Polygon", coordinates=[moved(ring) for ring in rings]), value) for rings in polygons]
        mask = rasterize(shapes, out_shape=(height, width), transform=transform, dtype="uint8")
        expected["geojson"].append(dict(name=f"{name}.tif", mask=packed(mask)))


def geopackage():
    # The polygons of land.geojson as GDAL writes them, one with heights; expected are the same masks.
    folder = fresh("geopackage")
    layer = geopandas.read_file(FOLDER / "geojson" / "land.geojson")
    layer.loc[0, "geometry"] = shapely.force_3d(layer.geometry[0], 7)
    layer.to_file(folder / "land.gpkg", layer="land", driver="GPKG", engine="pyogrio", SPATIAL_INDEX="NO")


# --- Palettes, and an archive in the form of CVAT's


def png():
    folder = fresh("png")
    expected["png"] = []
    for bits in (1, 2, 4, 8):
        colours = 2**bits
        values = random.integers(0, colours, (11, 13)).astype(np.uint8)
        image = Image.fromarray(values, "P")
        palette = random.integers(0, 255, (colours, 3))
        # Two entries of one colour: only the index tells them apart.
        palette[-1] = palette[0]
        image.putpalette(palette.ravel().tolist())
        image.save(folder / f"palette-{bits}.png", bits=bits, transparency=0)
        expected["png"].append(dict(name=f"palette-{bits}.png", mask=packed(values)))


def cvat():
    folder = fresh("cvat")
    colours = {"background": (0, 0, 0), "cell": (250, 50, 83), "nucleus": (36, 179, 83)}
    table = np.array(list(colours.values()), np.uint8)
    rows = "".join(f"{name}:{r},{g},{b}::\n" for name, (r, g, b) in colours.items())
    expected["cvat"] = []
    with zipfile.ZipFile(folder / "task.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("labelmap.txt", "# label:color_rgb:parts:actions\n" + rows)
        archive.writestr("ImageSets/Segmentation/default.txt", "a\nfolder/b\n")
        for name in ("a", "folder/b"):
            mask = blobs((14, 17), 2)
            for kind, values in (("SegmentationClass", table[mask]), ("SegmentationObject", table[mask][::-1])):
                content = BytesIO()
                Image.fromarray(values, "RGB").save(content, "PNG")
                archive.writestr(f"{kind}/{name}.png", content.getvalue())
            expected["cvat"].append(dict(name=f"{name}.jpg", mask=packed(mask)))


for make in (coco, dicom, nifti, geotiff, geojson, geopackage, png, cvat):
    make()
write_json(FOLDER / "expected.json", expected)
