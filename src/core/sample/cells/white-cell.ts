import {
  around,
  chance,
  clamp,
  type Colour,
  direction,
  mixColours,
  scaleColour,
  smoothstep,
  varyColour,
  type Vector,
} from '../drawing.ts';
import { makeNoise } from '../noise.ts';
import { type CellKind, makeNucleus } from './nucleus.ts';
import { ellipse, type SignedDistance, wobbled } from './shapes.ts';
import { cellMask, eachPixel, type Slide } from './slide.ts';

/** Appearance of a kind of cell, except for its nucleus. Radii in pixels. */
interface Appearance {
  readonly radius: readonly [number, number];
  /** Colour of cytoplasm on a blue and on a pink slide. */
  readonly cytoplasm: readonly [Colour, Colour];
  /** Colour of chromatin on a blue and on a violet slide. */
  readonly chromatin: readonly [Colour, Colour];
  readonly granule: Colour;
  /** Number of granules in a cell, their radius, and their contrast. */
  readonly granules: readonly [number, number];
  readonly granuleRadius: readonly [number, number];
  readonly granuleStrength: readonly [number, number];
  /** Contrast of the chromatin's clumps. */
  readonly clumps: readonly [number, number];
}

const appearances: Record<CellKind, Appearance> = {
  lymphocyte: {
    radius: [13, 18],
    cytoplasm: [
      [150, 168, 216],
      [186, 176, 220],
    ],
    chromatin: [
      [62, 62, 166],
      [88, 64, 180],
    ],
    granule: [150, 90, 170],
    granules: [0, 6],
    granuleRadius: [0.5, 0.8],
    granuleStrength: [0.2, 0.5],
    clumps: [0.06, 0.2],
  },
  monocyte: {
    radius: [19, 25],
    cytoplasm: [
      [166, 172, 208],
      [196, 182, 212],
    ],
    chromatin: [
      [120, 84, 204],
      [158, 88, 220],
    ],
    granule: [186, 150, 196],
    granules: [30, 130],
    granuleRadius: [0.5, 0.8],
    granuleStrength: [0.1, 0.4],
    clumps: [0.1, 0.28],
  },
  neutrophil: {
    radius: [17, 22],
    cytoplasm: [
      [204, 196, 218],
      [224, 192, 206],
    ],
    chromatin: [
      [94, 62, 184],
      [132, 66, 204],
    ],
    granule: [204, 124, 148],
    granules: [80, 280],
    granuleRadius: [0.5, 1.1],
    granuleStrength: [0.1, 0.5],
    clumps: [0.06, 0.24],
  },
  eosinophil: {
    radius: [17, 22],
    cytoplasm: [
      [208, 186, 206],
      [224, 182, 188],
    ],
    chromatin: [
      [92, 64, 184],
      [128, 70, 204],
    ],
    granule: [208, 112, 104],
    granules: [150, 340],
    granuleRadius: [1, 1.9],
    granuleStrength: [0.22, 0.7],
    clumps: [0.06, 0.24],
  },
};

/** Draws the radius of a cell of this kind. The kinds' ranges overlap. */
export function drawRadius({ random }: Slide, kind: CellKind): number {
  const [low, high] = appearances[kind].radius;
  return around(random, low, high);
}

/** Paints a white cell: cytoplasm, its granules and vacuoles, and the nucleus over them. */
export function paintWhiteCell(slide: Slide, kind: CellKind, centre: Vector, radius: number): void {
  const { random } = slide;
  const look = appearances[kind];
  const squeeze = random.uniform(0.86, 1);
  const body = ellipse(centre, direction(random), radius / squeeze, radius * squeeze);
  const outline = wobbled(random, body, radius * 0.9, radius * random.uniform(0.03, 0.16));
  const nucleus = makeNucleus(random, kind, centre, radius);
  const cell = { look, outline, centre, radius };
  paintCytoplasm(slide, cell);
  paintGranules(slide, cell);
  if (kind === 'monocyte' && chance(random, 0.5)) paintVacuoles(slide, centre, radius);
  paintNucleus(slide, cell, nucleus);
}

interface Cell {
  readonly look: Appearance;
  readonly outline: SignedDistance;
  readonly centre: Vector;
  /** px */
  readonly radius: number;
}

function paintCytoplasm(
  { canvas, mask, random, acid }: Slide,
  { look, outline, centre, radius }: Cell,
): void {
  const colour = varyColour(
    random,
    mixColours(look.cytoplasm[0], look.cytoplasm[1], clamp(acid + random.uniform(-0.2, 0.2))),
    0.05,
  );
  const foam = makeNoise(random, { scale: random.uniform(2.5, 5), octaves: 2 });
  const strength = random.uniform(0.02, 0.08);
  const opacity = random.uniform(0.75, 0.95);
  eachPixel(canvas.side, centre, radius * 1.4, outline, (pixel, signed, x, y) => {
    const cover = clamp(0.5 - signed);
    if (cover === 0) return;
    canvas.mix(pixel, scaleColour(colour, 1 + strength * foam(x, y)), opacity * cover);
    if (signed < 0) mask[pixel] = cellMask.cytoplasm;
  });
}

function paintGranules({ canvas, random }: Slide, { look, outline, centre, radius }: Cell): void {
  const strength = random.uniform(look.granuleStrength[0], look.granuleStrength[1]);
  const colour = varyColour(random, look.granule, 0.1);
  const count = random.uniform(look.granules[0], look.granules[1]);
  for (let left = Math.round(count); left > 0; left--) {
    const at = {
      x: centre.x + random.uniform(-radius, radius),
      y: centre.y + random.uniform(-radius, radius),
    };
    if (outline(at.x, at.y) > -1) continue;
    const size = random.uniform(look.granuleRadius[0], look.granuleRadius[1]);
    canvas.disc(at, size, varyColour(random, colour, 0.08), strength * random.uniform(0.5, 1));
  }
}

function paintVacuoles({ canvas, random }: Slide, centre: Vector, radius: number): void {
  for (let left = 1 + random.integer(5); left > 0; left--) {
    const towards = direction(random);
    const far = radius * random.uniform(0.4, 0.85);
    const at = { x: centre.x + towards.x * far, y: centre.y + towards.y * far };
    canvas.disc(at, random.uniform(0.8, 1.8), [226, 222, 232], 0.6);
  }
}

function paintNucleus(
  { canvas, mask, random, violet }: Slide,
  { look, outline, centre, radius }: Cell,
  nucleus: SignedDistance,
): void {
  const colour = varyColour(random, mixColours(look.chromatin[0], look.chromatin[1], violet), 0.16);
  const clumps = makeNoise(random, { scale: radius * random.uniform(0.2, 0.4), octaves: 3 });
  const contrast = random.uniform(look.clumps[0], look.clumps[1]);
  const edge = random.uniform(0.04, 0.14);
  const inside: SignedDistance = (x, y) => Math.max(nucleus(x, y), outline(x, y) + 0.5);
  eachPixel(canvas.side, centre, radius * 1.3, inside, (pixel, signed, x, y) => {
    const cover = clamp(0.5 - signed);
    if (cover === 0) return;
    const membrane = edge * (1 - smoothstep(0, 2.5, -signed));
    const shade = 1 + contrast * clumps(x, y) - membrane;
    canvas.mix(pixel, scaleColour(colour, shade), 0.95 * cover);
    if (signed < 0) mask[pixel] = cellMask.nucleus;
  });
}
