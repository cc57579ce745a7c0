import { stat } from 'node:fs/promises';
import type { MaskSourceKind, SourceClass } from '../../../contract/mask-sources.ts';
import { UserError } from '../../../core/errors.ts';
import type { FoundImage, ImageProblem } from '../../labels/labelled-images.ts';
import { withImage } from '../../open-images.ts';
import type { GeoReference } from '../../raster/image-file.ts';
import { kindOfFile } from '../file-kind.ts';
import { findLabelSources } from '../find-files.ts';
import { layeredMask, type MaskShape } from '../layers.ts';
import type { MaskSource, OpenMask, SizedImage, SourceRequest } from '../mask-source.ts';
import { soundly } from '../sound-source.ts';
import { drawingBudget } from '../work-budget.ts';
import { ClassTally, isOwn, type PropertyCounts } from './class-tally.ts';
import { nameFiles, type NamedFiles } from './name-files.ts';
import { PlacedShapes } from './placed-shapes.ts';
import {
  featureLimit,
  isOfOneImage,
  pointLimit,
  shapesOf,
  type GeoShape,
  type PolygonFile,
} from './polygon-file.ts';
import { ringShape } from './rings.ts';
import { commonText, polygonLabelsText } from '../../../text/index.ts';

/** A kind of file that holds polygons. */
export interface PolygonFormat {
  readonly kind: Extract<MaskSourceKind, 'geojson' | 'gpkg'>;
  /** @throws UserError 'invalid-labels', 'unsupported', 'too-large' */
  read(path: string): Promise<PolygonFile>;
}

/**
 * Opens polygons of a file, or of all files of a folder. A file with the name of an image (see `nameFiles`) is that
 * image's alone if there are several files or if we wrote it; all others are placed on images with a geographic
 * position. Points are converted to the image's coordinates and joined by straight lines there; a pixel belongs to a
 * polygon if its centre does. Of overlapping shapes the later one counts.
 *
 * @param request with the property that names the class: null asks which there are, or takes that of files of our own
 * @throws UserError 'invalid-labels', 'unsupported', 'too-large' for a single file; of several, one that cannot be
 * read is left out and reported
 */
export async function openPolygons(
  request: SourceRequest,
  format: PolygonFormat,
): Promise<MaskSource> {
  const paths = await filesOf(request, format);
  const source = new PolygonSource(request, format, paths);
  for (const path of paths) await source.survey(path);
  return source.asSource();
}

async function filesOf(
  { path, signal }: SourceRequest,
  { kind }: PolygonFormat,
): Promise<readonly string[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return [path];
  const paths: string[] = [];
  for (const file of await findLabelSources(path, signal)) {
    if ((await kindOfFile(file).catch(() => undefined)) === kind) paths.push(file);
  }
  return paths;
}

/** A file that was read once, for its classes. */
interface Surveyed {
  readonly path: string;
  readonly shapes: number;
  readonly counts: PropertyCounts;
  readonly withoutArea: number;
}

class PolygonSource {
  readonly #request: SourceRequest;
  readonly #format: PolygonFormat;
  readonly #isAlone: boolean;
  readonly #named: NamedFiles;
  readonly #tally: ClassTally;
  readonly #surveyed: Surveyed[] = [];
  /** Files of one image, by their paths; they are read again when their image is read. */
  readonly #ofImages = new Set<string>();
  /** Files that may apply to any image. */
  readonly #onEarth: PolygonFile[] = [];
  /** Paths of these files, listed once for all images, which may be many. */
  readonly #pathsOnEarth: string[] = [];
  readonly #problems: ImageProblem[] = [];
  #features = 0;
  #points = 0;
  #last:
    | { readonly path: string; readonly file: PolygonFile; readonly placed: PlacedShapes }
    | undefined;

  constructor(request: SourceRequest, format: PolygonFormat, paths: readonly string[]) {
    this.#request = request;
    this.#format = format;
    this.#isAlone = paths.length === 1;
    this.#named = nameFiles(paths, request.folder, request.found);
    this.#tally = new ClassTally(request.property);
  }

  /** Reads the file to find its classes. */
  async survey(path: string): Promise<void> {
    const { excluded, signal } = this.#request;
    if (signal?.aborted === true) throw new UserError('cancelled', commonText.stopped);
    const reason = excluded?.get(path);
    if (reason !== undefined) {
      this.#problems.push({ path, reason });
      return;
    }
    const file = await this.#read(path);
    if (file === undefined) return;
    const shapes = shapesOf(file);
    const { withoutArea } = file;
    const counts = this.#tally.add(shapes);
    this.#surveyed.push({ path, shapes: shapes.length, counts, withoutArea });
    this.#place(file, shapes);
  }

