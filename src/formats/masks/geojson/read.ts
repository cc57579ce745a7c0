import type { SourceClass } from '../../../contract/mask-sources.ts';
import { UserError } from '../../../core/errors.ts';
import type { Size } from '../../../core/mask/tiles.ts';
import type { ImageProblem } from '../../labelled-images.ts';
import { withImage } from '../../open-images.ts';
import type { GeoReference } from '../../raster/image-file.ts';
import { readJson } from '../bounded-file.ts';
import { toPixel, toWorld } from '../geotiff/place.ts';
import { layeredMask } from '../layers.ts';
import { type MaskSource, type SourceRequest } from '../mask-source.ts';
import { drawingBudget } from '../work-budget.ts';
import { projectionBetween } from './crs.ts';
import { parseGeoJson, type GeoJson, type GeoShape, type Rings } from './parse.ts';
import { ringShape } from './rings.ts';
import { classLimit } from '../../../core/mask/class-names.ts';

/** Properties that are offered to name the class. */
const propertyLimit = 100;
/** Coordinate systems in which the shapes are kept. */
const keptSystems = 4;

/**
 * Opens polygons of GeoJSON for images that say where they lie on Earth. Their points are brought into the
 * image's coordinates and joined by straight lines there; a pixel belongs to a polygon where its centre
 * does. Of shapes that lie over each other the later counts. Of an image without any nothing is known.
 *
 * @param request with the property that names the class: null asks which there are
 * @throws UserError 'invalid-labels', 'unsupported', 'too-large', as `readJson`
 */
export async function openGeoJson({ path, found, property }: SourceRequest): Promise<MaskSource> {
  const json = parseGeoJson(await readJson(path), path);
  const properties = propertiesOf(json.shapes);
  const { classes, values, unnamed } = classesOf(json, property, properties.length > 0, path);
  const problems: ImageProblem[] = [];
  const tell = (count: number, what: string): void => {
    if (count > 0) problems.push({ path, reason: `${count} of its features ${what}` });
  };
  tell(json.withoutArea, 'are points, lines or nothing, and were left out');
  tell(unnamed, `have no ${property ?? ''}, and were left out`);
  const projected = new ProjectedShapes(json, path);
  const rasters = found.filter(({ name }) => /\.tiff?$/i.test(name));
  return {
    kind: 'geojson',
    claimed: new Set(),
    classes,
    images: rasters.length,
    table: null,
    isComplete: false,
    properties,
    property,
    problems,
    async maskFor(image) {
      const geo = await withImage(image.path, ({ header }) => Promise.resolve(header.geo));
      if (geo === null) return undefined;
      const shapes = projected.on(geo, image).flatMap((polygons, index) => {
        const value = values[index];
        if (value === undefined) return [];
        return polygons.flatMap((rings) => ringShape(rings, value, image) ?? []);
      });
      return shapes.length === 0
        ? undefined
        : layeredMask(image, classes, shapes, drawingBudget(image, path));
    },
    labelsOf: () => [path],
    close: () => Promise.resolve(),
  };
}

