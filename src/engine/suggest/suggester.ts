import type { Suggestion } from '../../contract/masks.ts';
import type { Raster } from '../../core/image/raster.ts';
import type { Rectangle } from '../../core/mask/tiles.ts';
import {
  backgroundStroke,
  chooseMarks,
  countMarks,
  markedBlocks,
  marksOf,
} from '../../core/suggest/marks.ts';
import { trainPixelClassifier } from '../../core/suggest/pixel-classifier.ts';
import type { PixelClassifier } from '../../core/suggest/pixel-classifier.ts';
import { gridLogits, Labeller, patchGridOf } from '../../core/suggest/proposal.ts';
import type { Labels } from '../../core/suggest/proposal.ts';
import type { Executor } from '../../runtime/executor.ts';
import { breathe, throwIfCancelled } from '../job.ts';
import { blocksIn, blockName, nearestOthers } from './blocks.ts';
import { requireStrokeValues, requireTwo, trainingMarks } from './stroke-values.ts';
import { FeatureCache, patchCounts } from './feature-cache.ts';
import type { BlockPlace, Subject } from './feature-cache.ts';
import { OpenedImages } from './opened-images.ts';
import type { OpenedImage } from './opened-images.ts';
import { levelArea, paintTiles, summarise } from './painting.ts';
import { PatchReader } from './patch-reader.ts';
import type { FeatureProgress, FeatureRequest, SuggestRequest } from './protocol.ts';
import { trainingSamples } from './samples.ts';

/** Maximum number of labelled pixels of a region: as many as two cores process in half a second. */
const workingPixels = 1.25 * 2 ** 20;
/** Most training pixels per class, and in all. */
const mostPerClass = 300;
const mostTrainingPixels = 1000;
/** Most blocks outside the region whose strokes are used; the nearest. */
const farBlocks = 24;

/** Reporting and cancellation of a request. */
export interface SuggestContext {
  readonly signal: AbortSignal;
  report(progress: FeatureProgress): void;
}

/** A region of an image at its working scale. */
interface WorkingRegion {
  readonly opened: OpenedImage;
  readonly subject: Subject;
  readonly step: number;
  readonly region: Rectangle;
}

/**
 * Trains a pixel classifier on strokes and labels a region with it; keeps the most recent images and teacher.
 */
export class Suggester {
  readonly #executor: Executor;
  readonly #images = new OpenedImages();
  readonly #features: FeatureCache;
  #teacher: { readonly key: string; readonly reader: PatchReader } | undefined;

  constructor(executor: Executor, cacheBytes?: number) {
    this.#executor = executor;
    this.#features = new FeatureCache(cacheBytes);
  }

  /** Computes the features of a region in advance, so that a suggestion for it is immediate. */
  async prepare(request: FeatureRequest, context: SuggestContext): Promise<void> {
    const working = await this.#openRegion(request, context.signal);
    await this.#prepare(working, blocksIn(working.region), context);
  }

  /**
   * Suggests labels for a region.
   *
   * @throws UserError 'invalid-labels' if strokes are missing; as `readImage`; 'cancelled'
   */
  async suggest(request: SuggestRequest, context: SuggestContext): Promise<Suggestion> {
    const { image, region, level, strokes } = request;
    const working = await this.#openRegion(request, context.signal);
    const { width, height } = working.subject.image;
    const marks = marksOf(trainingMarks(request), image, { width, height, step: working.step });
    const counts = countMarks(marks);
    requireStrokeValues([...counts.keys()], request.known);
    const inRegion = blocksIn(working.region);
    const blocks = [
      ...inRegion,
      ...nearestOthers(markedBlocks(marks), inRegion, working.region, farBlocks),
    ];
    await this.#prepare(working, blocks, context);
    const usable = new Set(blocks.map(blockName));
    const most = Math.min(mostPerClass, Math.ceil(mostTrainingPixels / counts.size));
    const chosen = chooseMarks(marks, most, (block) => usable.has(blockName(block)));
    requireTwo(chosen.map(({ value }) => value));
    const pause = pauseOf(context.signal);
    const samples = trainingSamples(this.#features, working.subject, chosen);
    const classifier = await trainPixelClassifier(samples, chosen.length, pause);
    const labels = await this.#label(working, classifier, inRegion, pause);
    const kinds = chosen.map(({ value }) => (value === backgroundStroke ? 0 : value));
    const tiles = await paintTiles(
      {
        opened: working.opened,
        working: working.subject.image,
        step: working.step,
        labels,
        kinds,
        level,
        region,
        strokes,
        image,
      },
      pause,
    );
    return { tiles, classes: summarise(kinds, labels, tiles, levelArea(region, level)) };
  }

  async close(): Promise<void> {
    await this.#teacher?.reader.close();
    this.#teacher = undefined;
  }

  async #openRegion(request: FeatureRequest, signal: AbortSignal): Promise<WorkingRegion> {
    const opened = await this.#images.open(request, signal);
    this.#features.keepOnly(this.#images.keys);
    throwIfCancelled({ signal });
    const { reader, key: teacherKey } = await this.#openTeacher(request);
    const { region } = request;
    let level = 0;
    while (region.width * region.height > workingPixels * (opened.step * 2 ** level) ** 2) level++;
    const step = opened.step * 2 ** level;
    const image = opened.level(level);
    const subject = { image, imageKey: `${opened.key}\n${level}`, reader, teacherKey };
    return { opened, subject, step, region: scaled(region, step, image) };
  }

  async #openTeacher({ teacher }: FeatureRequest): Promise<{ key: string; reader: PatchReader }> {
    const { file, sha256, overrides = {} } = teacher;
    const key = `${file}\n${sha256}\n${JSON.stringify(overrides)}`;
    if (this.#teacher?.key === key) return this.#teacher;
    await this.close();
    this.#teacher = { key, reader: await PatchReader.open(file, overrides, this.#executor) };
    return this.#teacher;
  }

  async #prepare(
    { subject }: WorkingRegion,
    blocks: readonly BlockPlace[],
    context: SuggestContext,
  ): Promise<void> {
    await this.#features.prepare(subject, blocks, context, pauseOf(context.signal));
  }

  async #label(
    { subject, region }: WorkingRegion,
    classifier: PixelClassifier,
    blocks: readonly BlockPlace[],
    pause: () => Promise<void>,
  ): Promise<Labels> {
    const { image, reader } = subject;
    const { across, down } = patchCounts(image, reader);
    const grid = patchGridOf(region, reader.patchSize, across, down);
    const logits = gridLogits(classifier, grid, (column, row) =>
      this.#features.patch(subject, column, row),
    );
    const labeller = new Labeller(classifier, region, grid, logits);
    for (const block of blocks) {
      await pause();
      labeller.add(this.#features.block(subject, block));
    }
    return labeller.labels;
  }
}

/** Returns the rectangle of the image at a scale, rounded outwards. */
function scaled({ x, y, width, height }: Rectangle, step: number, image: Raster): Rectangle {
  const left = Math.min(image.width - 1, Math.floor(x / step));
  const top = Math.min(image.height - 1, Math.floor(y / step));
  return {
    x: left,
    y: top,
    width: Math.max(1, Math.min(image.width, Math.ceil((x + width) / step)) - left),
    height: Math.max(1, Math.min(image.height, Math.ceil((y + height) / step)) - top),
  };
}

function pauseOf(signal: AbortSignal): () => Promise<void> {
  return async () => {
    await breathe();
    throwIfCancelled({ signal });
  };
}
