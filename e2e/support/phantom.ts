import { Random } from '../../src/core/random.ts';
import { type Entry, pictureFile, syntax } from '../../src/formats/testing/dicom-fixtures.ts';

/** Size of the images, px. */
const side = 256;
/** Slices of the phantom: position along the chest. */
const slices = 8;

/** A position in [-1, 1] × [-1, 1], left to right and front to back. */
interface Place {
  readonly x: number;
  readonly y: number;
}

function isWithin({ x, y }: Place, centre: Place, radiusX: number, radiusY: number): boolean {
  return ((x - centre.x) / radiusX) ** 2 + ((y - centre.y) / radiusY) ** 2 <= 1;
}

/**
 * Returns the Hounsfield units of a chest composed of ellipses: air, fat, muscle, lungs with vessels, heart and bone.
 */
function chest(place: Place, level: number, vessels: readonly Place[]): number {
  const lung = 0.3 + 0.14 * Math.sin(Math.PI * level);
  const origin = { x: 0, y: 0.04 };
  if (!isWithin(place, origin, 0.9, 0.66)) return -1000;
  if (!isWithin(place, origin, 0.84, 0.6)) return -100;
  if (isWithin(place, { x: 0, y: 0.4 }, 0.06, 0.06)) return 20;
  if (isWithin(place, { x: 0, y: 0.38 }, 0.12, 0.11)) return 620;
  if (isWithin(place, { x: 0, y: -0.46 }, 0.1, 0.035)) return 480;
  if (isWithin(place, { x: -0.09, y: 0.2 }, 0.055, 0.055)) return 210;
  if (isWithin(place, { x: 0.07, y: -0.12 }, 0.13 + 0.1 * level, 0.2)) return 55 + 90 * level;
  for (const centre of [-0.42, 0.42]) {
    const middle = { x: centre, y: 0.02 };
    if (isWithin(place, middle, lung - 0.04, lung + 0.06)) {
      return vessels.some((vessel) => isWithin(place, vessel, 0.014, 0.014)) ? 35 : -840;
    }
  }
  const angle = Math.atan2(place.y - origin.y, place.x);
  const isRim = !isWithin(place, origin, 0.77, 0.53) && isWithin(place, origin, 0.81, 0.57);
  return isRim && Math.cos(13 * angle + 4 * level) > 0.45 ? 560 : 52;
}

/** Pixel spacing of a series, mm. */
export interface ChestSeries {
  readonly series: string;
  readonly x: number;
  readonly y: number;
}

/** Writes a slice of the chest as a DICOM file with a soft-tissue window. */
function sliceFile(index: number, series: ChestSeries | undefined): Buffer {
  const random = new Random(index, 5);
  const level = (index + 0.5) / slices;
  const vessels = Array.from({ length: 46 }, () => ({
    x: random.uniform(-0.82, 0.82),
    y: random.uniform(-0.4, 0.44),
  }));
  const pixels = Array.from({ length: side * side }, (_, at) => {
    const place = { x: (2 * (at % side)) / side - 1, y: (2 * Math.floor(at / side)) / side - 1 };
    const noise = random.uniform(-18, 18) + random.uniform(-18, 18);
    return Math.max(0, Math.round(chest(place, level, vessels) + noise + 1024));
  });
  const picture = { rows: side, columns: side, allocated: 16, stored: 12 };
  const said: readonly Entry[] =
    series === undefined
      ? []
      : [
          [0x00080060, 'CS', 'CT'],
          [0x0020000e, 'UI', series.series],
          [0x00200032, 'DS', `0\\0\\${5 * index}`],
          [0x00200037, 'DS', '1\\0\\0\\0\\1\\0'],
          [0x00280030, 'DS', `${series.y}\\${series.x}`],
        ];
  return pictureFile(syntax.explicit, picture, pixels, [
    ...said,
    [0x00281050, 'DS', '40'],
    [0x00281051, 'DS', '400'],
    [0x00281052, 'IS', '-1024'],
    [0x00281053, 'IS', '1'],
    [0x00281055, 'LO', 'MEDIASTINUM'],
  ]);
}

/** Files of a synthetic chest, one per slice. */
export function chestFiles(series?: ChestSeries): { name: string; bytes: Buffer }[] {
  return Array.from({ length: slices }, (_, index) => ({
    name: `slice-${index + 1}.dcm`,
    bytes: sliceFile(index, series),
  }));
}