/** Those with a text, a number or a truth value, in the order in which they come. */
function propertiesOf(shapes: readonly GeoShape[]): { name: string; values: number }[] {
  const values = new Map<string, Set<string>>();
  for (const { properties } of shapes) {
    for (const [name, value] of Object.entries(properties)) {
      const text = textOf(value);
      if (text === null || name.length > 200) continue;
      const seen = values.get(name) ?? new Set();
      if (values.size < propertyLimit || values.has(name)) values.set(name, seen);
      if (seen.size <= classLimit) seen.add(text);
    }
  }
  return [...values]
    .filter(([, seen]) => seen.size <= classLimit)
    .map(([name, seen]) => ({ name, values: seen.size }));
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value.trim().normalize('NFC');
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** Values by shape; undefined for one that has no class. */
function classesOf(
  { shapes }: GeoJson,
  property: string | null,
  hasProperties: boolean,
  path: string,
): { classes: SourceClass[]; values: (number | undefined)[]; unnamed: number } {
  if (property === null && hasProperties) return { classes: [], values: [], unnamed: 0 };
  const classes = new Map<string, SourceClass & { count: number }>();
  let unnamed = 0;
  const values = shapes.map(({ properties }) => {
    // Without any property all shapes are of one class.
    const stored = property === null ? 1 : properties[property];
    const text = textOf(stored);
    if (text === null) {
      unnamed++;
      return undefined;
    }
    const known = classes.get(text);
    if (known) {
      known.count++;
      return known.value;
    }
    const isNumber = typeof stored === 'number' && Number.isSafeInteger(stored);
    const value = classes.size + 1;
    const named = { name: isNumber ? null : text, number: isNumber ? stored : null };
    classes.set(text, { value, ...named, colour: null, count: 1 });
    return value;
  });
  if (classes.size > classLimit) {
    throw new UserError(
      'too-large',
      `The property “${property ?? ''}” of ${path} has ${classes.size} different values; a mask can hold ${classLimit} classes. Choose another property.`,
    );
  }
  return { classes: [...classes.values()], values, unnamed };
}

/** In the coordinates of a system. */
interface PlacedPolygon {
  readonly rings: Rings;
  readonly box: Box;
}

type Box = readonly [left: number, bottom: number, right: number, top: number];

/** The shapes in coordinates of images, each system once. */
class ProjectedShapes {
  readonly #json: GeoJson;
  readonly #path: string;
  readonly #systems = new Map<string, readonly (readonly PlacedPolygon[])[]>();

  constructor(json: GeoJson, path: string) {
    this.#json = json;
    this.#path = path;
  }

  /**
   * In px of the image, shape by shape, of those that may touch it.
   *
   * @throws UserError 'unsupported', 'invalid-labels'
   */
  on({ crs, transform }: GeoReference, { width, height }: Size): readonly (readonly Rings[])[] {
    if (crs === null) {
      throw new UserError(
        'invalid-labels',
        `The image does not say in which coordinates it lies, so ${this.#path} cannot be laid on it. Save it with its coordinate system.`,
      );
    }
    const pixel = toPixel(transform);
    const corners = [0, width].flatMap((x) => [0, height].map((y) => toWorld(transform, x, y)));
    const frame = boxOf(corners.flat());
    return this.#in(crs).map((polygons) =>
      polygons
        .filter(({ box }) => areTouching(box, frame))
        .map(({ rings }) => rings.map((ring) => mapped(ring, pixel))),
    );
  }

  #in(crs: string): readonly (readonly PlacedPolygon[])[] {
    const known = this.#systems.get(crs);
    if (known) return known;
    const project = projectionBetween(this.#json.crs, crs, this.#path);
    const shapes = this.#json.shapes.map(({ polygons }) =>
      polygons
        .map((rings) => rings.map((ring) => mapped(ring, project)))
        // What has no place in the image's system is not on the image.
        .filter((rings) => rings.every((ring) => ring.every(Number.isFinite)))
        .map((rings) => ({ rings, box: boxOf(rings[0] ?? []) })),
    );
    const [oldest] = this.#systems.keys();
    if (oldest !== undefined && this.#systems.size >= keptSystems) this.#systems.delete(oldest);
    this.#systems.set(crs, shapes);
    return shapes;
  }
}

function boxOf(points: ArrayLike<number>): Box {
  let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at + 1 < points.length; at += 2) {
    left = Math.min(left, points[at] ?? NaN);
    right = Math.max(right, points[at] ?? NaN);
    bottom = Math.min(bottom, points[at + 1] ?? NaN);
    top = Math.max(top, points[at + 1] ?? NaN);
  }
  return [left, bottom, right, top];
}

function areTouching(a: Box, b: Box): boolean {
  return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
}

function mapped(
  ring: Float64Array,
  by: (x: number, y: number) => readonly [number, number],
): Float64Array {
  const places = new Float64Array(ring.length);
  for (let at = 0; at < ring.length; at += 2) {
    const [x, y] = by(ring[at] ?? NaN, ring[at + 1] ?? NaN);
    places[at] = x;
    places[at + 1] = y;
  }
  return places;
}
