import type { Suggestion } from '../../contract/masks.ts';
import { UserError } from '../../core/errors.ts';
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
import { breathe } from '../job.ts';
import { blocksOf, nameOf, nearestOthers } from './blocks.ts';
import { requireKinds, requireTwo, taught } from './kinds.ts';
import { Looks, patchCounts } from './looks.ts';
import type { BlockPlace, Subject } from './looks.ts';
import { OpenedImages } from './opened-images.ts';
import type { OpenedImage } from './opened-images.ts';
import { levelArea, paintTiles, summary } from './painting.ts';
import { PatchReader } from './patch-reader.ts';
import type { LookProgress, LookRequest, SuggestRequest } from './protocol.ts';
import { samplesOf } from './samples.ts';

/** Pixels of a region that are labelled, at most: what half a second suffices for on two cores. */
const workingPixels = 1.25 * 2 ** 20;
/** Pixels of each kind that are learnt from, and of all. */
const learntOfKind = 300;
const learntPixels = 1000;
/** Blocks outside the region that are looked at for the strokes in them, the nearest. */
const farBlocks = 24;

/** A look in progress: how it is told of and stopped. */
export interface LookContext {
  readonly signal: AbortSignal;
  report(progress: LookProgress): void;
}

/** A region of an image at the scale that it is worked on. */
interface Scene {
  readonly opened: OpenedImage;
  readonly subject: Subject;
  readonly step: number;
  readonly region: Rectangle;
}

/** Learns from strokes what an image shows elsewhere; keeps the images and the teacher used last. */
export class Suggester {
  readonly #executor: Executor;
  readonly #images = new OpenedImages();
  readonly #looks: Looks;
  #teacher: { readonly key: string; readonly reader: PatchReader } | undefined;

  constructor(executor: Executor, cacheBytes?: number) {
    this.#executor = executor;
    this.#looks = new Looks(cacheBytes);
  }

  /** Looks at a region, so that a suggestion for it comes at once. */
  async look(request: LookRequest, context: LookContext): Promise<void> {
    const scene = await this.#scene(request, context.signal);
    await this.#look(scene, blocksOf(scene.region), context);
  }

  /** @throws UserError 'invalid-labels' where strokes are missing; as `readImage`; 'cancelled' */
  async suggest(request: SuggestRequest, context: LookContext): Promise<Suggestion> {
    const { image, region, level, strokes } = request;
    const scene = await this.#scene(request, context.signal);
    const { width, height } = scene.subject.image;
    const marks = marksOf(taught(request), image, { width, height, step: scene.step });
    const counts = countMarks(marks);
    requireKinds([...counts.keys()], request.known);
    const inRegion = blocksOf(scene.region);
    const blocks = [
      ...inRegion,
      ...nearestOthers(markedBlocks(marks), inRegion, scene.region, farBlocks),
    ];
    await this.#look(scene, blocks, context);
    const usable = new Set(blocks.map(nameOf));
    const most = Math.min(learntOfKind, Math.ceil(learntPixels / counts.size));
    const chosen = chooseMarks(marks, most, (block) => usable.has(nameOf(block)));
    requireTwo(chosen.map(({ value }) => value));
    const pause = pauseOf(context.signal);
    const samples = samplesOf(this.#looks, scene.subject, chosen);
    const classifier = await trainPixelClassifier(samples, chosen.length, pause);
    const labels = await this.#label(scene, classifier, inRegion, pause);
    const kinds = chosen.map(({ value }) => (value === backgroundStroke ? 0 : value));
    const tiles = await paintTiles(
      {
        ...{ opened: scene.opened, working: scene.subject.image, step: scene.step },
        ...{ labels, kinds, level, region, strokes, image },
      },
      pause,
    );
    return { tiles, classes: summary(kinds, labels, tiles, levelArea(region, level)) };
  }

  async close(): Promise<void> {
    await this.#teacher?.reader.close();
    this.#teacher = undefined;
  }

  async #scene(request: LookRequest, signal: AbortSignal): Promise<Scene> {
    const opened = await this.#images.open(request, signal);
    this.#looks.keepOnly(this.#images.keys);
    throwIfAborted(signal);
    const { reader, key: teacherKey } = await this.#openTeacher(request);
    const { region } = request;
    let level = 0;
    while (region.width * region.height > workingPixels * (opened.step * 2 ** level) ** 2) level++;
    const step = opened.step * 2 ** level;
    const image = opened.level(level);
    const subject = { image, imageKey: `${opened.key}\n${level}`, reader, teacherKey };
    return { opened, subject, step, region: scaled(region, step, image) };
  }

  async #openTeacher({ teacher }: LookRequest): Promise<{ key: string; reader: PatchReader }> {
    const { file, sha256, overrides = {} } = teacher;
    const key = `${file}\n${sha256}\n${JSON.stringify(overrides)}`;
    if (this.#teacher?.key === key) return this.#teacher;
    await this.close();
    this.#teacher = { key, reader: await PatchReader.open(file, overrides, this.#executor) };
    return this.#teacher;
  }

  async #look(
    { subject }: Scene,
    blocks: readonly BlockPlace[],
    context: LookContext,
  ): Promise<void> {
    await this.#looks.look(subject, blocks, context, pauseOf(context.signal));
  }

  async #label(
    { subject, region }: Scene,
    classifier: PixelClassifier,
    blocks: readonly BlockPlace[],
    pause: () => Promise<void>,
  ): Promise<Labels> {
    const { image, reader } = subject;
    const { across, down } = patchCounts(image, reader);
    const grid = patchGridOf(region, reader.patchSize, across, down);
    const logits = gridLogits(classifier, grid, (column, row) =>
      this.#looks.patch(subject, column, row),
    );
    const labeller = new Labeller(classifier, region, grid, logits);
    for (const block of blocks) {
      await pause();
      labeller.add(this.#looks.block(subject, block));
    }
    return labeller.labels;
  }
}

/** A rectangle of the image at a scale, all pixels that it touches. */
function scaled({ x, y, width, height }: Rectangle, step: number, image: Raster): Rectangle {
  const left = Math.min(image.width - 1, Math.floor(x / step));
  const top = Math.min(image.height - 1, Math.floor(y / step));
  return {
    ...{ x: left, y: top },
    width: Math.max(1, Math.min(image.width, Math.ceil((x + width) / step)) - left),
    height: Math.max(1, Math.min(image.height, Math.ceil((y + height) / step)) - top),
  };
}

function pauseOf(signal: AbortSignal): () => Promise<void> {
  return async () => {
    await breathe();
    throwIfAborted(signal);
  };
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new UserError('cancelled', 'Stopped.');
}
