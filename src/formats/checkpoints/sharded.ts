import { dirname, join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { parseJson } from '../files/json.ts';
import { printableName, quoted } from './problems.ts';
import type { TensorFacts, TensorFile } from './tensor-file.ts';
import { checkpointText } from '../../text/index.ts';

/**
 * A checkpoint in several files, as written by Hugging Face's libraries: for every tensor, the index names the file
 * next to it that contains the tensor.
 */

/** Limits, far above any model's. */
const limits = { shards: 1_000, tensors: 100_000 };

/** Schema of an index; further checks are written by hand, since zod's records drop the name `__proto__`. */
const indexSchema = z.object({ weight_map: z.looseObject({}) });

/** Opens one of the files. */
export type OpenShard = (path: string) => Promise<TensorFile>;

/** Returns true if a JSON text is an index of shards. */
export function isShardIndex(text: string): boolean {
  return indexSchema.safeParse(parseJson(text)).success;
}

/**
 * Opens a checkpoint by its index. Each shard is opened once to list its tensors, and again when the first of them is
 * read.
 *
 * @throws UserError 'invalid-file' if the index names files elsewhere, or tensors that its files lack or contain twice,
 *   'not-found' if a file is missing, and as `openShard` throws
 */
export async function openSharded(
  path: string,
  text: string,
  openShard: OpenShard,
): Promise<TensorFile> {
  const shardOf = parseIndex(text, path);
  const tensors = new Map<string, TensorFacts>();
  const files: string[] = [];
  const containers = new Set<string>();
  let metadata: Record<string, string> = {};
  for (const shard of new Set(shardOf.values())) {
    const file = await openNamed(path, shard, openShard);
    try {
      addTensors(tensors, file, shardOf, shard, path);
      files.push(...file.files);
      containers.add(file.container);
      metadata = { ...metadata, ...file.metadata };
    } finally {
      await file.close();
    }
  }
  requireAll(tensors, shardOf, path);
  const opened = new Map<string, Promise<TensorFile>>();
  return {
    path,
    tensors,
    metadata,
    files,
    container: checkpointText.severalFiles([...containers], files.length),
    read: async (name) => {
      const shard = shardOf.get(name);
      if (shard === undefined)
        throw invalidIndex(path, checkpointText.tensorNotListed(quoted(name)));
      const file = opened.get(shard) ?? openNamed(path, shard, openShard);
      opened.set(shard, file);
      return (await file).read(name);
    },
    close: async () => {
      const files = await Promise.allSettled(opened.values());
      opened.clear();
      for (const file of files) if (file.status === 'fulfilled') await file.value.close();
    },
  };
}

/** Returns the file of every tensor. */
function parseIndex(text: string, path: string): ReadonlyMap<string, string> {
  const index = indexSchema.safeParse(parseJson(text));
  if (!index.success) throw invalidIndex(path, checkpointText.noWeightMap);
  const shardOf = new Map<string, string>();
  for (const [name, shard] of Object.entries(index.data.weight_map)) {
    if (typeof shard !== 'string' || !isPlainName(shard)) {
      throw invalidIndex(
        path,
        typeof shard === 'string'
          ? checkpointText.tensorInOtherFolder(quoted(shard))
          : checkpointText.tensorInNoFile,
      );
    }
    shardOf.set(name, shard);
  }
  const shards = new Set(shardOf.values()).size;
  if (shards === 0) throw invalidIndex(path, checkpointText.noTensorsListed);
  if (shards > limits.shards || shardOf.size > limits.tensors) {
    throw new UserError('too-large', checkpointText.tooManyParts(path, shardOf.size, shards));
  }
  return shardOf;
}

/** Returns true for a name of a file in the same folder, on every system. */
function isPlainName(name: string): boolean {
  return /^[\w.()=,+ -]{1,255}$/.test(name) && !/^\.+$/.test(name);
}

async function openNamed(path: string, shard: string, openShard: OpenShard): Promise<TensorFile> {
  try {
    return await openShard(join(dirname(path), shard));
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'not-found') throw error;
    throw new UserError('not-found', checkpointText.partMissing(path, printableName(shard)));
  }
}

function addTensors(
  tensors: Map<string, TensorFacts>,
  file: TensorFile,
  shardOf: ReadonlyMap<string, string>,
  shard: string,
  path: string,
): void {
  for (const [name, facts] of file.tensors) {
    const owner = shardOf.get(name);
    // JSON keeps only the last of two entries for a name, so the missing one is noticed here.
    if (owner !== undefined && owner !== shard) {
      const [first, second] = [printableName(owner), printableName(shard)];
      throw invalidIndex(path, checkpointText.tensorInTwoFiles(quoted(name), first, second));
    }
    if (owner === shard) tensors.set(name, facts);
  }
}

function requireAll(
  tensors: ReadonlyMap<string, TensorFacts>,
  shardOf: ReadonlyMap<string, string>,
  path: string,
): void {
  for (const [name, shard] of shardOf) {
    if (tensors.has(name)) continue;
    throw invalidIndex(path, checkpointText.tensorNotInFile(quoted(name), printableName(shard)));
  }
}

function invalidIndex(path: string, reason: string): UserError {
  return new UserError('invalid-file', checkpointText.invalidIndex(path, reason));
}
