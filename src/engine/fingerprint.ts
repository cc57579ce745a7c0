import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { DistillOptions } from '../contract/jobs.ts';
import { UserError } from '../core/errors.ts';
import { mapConcurrently } from '../formats/concurrently.ts';
import { hashOfFile } from '../formats/file-hash.ts';
import type { FoundImage } from '../formats/labelled-images.ts';
import type { Teacher } from './teacher.ts';
import type { TrainingPlan } from './training-plan.ts';

/** Files read at a time. */
const filesAtOnce = 4;

/** What decides the course of a training besides its images. */
export interface RunMarks {
  readonly request: Pick<DistillOptions, 'preparation' | 'framing' | 'start' | 'learningRate'>;
  readonly plan: Omit<TrainingPlan, 'peakLearningRate'>;
  readonly teacher: Teacher;
  readonly blocks: readonly number[];
  /** How views are drawn. */
  readonly recipe: object;
}

/** By what a checkpoint knows its run, as text. */
export interface RunFingerprint {
  /** Images count by their content. */
  readonly own: Promise<string>;
  /** As earlier versions wrote it: images whose content was not known counted by name and bytes on disk. */
  former(): Promise<string>;
  /** Stops the reading of images. */
  close(): void;
}

/**
 * Begins to read the images whose content is not known yet, which goes on beside other work: the first checkpoint is the
 * first to need it.
 */
export function beginFingerprint(
  marks: RunMarks,
  images: readonly FoundImage[],
  signal: AbortSignal,
): RunFingerprint {
  const closing = new AbortController();
  const own = contentsOf(images, closing.signal).then((listed) => textOf(marks, listed));
  // Whoever needs it learns of a failure.
  own.catch(() => undefined);
  return {
    own,
    former: async () => textOf(marks, await mapConcurrently(images, 16, formerNameOf, signal)),
    close: () => {
      closing.abort();
    },
  };
}

/** A line for each image: its file's content, and which slice of it. */
async function contentsOf(images: readonly FoundImage[], signal: AbortSignal): Promise<string[]> {
  const files = [...new Set(images.filter(isUnknown).map(({ path }) => path))];
  const hashes = await mapConcurrently(
    files,
    filesAtOnce,
    (path) => contentOf(path, signal),
    signal,
  );
  const known = new Map(files.map((path, index) => [path, hashes[index]]));
  return images.map((image) => {
    const { path, name, frame, contentHash } = image;
    if (contentHash !== undefined) return contentHash;
    const found = known.get(path) ?? `no ${name}`;
    return frame === undefined ? found : `${found}#${frame + 1}`;
  });
}

function isUnknown({ contentHash }: FoundImage): boolean {
  return contentHash === undefined;
}

/** In hexadecimal; undefined where it cannot be read any more, which the training finds out. */
async function contentOf(path: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const hash = await hashOfFile(path, () => {
      if (signal.aborted) throw new UserError('cancelled', 'The work was stopped.');
    });
    return hash.toString('hex');
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'cancelled') throw error;
    return undefined;
  }
}

async function formerNameOf({ path, name, contentHash }: FoundImage): Promise<string> {
  if (contentHash !== undefined) return contentHash;
  const found = await stat(path).catch(() => undefined);
  return `${name} ${found?.size ?? 0}`;
}

function textOf(
  {
    request: { preparation, framing, start, learningRate },
    plan,
    teacher,
    blocks,
    recipe,
  }: RunMarks,
  images: readonly string[],
): string {
  const { steps, batch, seed, views, layout } = plan;
  const { sha256, known: colours, model } = teacher;
  const { imageSize, heads, epsilon, activation } = model.architecture;
  return JSON.stringify({
    teacher: sha256,
    architecture: { imageSize, heads, epsilon, activation },
    normalization: model.normalization,
    ...(colours && { colours }),
    blocks,
    start,
    // Images are set aside, and the best state is kept: runs of earlier versions went another way.
    keeper: 1,
    rank: layout.rank,
    steps,
    batch,
    learningRate: learningRate ?? 'auto',
    seed,
    views,
    recipe,
    // As they are by default they are not written, as by earlier versions.
    ...(isPlain(preparation) ? {} : { preparation }),
    ...(framing === 'whole' ? {} : { framing }),
    images: createHash('sha256').update(images.join('\n')).digest('hex'),
  });
}

function isPlain({ bands, range }: DistillOptions['preparation']): boolean {
  return bands === undefined && range === 'auto';
}