  asSource(): MaskSource {
    const { found, path } = this.#request;
    const classes = this.#tally.classes(path);
    const { properties, property } = this.#tally;
    const hasOwn = (image: FoundImage): boolean => this.#fileOf(image) !== undefined;
    const own = found.filter(hasOwn);
    const rasters = found.filter((image) => /\.tiff?$/i.test(image.name) && !hasOwn(image));
    return {
      kind: this.#format.kind,
      claimed: new Set(),
      classes,
      samples: this.#onEarth.length === 0 ? own : undefined,
      images: own.length + (this.#onEarth.length === 0 ? 0 : rasters.length),
      table: null,
      isComplete: false,
      properties,
      property,
      problems: this.#allProblems(property),
      maskFor: this.#masks(classes),
      labelsOf: (image) => this.#labelsOf(image),
      close: () => Promise.resolve(),
    };
  }

  async #read(path: string): Promise<PolygonFile | undefined> {
    this.#request.at?.(path);
    try {
      return await soundly(path, () => this.#format.read(path));
    } catch (error) {
      if (this.#isAlone || !(error instanceof UserError) || error.code === 'cancelled') throw error;
      this.#problems.push({ path, reason: error.message });
      return undefined;
    }
  }

  /** Decides whether a file is one image's or all images'. */
  #place(file: PolygonFile, shapes: readonly GeoShape[]): void {
    const { path } = file;
    const isOurs =
      isOfOneImage(file) || shapes.length === 0 || shapes.every((one) => isOwn(one.properties));
    if (this.#named.files.has(path) && (!this.#isAlone || isOurs)) {
      this.#ofImages.add(path);
    } else if (isOfOneImage(file)) {
      this.#problems.push({ path, reason: polygonLabelsText.noImageOfItsName });
    } else {
      this.#requireRoom(shapes);
      this.#onEarth.push(file);
      this.#pathsOnEarth.push(path);
    }
  }

  /** Limits the files that may apply to any image: all are in memory at once. */
  #requireRoom(shapes: readonly GeoShape[]): void {
    this.#features += shapes.length;
    for (const { polygons } of shapes) {
      for (const ring of polygons.flat()) this.#points += ring.length / 2;
    }
    if (this.#features <= featureLimit && this.#points <= pointLimit) return;
    throw new UserError(
      'too-large',
      polygonLabelsText.tooManyTogether(this.#request.path, {
        features: featureLimit,
        points: pointLimit,
      }),
    );
  }

  #allProblems(property: string | null): ImageProblem[] {
    const problems = [...this.#named.unclear, ...this.#problems];
    for (const { path, shapes, counts, withoutArea } of this.#surveyed) {
      if (withoutArea > 0) {
        problems.push({ path, reason: polygonLabelsText.withoutArea(withoutArea) });
      }
      if (property === null) continue;
      const unnamed = shapes - (counts.get(property) ?? 0);
      if (unnamed > 0) {
        problems.push({ path, reason: polygonLabelsText.withoutProperty(unnamed, property) });
      }
    }
    return problems;
  }

  #fileOf(image: Pick<FoundImage, 'path' | 'frame'>): string | undefined {
    const path = this.#named.fileOf(image);
    return path !== undefined && this.#ofImages.has(path) ? path : undefined;
  }

  #labelsOf(path: string): readonly string[] {
    const own = this.#fileOf({ path });
    return own === undefined ? this.#pathsOnEarth : [own];
  }

  #masks(classes: readonly SourceClass[]): MaskSource['maskFor'] {
    const valueOf = this.#tally.valueOf(classes);
    const placed = this.#onEarth.map((file) => new PlacedShapes(file));
    return async (image) => {
      const path = this.#fileOf(image);
      const geo = await withImage(image.path, ({ header }) => Promise.resolve(header.geo));
      if (path !== undefined) return this.#ownMask(path, image, geo, classes, valueOf);
      if (geo === null) return undefined;
      const shapes = this.#onEarth.flatMap((file, index) =>
        drawn(file, placed[index]?.on(geo, image) ?? [], valueOf, image),
      );
      if (shapes.length === 0) return undefined;
      const [first, second] = this.#onEarth;
      const place = first !== undefined && second === undefined ? first.path : this.#request.path;
      return layeredMask(image, classes, shapes, drawingBudget(image, place));
    };
  }

  /** Opens the mask of a file for one image. A file without polygons means that its image has no regions. */
  async #ownMask(
    path: string,
    image: SizedImage,
    geo: GeoReference | null,
    classes: readonly SourceClass[],
    valueOf: (shape: GeoShape) => number | undefined,
  ): Promise<OpenMask> {
    if (this.#last?.path !== path) {
      this.#request.at?.(path);
      const file = await this.#format.read(path);
      this.#last = { path, file, placed: new PlacedShapes(file) };
    }
    const { file, placed } = this.#last;
    const shapes = drawn(file, placed.on(geo, image), valueOf, image);
    if (shapes.length === 0 && shapesOf(file).length > 0) {
      throw new UserError('invalid-labels', polygonLabelsText.outsideItsImage(path));
    }
    return layeredMask(image, classes, shapes, drawingBudget(image, path));
  }
}

/** Polygons of a file as shapes of an image, without those that have no class or are outside it. */
function drawn(
  file: PolygonFile,
  polygons: ReturnType<PlacedShapes['on']>,
  valueOf: (shape: GeoShape) => number | undefined,
  image: SizedImage,
): MaskShape[] {
  return shapesOf(file).flatMap((shape, index) => {
    const value = valueOf(shape);
    if (value === undefined) return [];
    return (polygons[index] ?? []).flatMap((rings) => ringShape(rings, value, image) ?? []);
  });
}
