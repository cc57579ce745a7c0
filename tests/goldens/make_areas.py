"""Writes areas.json: areas of grids on Earth by pyproj, whose geodesic polygons are Karney's (2013).

Parallels and turned edges are no geodesics, so borders are followed in steps of 1/4000 of an edge.

    pip install pyproj numpy
    python make_areas.py && npx prettier --write areas.json
"""

import json
from pathlib import Path

import numpy as np
from pyproj import CRS, Geod, Transformer

STEPS = 4000


def world(transform, column, row):
    a, b, c, d, e, f = transform
    return a * column + b * row + c, d * column + e * row + f


def border(transform, width, height):
    t = np.linspace(0, 1, STEPS, endpoint=False)
    columns = np.concatenate([t * width, 0 * t + width, (1 - t) * width, 0 * t])
    rows = np.concatenate([0 * t, t * height, 0 * t + height, (1 - t) * height])
    return world(transform, columns, rows)


def geodesic(crs, transform, width, height):
    crs = CRS(crs)
    x, y = border(transform, width, height)
    if not crs.is_geographic:
        x, y = Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y)
        crs = CRS(4326)
    area, _ = crs.get_geod().polygon_area_perimeter(x, y)
    return abs(area)


def planar(crs, transform, width, height):
    a, b, _, d, e, _ = transform
    metres = CRS(crs).axis_info[0].unit_conversion_factor
    return abs(a * e - b * d) * metres**2 * width * height


CASES = [
    ("EPSG:4326", [0.5, 0, 5, 0, -0.25, 2], 4, 8, geodesic),
    ("EPSG:4326", [1e-5, 0, 8.5, 0, -7e-6, 47.1], 300, 200, geodesic),
    ("EPSG:4326", [0.01, 0, -70, 0, -0.02, 89.5], 50, 20, geodesic),
    ("EPSG:4326", [0.1, 0, 100, 0, 0.1, -45], 10, 10, geodesic),
    ("EPSG:4258", [0.1, 0, 10, 0, -0.1, 60], 10, 10, geodesic),
    ("EPSG:4326", [0.003, 0.004, 10, 0.004, -0.003, 50], 60, 40, geodesic),
    ("EPSG:3857", [10, 0, 1e6, 0, -10, 8e6], 100, 100, geodesic),
    ("EPSG:3395", [50, 0, 1e6, 0, -50, 6e6], 100, 100, geodesic),
    ("EPSG:32632", [0.25, 0, 468_000, 0, -0.25, 5_216_000], 100, 50, planar),
    ("EPSG:32733", [0.6, 0.8, 301_000, 0.8, -0.6, 8_002_000], 10, 10, planar),
    ("EPSG:2263", [3, 0, 980_000, 0, -3, 200_000], 100, 100, planar),
    ("EPSG:3035", [10, 0, 4_321_000, 0, -10, 3_210_000], 10, 10, planar),
    # A system without a code, in feet.
    (
        'PROJCS["mine",GEOGCS["NAD83",DATUM["North_American_Datum_1983",'
        'SPHEROID["GRS 1980",6378137,298.257222101]],PRIMEM["Greenwich",0],'
        'UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
        'PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",9],'
        'PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],'
        'PARAMETER["false_northing",0],UNIT["foot",0.3048]]',
        [2, 0, 1e6, 0, -2, 1e6],
        10,
        10,
        planar,
    ),
]

expected = [
    {"crs": crs, "transform": transform, "width": width, "height": height, "area": by(crs, transform, width, height)}
    for crs, transform, width, height, by in CASES
]
(Path(__file__).parent / "areas.json").write_text(json.dumps(expected, indent=1) + "\n")
