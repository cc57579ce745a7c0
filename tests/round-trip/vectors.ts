/**
 * `node tests/round-trip/vectors.ts OUT`: writes random masks as GeoJSON, GeoPackage and tables of areas, and next to
 * them their content as plain bytes, for `check_vectors.py` to read with libraries that share nothing with ours.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '../../src/core/random.ts';
import { memoryMask, randomMask } from '../../src/formats/masks/testing/memory-mask.ts';
import { areaRows, areaTable } from '../../src/formats/vector/area-table.ts';
import type { VectorOutcome } from '../../src/formats/vector/mask-polygons.ts';
import { nowhere, type MaskPlace } from '../../src/formats/vector/place.ts';
import { geojsonOfMask } from '../../src/formats/vector/write-geojson.ts';
import { writeGeoPackage } from '../../src/formats/vector/write-geopackage.ts';
import { writeFileAtomically } from '../../src/formats/files/write-file.ts';

const [out = ''] = process.argv.slice(2);
const classes = [
  { value: 1, name: 'water', colour: '#0072b2' },
  { value: 2, name: 'Straße & <ż>: "x"', colour: null },
  { value: 3, name: null, colour: null },
];
const values = [0, 1, 2, 3, 255];
const mine =
  'PROJCS["mine",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",9.123],PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1]]';
const geo = (
  crs: string | null,
  ...transform: [number, number, number, number, number, number]
) => ({
  geo: { crs, transform },
  spacing: null,
});
const places: Record<string, MaskPlace> = {
  nowhere,
  spaced: { geo: null, spacing: { x: 0.5, y: 0.75, unit: 'mm' } },
  degrees: geo('EPSG:4326', 1e-5, 0, 8.5, 0, -7e-6, 47.1),
  utm: geo('EPSG:32632', 0.25, 0, 468_000.5, 0, -0.25, 5_216_000.25),
  turned: geo('EPSG:32733', 0.6, 0.8, 301_000, 0.8, -0.6, 8_002_000),
  feet: geo('EPSG:2263', 3, 0, 980_000, 0, -3, 200_000),
  mercator: geo('EPSG:3857', 10, 0, 1e6, 0, -10, 8e6),
  own: geo(mine, 2, 0, 500_000, 0, -2, 5_000_000),
  unnamed: geo(null, 2, 0, 500_000, 0, -2, 5_000_000),
};

/** Returns random pixels, or smooth patches with a ragged border. */
function speckles(seed: number, width: number, height: number): Uint8Array {
  const random = new Random(seed);
  return Uint8Array.from({ length: width * height }, () => values[random.integer(5)] ?? 0);
}

function patches(seed: number, width: number, height: number): Uint8Array {
  const random = new Random(seed);
  const centres = Array.from({ length: 60 }, () => ({
    x: random.integer(width),
    y: random.integer(height),
    value: values[random.integer(5)] ?? 0,
  }));
  return Uint8Array.from({ length: width * height }, (_, at) => {
    let [best, value] = [Infinity, 0];
    for (const centre of centres) {
      const [x, y] = [(at % width) - centre.x, Math.floor(at / width) - centre.y];
      const away = Math.hypot(x, y) + random.uniform(0, 3);
      if (away < best) [best, value] = [away, centre.value];
    }
    return value;
  });
}

const masks = [
  {
    name: 'rectangles',
    width: 1300,
    height: 700,
    pixels: randomMask(7, { width: 1300, height: 700 }, values),
  },
  { name: 'speckles', width: 150, height: 130, pixels: speckles(3, 150, 130) },
  { name: 'patches', width: 521, height: 533, pixels: patches(5, 521, 533) },
  { name: 'empty', width: 30, height: 20, pixels: new Uint8Array(600) },
];
const options = [{}, { tolerance: 1 }, { tolerance: 2.5 }, { smallest: 5 }];

await mkdir(out, { recursive: true });
const manifest: object[] = [];
for (const { name, width, height, pixels } of masks) {
  await writeFile(join(out, `${name}.raw`), pixels);
  const mask = memoryMask(pixels, { width, height }, classes);
  for (const [where, place] of Object.entries(places)) {
    for (const [index, chosen] of options.entries()) {
      if (index > 0 && where !== 'nowhere' && where !== 'utm') continue;
      const stem = `${name}-${where}-${index}`;
      let outcome: VectorOutcome | undefined;
      const done = (result: VectorOutcome): void => {
        outcome = result;
      };
      await writeGeoPackage(join(out, `${stem}.gpkg`), mask, place, {
        ...chosen,
        done,
        layer: 'x y',
      });
      await writeFileAtomically(join(out, `${stem}.geojson`), geojsonOfMask(mask, place, chosen));
      const rows = await areaRows({ file: `${name}.tif`, mask, place });
      await writeFileAtomically(join(out, `${stem}.csv`), areaTable(rows));
      manifest.push({ stem, raw: `${name}.raw`, width, height, ...place, ...chosen, ...outcome });
    }
  }
}
await writeFile(join(out, 'vectors.json'), JSON.stringify(manifest, null, 1));
console.log(`${manifest.length} masks written`);
