"""Reads what vectors.ts wrote with GDAL, GEOS and PROJ, and says where they see something else.

    python -m venv venv && venv/bin/pip install numpy rasterio shapely pyogrio geopandas pyproj
    node tests/round-trip/vectors.ts OUT && venv/bin/python tests/round-trip/check_vectors.py OUT

Exits with 1 where anything differs. Not part of the test suite, which needs no network.
"""

import csv
import json
import sqlite3
import sys
import traceback
from collections import Counter
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import shapely
from affine import Affine
from pyproj import CRS
from rasterio.features import rasterize, shapes

out = Path(sys.argv[1])
NAMES = {1: "water", 2: 'Straße & <ż>: "x"', 3: "class 3"}
LAYER = "x y"


def by_value(values, geometries):
    """One geometry a value, and how many there were."""
    values = np.asarray(values)
    return {int(v): (shapely.union_all(np.asarray(geometries)[values == v]), int((values == v).sum())) for v in set(values)}


def check(entry):
    truth = np.fromfile(out / entry["raw"], np.uint8).reshape(entry["height"], entry["width"])
    geo = entry["geo"]
    affine = Affine(*geo["transform"]) if geo else Affine(1, 0, 0, 0, -1, 0)
    pixel = abs(affine.determinant)
    crs = CRS(geo["crs"]) if geo and geo["crs"] else None
    tolerance, smallest = entry.get("tolerance", 0), entry.get("smallest", 0)
    wanted = [(int(v), shapely.geometry.shape(s)) for s, v in shapes(truth, (truth != 0) & (truth != 255), 4, affine)]
    kept = [(v, s) for v, s in wanted if round(s.area / pixel) >= smallest]
    assert entry["dropped"]["regions"] == len(wanted) - len(kept), entry["dropped"]

    path = out / f"{entry['stem']}.gpkg"
    layer = pyogrio.read_dataframe(path)
    info = pyogrio.read_info(path)
    assert list(pyogrio.list_layers(path)[0]) == [LAYER, "Polygon"] and info["capabilities"]["fast_spatial_filter"]
    assert len(layer) == len(kept) == entry["polygons"]
    if crs is None:
        assert layer.crs is None or "ndefined" in layer.crs.name, layer.crs
    else:
        assert layer.crs == crs, (layer.crs, crs)
    assert shapely.is_valid(layer.geometry).all() and shapely.is_ccw(layer.geometry.exterior).all()
    assert sorted(layer["pixels"]) == sorted(round(s.area / pixel) for _, s in kept)
    assert all(NAMES[v] == n for v, n in zip(layer["value"], layer["class"]))
    if len(layer):
        np.testing.assert_array_equal(layer.total_bounds, info["total_bounds"])
        # Without what projects it, in pixels: exact.
        pixels = shapely.transform(layer.geometry.values, lambda p: to_pixels(affine, p))
        exact = [(v, shapely.transform(s, lambda p: to_pixels(affine, p))) for v, s in kept]
        mine, theirs = by_value(layer["value"], pixels), by_value([v for v, _ in exact], [s for _, s in exact])
        assert mine.keys() == theirs.keys()
        for v in mine:
            assert mine[v][1] == theirs[v][1]
            if tolerance == 0:
                assert mine[v][0].symmetric_difference(theirs[v][0]).area == 0, v
            else:
                assert mine[v][0].hausdorff_distance(theirs[v][0]) <= tolerance + 1e-9
        assert shapely.coverage_is_valid(pixels)
        part = layer.total_bounds * [1, 1, 0, 0] + np.r_[0, 0, layer.total_bounds[:2] + np.ptp(layer.total_bounds.reshape(2, 2), 0) / 3]
        found = pyogrio.read_dataframe(path, bbox=tuple(part))
        assert len(found) == shapely.intersects(layer.geometry.values, shapely.box(*part)).sum()
    database(path, layer)
    if crs is not None:
        definition(path, layer, crs)
    areas(entry, truth, layer, crs, affine)
    geojson(entry, truth, layer, crs, affine, tolerance, smallest)


def to_pixels(affine, points):
    return np.round(np.stack((~affine) * points.T, 1), 4)


def database(path, layer):
    with sqlite3.connect(path) as read:
        assert read.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert read.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
        assert read.execute("PRAGMA user_version").fetchone() == (10300,)
        assert read.execute("PRAGMA foreign_key_check").fetchall() == []
        assert read.execute(f'SELECT count(*) FROM "rtree_{LAYER}_geom"').fetchone() == (len(layer),)
        # What GIS programs bring; then the index follows what they change.
        for name, side in zip(("ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY"), range(4)):
            read.create_function(name, 1, lambda blob, side=side: bounds(blob)[side])
        read.create_function("ST_IsEmpty", 1, lambda blob: int(blob is None))
        count = lambda: read.execute(f'SELECT count(*) FROM "rtree_{LAYER}_geom"').fetchone()[0]
        if len(layer):
            read.execute(f'UPDATE "{LAYER}" SET geom = NULL WHERE fid = 1')
            assert count() == len(layer) - 1
            read.execute(f'DELETE FROM "{LAYER}"')
            assert count() == 0
        read.rollback()


