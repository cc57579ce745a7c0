import { createHash } from 'node:crypto';
import { rm, rmdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { MaskFormat, PredictRequest } from '../../../../contract/jobs.ts';
import type { MaskCard } from '../../../../contract/model-card.ts';
import type { PredictSummary } from '../../../../contract/results.ts';
import { UserError } from '../../../../core/errors.ts';
import { preparationOf } from '../../../../core/image/preparation.ts';
import { hashOfFile } from '../../../../formats/files/file-hash.ts';
import { requireFrame } from '../../../../formats/images.ts';
import { placeName } from '../../../../formats/labels/labelled-images.ts';
import type { FoundImage } from '../../../../formats/labels/labelled-images.ts';
import { makeFolder } from '../../../../formats/files/make-folder.ts';
import type { MaskClass, MaskRaster } from '../../../../formats/masks/mask-raster.ts';
import { labelMap } from '../../../../formats/masks/paired/write-label-map.ts';
import { withImage } from '../../../../formats/open-images.ts';
import { openPreparedRegions } from '../../../../formats/raster/prepared-regions.ts';
import { areaRows, areaTable } from '../../../../formats/vector/area-table.ts';
import type { AreaRow } from '../../../../formats/vector/area-table.ts';
import { nowhere, placeOf } from '../../../../formats/vector/place.ts';
import type { MaskPlace } from '../../../../formats/vector/place.ts';
import { writeFileAtomically } from '../../../../formats/files/write-file.ts';
import { throwIfCancelled } from '../../../job.ts';
import type { JobContext } from '../../../job.ts';
import type { OpenModel } from '../../../models/model-file.ts';

import { ImageNotes } from '../../../label-export/image-notes.ts';
import { clearUnfinished, holdFolder } from '../../../files/output-folder.ts';
import type { FoundToPredict } from '../../../images/dataset.ts';
import { skip } from '../../../images/raster-store.ts';
import { PackedMask } from '../data/packed-mask.ts';
import { predictionFingerprint, predictMask } from './predict-mask.ts';
import type { TileModel } from './predict-mask.ts';
import { PixelProgress } from './pixel-progress.ts';
import { PredictionJournal } from './prediction-journal.ts';
import type { WrittenPrediction } from './prediction-journal.ts';
import { predictionUnits } from './prediction-units.ts';
import type { PredictionUnit } from './prediction-units.ts';
import { requireLargeEnough } from '../data/masked-image.ts';
import { maskClasses, tileModel } from './tile-model.ts';
import { volumeFormats, writeMasks, writeSegmentation } from './write-masks.ts';
import type { WriteMasksOptions } from './write-masks.ts';
import { exportNoteText, predictText } from '../../../../text/index.ts';

/** List of classes next to the masks, for formats that do not contain it. */
const listNames: Partial<Record<MaskFormat, string>> = {
  png: 'labelmap.txt',
  geotiff: 'classes.txt',
};
const areasName = 'areas.csv';
const spoolFolder = '.understudy-unfinished';

/**
 * Predicts the masks of images of any size and writes each as soon as it is complete: `masks/x.png` for `x.jpg`, and
 * a table of areas by class. Continues an interrupted prediction if requested. Replaces no existing files except
 * earlier predictions in the same folder.
 *
 * @throws UserError 'no-images', 'in-use', 'disk', 'invalid-option', and 'cancelled': written files stay
 */
export async function predictFolder(
  model: OpenModel<MaskCard>,
  found: FoundToPredict,
  request: PredictRequest,
  context: JobContext,
): Promise<PredictSummary> {
  const prediction = new FolderPrediction(model, found, request, context);
  const units = await prediction.units();
  const out = resolve(request.out);
  await makeFolder(out);
  const unlock = holdFolder(out);
  try {
    await clearUnfinished(out);
    return await prediction.run(units);
  } finally {
    unlock();
  }
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
  readonly #spools: string;
  readonly #places = new Map<string, MaskPlace>();
  readonly #notes = new ImageNotes();
  readonly #rows: AreaRow[] = [];
  readonly #files: string[] = [];
  #images = 0;
  #known = 0;

  constructor(
    { card, graph }: OpenModel<MaskCard>,
    found: FoundToPredict,
    request: PredictRequest,
    context: JobContext,
  ) {
    this.#card = card;
    this.#tiles = tileModel(graph, card.preprocessing, card.classes.length);
    this.#found = found;
    this.#request = request;
    this.#context = context;
    this.#out = resolve(request.out);
    this.#spools = join(this.#out, spoolFolder);
    this.#format = request.format ?? 'png';
    this.#classes = maskClasses(card);
  }

  /** @throws UserError 'no-images' if no image can be written in this format, and 'cancelled' */
  async units(): Promise<PredictionUnit[]> {
    const { images } = this.#found;
    const units = await predictionUnits(
      { images, folder: this.#request.images, format: this.#format },
      (image, error) => {
        this.#skip(image, error);
      },
      this.#context,
    );
    if (units.length === 0) throw this.#nothing();
    return units;
  }

  async run(units: readonly PredictionUnit[]): Promise<PredictSummary> {
    const { resume } = this.#request;
    const start = performance.now();
    const journal = await PredictionJournal.open(this.#out);
    await this.#requireReplaceable(units, journal);
    if (!resume) {
      await journal.forget();
      await rm(this.#spools, { recursive: true, force: true });
    }
    await makeFolder(this.#spools);
    try {
      await this.#predictAll(units, journal);
      await rm(this.#spools, { recursive: true, force: true });
    } catch (error) {
      // Fails, and the folder stays, if there are spools to continue.
      await rmdir(this.#spools).catch(() => undefined);
      throw resumableStop(error, this.#out);
    }
    if (this.#images + this.#known === 0) throw this.#nothing();
    await this.#writeTables(journal);
    return {
      task: 'segmentation',
      model: resolve(this.#request.model),
      images: this.#images,
      imagesPerSecond: (1000 * this.#images) / (performance.now() - start),
      skipped: this.#found.problems,
      files: this.#files,
      pixels: this.#pixelsByClass(),
      known: this.#known,
      notes: this.#notes.list(),
    };
  }

  #nothing(): UserError {
    const { images, problems } = this.#found;
    const { images: folder } = this.#request;
    return new UserError(
      'no-images',
      images.length === 0
        ? predictText.onlyMasks(folder, problems[0])
        : predictText.nonePredicted(folder, images.length, problems[0]),
    );
  }

  /** Checks, before the work, that no mask would replace an image or any other file. */
  async #requireReplaceable(
    units: readonly PredictionUnit[],
    journal: PredictionJournal,
  ): Promise<void> {
    const sources = new Set(this.#found.images.map(({ path }) => path));
    for (const { file } of units) {
      throwIfCancelled(this.#context);
      const path = join(this.#out, file);
      if (sources.has(path)) {
        throw new UserError('invalid-option', predictText.replacesImage(path));
      }
      await journal.requireReplaceable(file);
    }
    for (const file of this.#tables()) await journal.requireReplaceable(file);
  }

  async #predictAll(units: readonly PredictionUnit[], journal: PredictionJournal): Promise<void> {
    const progress = new PixelProgress(this.#context, await this.#readHeaders());
    const hash = (await hashOfFile(this.#request.model)).toString('hex');
    for (const unit of units) {
      throwIfCancelled(this.#context);
      const fingerprint = await this.#fingerprintOf(unit, hash);
      const known = await journal.find(fingerprint, unit.file);
      const written = known ?? (await this.#predict(unit, fingerprint, hash, progress, journal));
      for (const image of unit.images) progress.finish(image);
      if (!written) continue;
      if (known) this.#known += known.frames;
      // A unit that lacks a slice is tried again the next time.
      else if (written.frames === unit.images.length) await journal.add(written);
      else await journal.addFile(written.file);
      this.#take(written, unit);
    }
  }

  /** Reads the headers: position of each image, and its number of pixels for the time left. */
  async #readHeaders(): Promise<Map<FoundImage, number>> {
    const sizes = new Map<FoundImage, number>();
    for (const image of this.#found.images) {
      throwIfCancelled(this.#context);
      const { path } = image;
      // Images that cannot be opened are reported when it is their turn.
      const header = await withImage(path, (file) => Promise.resolve(file.header)).catch(
        () => null,
      );
      if (header) this.#places.set(path, placeOf(header));
      sizes.set(image, header ? header.width * header.height : 0);
    }
    return sizes;
  }

  async #fingerprintOf({ images }: PredictionUnit, model: string): Promise<string> {
    const { simplify, overlap = this.#card.masks.overlap } = this.#request;
    const parts = await Promise.all(images.map((image) => this.#imageFingerprint(image, model)));
    return digest([...parts, this.#format, String(simplify), String(overlap)].join('\n'));
  }

  #imageFingerprint(image: FoundImage, model: string): Promise<string> {
    const preparation = preparationOf(this.#card.preprocessing.preparation);
    return predictionFingerprint({ image, preparation, model });
  }

  /** Predicts a unit; undefined if none of its images could be read. */
  async #predict(
    unit: PredictionUnit,
    fingerprint: string,
    model: string,
    progress: PixelProgress,
    journal: PredictionJournal,
  ): Promise<WrittenPrediction | undefined> {
    const rows: AreaRow[] = [];
    const notes = new Set<string>();
    const options = this.#writeOptions(unit, notes);
    const volumes = new Map<string, Map<number, MaskRaster>>();
    const spools: string[] = [];
    for (const image of unit.images) {
      try {
        const path = join(this.#spools, `${digest(placeName(image))}.spool`);
        const place = { path, fingerprint: await this.#imageFingerprint(image, model) };
        const mask = await this.#maskOf(image, place, progress);
        try {
          const areas = await this.#areasOf(image, mask);
          const frame = image.frame ?? 0;
          if (volumeFormats.has(this.#format)) {
            const ofFile = volumes.get(image.path) ?? new Map<number, MaskRaster>();
            volumes.set(image.path, ofFile.set(frame, await PackedMask.of(mask)));
          } else {
            await journal.begin(unit.file);
            const file = { path: image.path, masks: new Map([[frame, mask]]) };
            await writeMasks(this.#format, file, options);
          }
          for (const area of areas) rows.push(area);
          spools.push(path);
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
      if (first) {
        await journal.begin(unit.file);
        if (this.#format === 'dicom-seg') await writeSegmentation(files, options);
        else await writeMasks(this.#format, first, options);
      }
    } catch (error) {
      for (const image of unit.images) this.#skip(image, error);
      return undefined;
    }
    for (const spool of spools) await rm(spool, { force: true });
    const frames = spools.length;
    if (frames === 0) return undefined;
    this.#images += frames;
    return { fingerprint, frames, file: unit.file, rows, notes: [...notes] };
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
        spool,
        classes: this.#classes,
        signal: this.#context.signal,
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

  #writeOptions({ file }: PredictionUnit, notes: Set<string>): WriteMasksOptions {
    const { model, simplify } = this.#request;
    return {
      classes: this.#classes,
      model: basename(model),
      simplify,
      signal: this.#context.signal,
      note: (text) => notes.add(text),
      nameFor: () => join(this.#out, file),
    };
  }

  /**
   * Leaves out one image; errors that affect all images (a full disk, a folder that is not writable, a device that
   * fails) are rethrown.
   */
  #skip(image: FoundImage, error: unknown): void {
    const isOfAll = ['device', 'disk'];
    if (error instanceof UserError && isOfAll.includes(error.code)) throw error;
    this.#found.problems.push(skip(image, error, this.#context));
  }

  #take({ file, rows, notes }: WrittenPrediction, { images: [image] }: PredictionUnit): void {
    this.#files.push(join(this.#out, file));
    for (const row of rows) this.#rows.push(row);
    for (const text of notes) this.#notes.add(text, image?.name);
    if (this.#format === 'dicom-seg') this.#notes.add(exportNoteText.withoutPatient);
  }

  /** Names of the files next to the masks. */
  #tables(): string[] {
    const list = listNames[this.#format];
    return [...(list === undefined ? [] : [list]), areasName];
  }

  async #writeTables(journal: PredictionJournal): Promise<void> {
    for (const name of this.#tables()) {
      const path = join(this.#out, name);
      const list = Buffer.from(labelMap(this.#classes), 'utf8');
      await journal.begin(name);
      await writeFileAtomically(path, name === areasName ? areaTable(this.#rows) : list);
      await journal.addFile(name);
      this.#files.push(path);
    }
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

/** Explains how to continue a run that was stopped. */
function resumableStop(error: unknown, out: string): unknown {
  const isStop = error instanceof UserError ? error.code === 'cancelled' : isAbort(error);
  if (!isStop) return error;
  return new UserError('cancelled', predictText.stopped(out));
}

/** Returns true for the error of a platform function whose signal is aborted. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
