import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { MaskFormat, PredictRequest } from '../../contract/jobs.ts';
import type { MaskCard } from '../../contract/model-card.ts';
import type { PredictSummary } from '../../contract/results.ts';
import { UserError } from '../../core/errors.ts';
import { preparationOf } from '../../core/image/preparation.ts';
import { hashOfFile } from '../../formats/file-hash.ts';
import { requireFrame } from '../../formats/images.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { FoundImage, ImageProblem } from '../../formats/labelled-images.ts';
import { makeFolder } from '../../formats/make-folder.ts';
import type { MaskClass, MaskRaster } from '../../formats/masks/mask-raster.ts';
import { labelMap } from '../../formats/masks/paired/write-label-map.ts';
import { withImage } from '../../formats/open-images.ts';
import { openPreparedRegions } from '../../formats/raster/prepared-regions.ts';
import { areaRows, areaTable } from '../../formats/vector/area-table.ts';
import type { AreaRow } from '../../formats/vector/area-table.ts';
import { nowhere, placeOf } from '../../formats/vector/place.ts';
import type { MaskPlace } from '../../formats/vector/place.ts';
import { writeFileAtomically } from '../../formats/write-file.ts';
import { throwIfCancelled } from '../job.ts';
import type { JobContext } from '../job.ts';
import { ExportNames } from '../labels/export-names.ts';
import type { OpenModel } from '../model-file.ts';
import { holdFolder } from '../output-folder.ts';
import { skip } from '../raster-store.ts';
import { PackedMask } from './packed-mask.ts';
import { predictionFingerprint, predictMask } from './predict-mask.ts';
import type { TileModel } from './predict-mask.ts';
import { PixelProgress } from './pixel-progress.ts';
import { PredictionJournal } from './prediction-journal.ts';
import type { WrittenPrediction } from './prediction-journal.ts';
import { requireLargeEnough } from './scene.ts';
import { maskClasses, tileModel } from './tile-model.ts';
import {
  maskEndings,
  requireFormat,
  segmentationKey,
  volumeFormats,
  writeMasks,
  writeSegmentation,
} from './write-masks.ts';
import type { WriteMasksOptions } from './write-masks.ts';

/** What a folder has for a model, slice by slice. */
export interface FoundToPredict {
  readonly images: readonly FoundImage[];
  /** Files that were left out; those that cannot be read come to them. */
  readonly problems: ImageProblem[];
}

/** The classes' names, for those who read the masks; other formats say them inside. */
const listNames: Partial<Record<MaskFormat, string>> = {
  png: 'labelmap.txt',
  geotiff: 'classes.txt',
};
const areasName = 'areas.csv';
const spoolFolder = '.understudy-unfinished';

/**
 * Predicts the masks of images of any size and writes each once it is there: `masks/x.png` for `x.jpg`, and the
 * areas of classes as a table. What was begun is gone on with where the request says so.
 *
 * @throws UserError 'no-images', 'in-use', 'disk', and 'cancelled': what was written stays
 */
export async function predictOutlines(
  model: OpenModel<MaskCard>,
  found: FoundToPredict,
  request: PredictRequest,
  context: JobContext,
): Promise<PredictSummary> {
  const out = resolve(request.out);
  await makeFolder(out);
  const letGo = holdFolder(out);
  try {
    return await new FolderPrediction(model, found, request, context, out).run();
  } finally {
    letGo();
  }
}

/** What is written as one: a file with all its slices, or a DICOM series. */
interface Unit {
  readonly files: ReadonlyMap<string, readonly FoundImage[]>;
}

class FolderPrediction {
  readonly #card: MaskCard;
  readonly #tiles: TileModel;
  readonly #found: FoundToPredict;
  readonly #request: PredictRequest;
  readonly #context: JobContext;
  readonly #out: string;
  readonly #format: MaskFormat;
  readonly #classes: readonly MaskClass[];
  readonly #names: ExportNames;
  readonly #sources: ReadonlySet<string>;
  readonly #places = new Map<string, MaskPlace>();
  readonly #notes = new Set<string>();
  readonly #rows: AreaRow[] = [];
  readonly #files: string[] = [];
  #images = 0;
  #known = 0;

  constructor(
    { card, graph }: OpenModel<MaskCard>,
    found: FoundToPredict,
    request: PredictRequest,
    context: JobContext,
    out: string,
  ) {
    this.#card = card;
    this.#tiles = tileModel(graph, card.preprocessing.imageSize, card.classes.length);
    this.#found = found;
    this.#request = request;
    this.#context = context;
    this.#out = out;
    this.#format = request.format ?? 'png';
    this.#classes = maskClasses(card);
    this.#sources = new Set(found.images.map(({ path }) => path));
    this.#names = new ExportNames(found.images.map((image) => this.#named(image)));
  }