def definition(path, layer, crs):
    with sqlite3.connect(path) as read:
        query = "SELECT definition FROM gpkg_spatial_ref_sys JOIN gpkg_geometry_columns USING (srs_id)"
        (text,) = read.execute(query).fetchone()
    if text == "undefined":
        assert crs.to_epsg() == 3857
        return
    mine = CRS(text)
    assert mine.geodetic_crs.datum.name.split(" ensemble")[0] == crs.geodetic_crs.datum.name.split(" ensemble")[0]
    if len(layer):
        ground = layer.to_crs(crs.geodetic_crs).geometry
        again = geopandas.GeoSeries(list(ground), crs=mine.geodetic_crs).to_crs(mine)
        assert np.allclose(again.total_bounds, layer.total_bounds, rtol=0, atol=1e-3 if crs.is_projected else 1e-9)


def bounds(blob):
    return shapely.from_wkb(blob[40:]).bounds


def areas(entry, truth, layer, crs, affine):
    with open(out / f"{entry['stem']}.csv", encoding="utf-8-sig", newline="") as file:
        table = {int(row["value"]): row for row in csv.DictReader(file)}
    counts = {v: int((truth == v).sum()) for v in (0, 1, 2, 3, 255)}
    known = truth.size - counts[255]
    for v, row in table.items():
        assert int(row["pixels"]) == counts[v] and row["file"] == entry["raw"].replace(".raw", ".tif")
        assert row["share"] == "" if v == 255 else np.isclose(float(row["share"]), counts[v] / known)
        mm = entry["spacing"]
        assert (row["mm²"] != "") == (mm is not None)
        assert (row["m²"] != "") == (row["ha"] != "") == (crs is not None)
        if mm:
            assert np.isclose(float(row["mm²"]), counts[v] * mm["x"] * mm["y"])
        if crs is not None and counts[v]:
            assert np.isclose(float(row["ha"]), float(row["m²"]) / 1e4)
            mine = layer[layer["value"] == v]["area_m2"].sum()
            assert v in (0, 255) or entry.get("smallest") or np.isclose(mine, float(row["m²"]), rtol=1e-10)
            if crs.is_geographic or crs.to_epsg() == 3857:
                rest = shapely.box(0, 0, entry["width"], entry["height"])
                whole = shapely.transform(shapely.segmentize(rest, 1), lambda p: np.stack(affine * p.T, 1))
                ground = geopandas.GeoSeries([whole], crs=crs).to_crs(4326)
                total = abs(CRS(4326).get_geod().geometry_area_perimeter(ground[0])[0])
                assert np.isclose(sum(float(r["m²"]) for r in table.values()), total, rtol=1e-6)
            else:
                metres = crs.axis_info[0].unit_conversion_factor
                assert np.isclose(float(row["m²"]), counts[v] * abs(affine.determinant) * metres**2)


def geojson(entry, truth, layer, crs, affine, tolerance, smallest):
    path = out / f"{entry['stem']}.geojson"
    text = json.loads(path.read_text())
    assert ("pixelCoordinates" in text) == (crs is None)
    if not len(layer):
        assert text["features"] == []
        return
    read = geopandas.read_file(path)
    assert len(read) == len(layer) and list(read["value"]) == list(layer["value"])
    assert shapely.is_valid(read.geometry).all() and shapely.is_ccw(read.geometry.exterior).all()
    if crs is None:
        laid, here = read.geometry, Affine.identity()
    else:
        assert read.crs == CRS("OGC:CRS84") or read.crs == CRS(4326), read.crs
        laid, here = read.geometry.to_crs(crs), affine
    if tolerance or smallest:
        return
    drawn = rasterize(zip(laid, read["value"]), truth.shape, transform=here)
    np.testing.assert_array_equal(drawn, np.where(truth == 255, 0, truth))


failures = 0
counts = Counter()
for entry in json.loads((out / "vectors.json").read_text()):
    try:
        check(entry)
        counts[entry["stem"].split("-")[0]] += 1
    except Exception as error:  # noqa: BLE001 (all of them are to be told)
        failures += 1
        trace = traceback.extract_tb(error.__traceback__)
        line = next(one.lineno for one in reversed(trace) if one.filename == __file__)
        print(f"{entry['stem']}: line {line}: {type(error).__name__} {str(error)[:300]}")
print("the same:", dict(counts), "different:", failures)
sys.exit(failures > 0)
