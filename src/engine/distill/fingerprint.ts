import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { DistillOptions } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { mapConcurrently } from '../../formats/files/concurrently.ts';
import { hashOfFile } from '../../formats/files/file-hash.ts';
import type { FoundImage } from '../../formats/labels/labelled-images.ts';
import { throwIfCancelled } from '../job.ts';
import type { LoadedTeacher } from '../teachers/teacher.ts';
import type { TrainingPlan } from './training-plan.ts';

/** Number of files read concurrently. */
const filesAtOnce = 4;

/** Everything that determines the course of a training, except its images. */
export interface RunMarks {
  readonly request: Pick<DistillOptions, 'preparation' | 'framing' | 'start' | 'learningRate'>;
  readonly plan: Omit<TrainingPlan, 'peakLearningRate'>;
  readonly teacher: LoadedTeacher;
  readonly blocks: readonly number[];
  /** Settings of the views. */
  readonly recipe: object;
}

/** Text by which a checkpoint recognises its run. */
export interface RunFingerprint {
  /** Fingerprint with images identified by content. */
  readonly own: Promise<string>;
  /**
   * Fingerprint as earlier versions wrote it, with images of unknown content identified by name and size.
   */
  former(): Promise<string>;
  /** Stops reading images. */
  close(): void;
}

/**
 * Starts hashing the images whose content is unknown, in parallel with other work: the first checkpoint is the first
 * to need the result.
 */
export function beginFingerprint(
  marks: RunMarks,
  images: readonly FoundImage[],
  signal: AbortSignal,
): RunFingerprint {
  const closing = new AbortController();
  const own = contentsOf(images, closing.signal).then((listed) => textOf(marks, listed));
  // A failure is thrown where the fingerprint is awaited.
  own.catch(() => undefined);
  return {
    own,
    former: async () => textOf(marks, await mapConcurrently(images, 16, formerNameOf, signal)),
    close: () => {
      closing.abort();
    },
  };
}

/** Lines of the images: the hash of each file, and the slice. */
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

/** Returns the hash in hexadecimal; undefined if the file is no longer readable, which the training reports. */
async function contentOf(path: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const hash = await hashOfFile(path, () => {
      throwIfCancelled({ signal });
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
    colours,
    blocks,
    start,
    // Version of the recipe: images are reserved and the best state is kept, unlike in runs of earlier versions.
    keeper: 1,
    rank: layout.rank,
    steps,
    batch,
    learningRate: learningRate ?? 'auto',
    seed,
    views,
    recipe,
    // Defaults are omitted, as earlier versions did.
    preparation: isPlain(preparation) ? undefined : preparation,
    framing: framing === 'whole' ? undefined : framing,
    images: createHash('sha256').update(images.join('\n')).digest('hex'),
  });
}

function isPlain({ bands, range }: DistillOptions['preparation']): boolean {
  return bands === undefined && range === 'auto';
}