  async run(): Promise<PredictSummary> {
    const { problems, images } = this.#found;
    const { model, resume } = this.#request;
    const start = performance.now();
    const journal = await PredictionJournal.open(this.#out, resume);
    const spools = join(this.#out, spoolFolder);
    if (!resume) await rm(spools, { recursive: true, force: true });
    await makeFolder(spools);
    const units = await this.#units();
    const progress = new PixelProgress(this.#context, await this.#look());
    const hash = (await hashOfFile(model)).toString('hex');
    for (const unit of units) {
      throwIfCancelled(this.#context);
      const fingerprint = await this.#fingerprintOf(unit, hash);
      const known = await journal.find(fingerprint);
      const written = known ?? (await this.#predict(unit, fingerprint, hash, progress));
      for (const image of imagesOf(unit)) progress.finish(image);
      if (!written) continue;
      if (known) this.#known += known.frames;
      else await journal.add(written);
      this.#take(written);
    }
    if (this.#images + this.#known === 0) {
      const [first] = problems;
      const why = first ? ` The first: ${first.path}: ${first.reason}` : '';
      throw new UserError(
        'no-images',
        `${this.#request.images}: no mask could be made of any of the ${images.length} images.${why}`,
      );
    }
    await this.#writeTables();
    await rm(spools, { recursive: true, force: true });
    return {
      task: 'segmentation',
      model: resolve(model),
      images: this.#images,
      imagesPerSecond: (1000 * this.#images) / (performance.now() - start),
      skipped: problems,
      files: this.#files,
      pixels: this.#pixelsByClass(),
      known: this.#known,
      notes: [...this.#notes],
    };
  }

  /** By file; DICOM files of one series together. What does not fit the format is left out. */
  async #units(): Promise<Unit[]> {
    const files = Map.groupBy(this.#found.images, ({ path }) => path);
    const units = new Map<string, Map<string, readonly FoundImage[]>>();
    for (const [path, images] of files) {
      throwIfCancelled(this.#context);
      try {
        await requireFormat(this.#format, path);
        const key = this.#format === 'dicom-seg' ? await segmentationKey(path) : path;
        const unit = units.get(key) ?? new Map<string, readonly FoundImage[]>();
        units.set(key, unit.set(path, images));
      } catch (error) {
        for (const image of images) this.#skip(image, error);
      }
    }
    return [...units.values()].map((unit) => ({ files: unit }));
  }

  /** Looks where images lie, and gives the pixels of each, for the time that is left. */
  async #look(): Promise<Map<FoundImage, number>> {
    const sizes = new Map<FoundImage, number>();
    for (const image of this.#found.images) {
      throwIfCancelled(this.#context);
      const { path } = image;
      // What cannot be opened is told of when it is its turn.
      const header = await withImage(path, (file) => Promise.resolve(file.header)).catch(
        () => null,
      );
      if (header) this.#places.set(path, placeOf(header));
      sizes.set(image, header ? header.width * header.height : 0);
    }
    return sizes;
  }

  async #fingerprintOf(unit: Unit, model: string): Promise<string> {
    const { simplify, overlap = this.#card.masks.overlap } = this.#request;
    const parts = await Promise.all(
      imagesOf(unit).map((image) => this.#imageFingerprint(image, model)),
    );
    return digest([...parts, this.#format, String(simplify), String(overlap)].join('\n'));
  }

  #imageFingerprint(image: FoundImage, model: string): Promise<string> {
    const preparation = preparationOf(this.#card.preprocessing.preparation);
    return predictionFingerprint({ image, preparation, model });
  }

  /** Undefined where nothing of the unit could be read. */
  async #predict(
    unit: Unit,
    fingerprint: string,
    model: string,
    progress: PixelProgress,
  ): Promise<WrittenPrediction | undefined> {
    const isVolume = volumeFormats.has(this.#format);
    const rows: AreaRow[] = [];
    const names: string[] = [];
    const notes = new Set<string>();
    const options = this.#writeOptions(unit, notes);
    const volumes = new Map<string, Map<number, MaskRaster>>();
    const spools: string[] = [];
    for (const image of imagesOf(unit)) {
      try {
        const spool = join(this.#out, spoolFolder, `${digest(placeName(image))}.spool`);
        const place = { path: spool, fingerprint: await this.#imageFingerprint(image, model) };
        const mask = await this.#maskOf(image, place, progress);
        spools.push(spool);
        try {
          rows.push(...(await this.#areasOf(image, mask)));
          const frame = image.frame ?? 0;
          if (isVolume) {
            const ofFile = volumes.get(image.path) ?? new Map<number, MaskRaster>();
            volumes.set(image.path, ofFile.set(frame, await PackedMask.of(mask)));
          } else {
            const file = { path: image.path, masks: new Map([[frame, mask]]) };
            names.push(...(await writeMasks(this.#format, file, options)));
          }
        } finally {
          await mask.close();
        }
      } catch (error) {
        this.#skip(image, error);
      }
    }
    const files = [...volumes].map(([path, masks]) => ({ path, masks }));
    const [first] = files;
    try {
      if (this.#format === 'dicom-seg' && first) {
        names.push(...(await writeSegmentation(files, options)));
      } else if (first) names.push(...(await writeMasks(this.#format, first, options)));
    } catch (error) {
      for (const image of imagesOf(unit)) this.#skip(image, error);
      return undefined;
    }
    for (const spool of spools) await rm(spool, { force: true });
    if (names.length === 0) return undefined;
    const frames = spools.length;
    this.#images += frames;
    const written = names.map((name) => relative(this.#out, name).replaceAll(sep, '/'));
    return { fingerprint, frames, files: written, rows, notes: [...notes] };
  }

  #maskOf(
    image: FoundImage,
    spool: { readonly path: string; readonly fingerprint: string },
    progress: PixelProgress,
  ): ReturnType<typeof predictMask> {
    const { path, frame } = image;
    const preparation = preparationOf(this.#card.preprocessing.preparation);
    return withImage(path, async (file) => {
      requireFrame(file, frame);
      const prepared = await openPreparedRegions(file, { preparation, frame });
      requireLargeEnough(prepared, this.#card.masks.patchSize);
      return predictMask(this.#tiles, prepared, {
        ...{ spool, classes: this.#classes, signal: this.#context.signal },
        overlap: this.#request.overlap ?? this.#card.masks.overlap,
        progress: (done, total) => {
          progress.advance(image, done / total);
        },
      });
    });
  }

  #areasOf(image: FoundImage, mask: MaskRaster): Promise<AreaRow[]> {
    const place = this.#places.get(image.path) ?? nowhere;
    const file = image.frame === undefined ? image.name : image.name.replace(/#\d+$/, '');
    return areaRows({ file, frame: image.frame, mask, place });
  }

  #writeOptions(unit: Unit, notes: Set<string>): WriteMasksOptions {
    const { model, simplify } = this.#request;
    const images = imagesOf(unit);
    const extension = maskEndings[this.#format];
    return {
      ...{ classes: this.#classes, model: basename(model), simplify },
      signal: this.#context.signal,
      note: (text) => notes.add(text),
      nameFor: (frame) => {
        const image = images.find((one) => frame === null || (one.frame ?? 0) === frame);
        if (!image) throw new Error(`no frame ${String(frame)}`);
        const named = this.#named(image);
        const folder = this.#format === 'dicom-seg' ? 'segmentations' : 'masks';
        const name =
          frame === null
            ? this.#names.fileFor(named, { folder, extension })
            : this.#names.maskFor(named, extension);
        const path = join(this.#out, name);
        this.#requireNoSource(path);
        return path;
      },
    };
  }

  /** A mask must not take the place of an image. */
  #requireNoSource(path: string): void {
    if (!this.#sources.has(path)) return;
    throw new UserError(
      'invalid-option',
      `${path} is one of the images, and its mask would be written over it. Choose another folder for the masks.`,
    );
  }

  #named({ name, frame }: FoundImage): {
    folder: string;
    name: string;
    frame?: number | undefined;
  } {
    return { folder: resolve(this.#request.images), name, frame };
  }

  /** What is about one image leaves that out; a full disk or a folder that cannot be written ends it all. */
  #skip(image: FoundImage, error: unknown): void {
    if (error instanceof UserError && ['disk', 'invalid-option'].includes(error.code)) throw error;
    this.#found.problems.push(skip(image, error, this.#context));
  }

  #take({ files, rows, notes }: WrittenPrediction): void {
    this.#files.push(...files.map((name) => join(this.#out, name)));
    this.#rows.push(...rows);
    for (const text of notes) this.#notes.add(text);
  }

  async #writeTables(): Promise<void> {
    const list = listNames[this.#format];
    if (list !== undefined) {
      const path = join(this.#out, list);
      await writeFileAtomically(path, Buffer.from(labelMap(this.#classes), 'utf8'));
      this.#files.push(path);
    }
    const path = join(this.#out, areasName);
    await writeFileAtomically(path, areaTable(this.#rows));
    this.#files.push(path);
  }

  #pixelsByClass(): Record<string, number> {
    const pixels = new Map(this.#classes.map(({ name, value }) => [name ?? String(value), 0]));
    for (const row of this.#rows) {
      if (typeof row.class !== 'string') continue;
      pixels.set(row.class, (pixels.get(row.class) ?? 0) + row.pixels);
    }
    return Object.fromEntries(pixels);
  }
}

function imagesOf({ files }: Unit): FoundImage[] {
  return [...files.values()].flat();
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
