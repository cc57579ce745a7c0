import { dirname, join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { parseJson } from '../json.ts';
import { printable, quoted } from './problems.ts';
import type { TensorFacts, TensorFile } from './tensor-file.ts';

/**
 * A checkpoint in several files, as Hugging Face's libraries write it: the index names for every tensor the
 * file beside it that holds it.
 */

/** Far above any model's. */
const limits = { shards: 1_000, tensors: 100_000 };

/** By hand beyond this: zod's records leave out the name `__proto__`. */
const indexSchema = z.object({ weight_map: z.looseObject({}) });

/** Opens one of the files. */
export type OpenShard = (path: string) => Promise<TensorFile>;

/** Whether a JSON text is such an index. */
export function isShardIndex(text: string): boolean {
  return indexSchema.safeParse(parseJson(text)).success;
}

/**
 * Opens a checkpoint by its index. Every shard is opened once to learn what it holds, and again when the first
 * of its tensors is read.
 *
 * @throws UserError 'invalid-file' where the index names files elsewhere, or tensors that its files do not
 *   hold or hold twice, 'not-found' where a file is missing, and what `openShard` throws
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
    ...{ path, tensors, metadata, files },
    container: `${[...containers].join(' and ')}, in ${files.length} files`,
    read: async (name) => {
      const shard = shardOf.get(name);
      if (shard === undefined) throw invalidIndex(path, `it names no tensor ${quoted(name)}`);
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

/** The file of every tensor. */
function parseIndex(text: string, path: string): ReadonlyMap<string, string> {
  const index = indexSchema.safeParse(parseJson(text));
  if (!index.success) throw invalidIndex(path, 'it has no weight_map');
  const shardOf = new Map<string, string>();
  for (const [name, shard] of Object.entries(index.data.weight_map)) {
    if (typeof shard !== 'string' || !isPlainName(shard)) {
      const shown = typeof shard === 'string' ? quoted(shard) : 'what is no name';
      throw invalidIndex(path, `it places a tensor in ${shown}, which is no file beside it`);
    }
    shardOf.set(name, shard);
  }
  const shards = new Set(shardOf.values()).size;
  if (shards === 0) throw invalidIndex(path, 'it names no tensors');
  if (shards > limits.shards || shardOf.size > limits.tensors) {
    throw new UserError(
      'too-large',
      `${path} names ${shardOf.size} tensors in ${shards} files, more than any known checkpoint. Check where it is from.`,
    );
  }
  return shardOf;
}

/** A name of a file in the same folder, on every system. */
function isPlainName(name: string): boolean {
  return /^[\w.()=,+ -]{1,255}$/.test(name) && !/^\.+$/.test(name);
}

async function openNamed(path: string, shard: string, openShard: OpenShard): Promise<TensorFile> {
  try {
    return await openShard(join(dirname(path), shard));
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'not-found') throw error;
    throw new UserError(
      'not-found',
      `${path} needs ${printable(shard)} beside it, which is not there. Download all parts of the checkpoint into one folder.`,
    );
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
    // JSON keeps only the last of two places for one name, so the other shows here.
    if (owner !== undefined && owner !== shard) {
      const both = `${printable(owner)} and ${printable(shard)}`;
      throw invalidIndex(path, `tensor ${quoted(name)} is both in ${both}`);
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
    throw invalidIndex(path, `tensor ${quoted(name)} is not in ${printable(shard)}`);
  }
}

function invalidIndex(path: string, reason: string): UserError {
  return new UserError(
    'invalid-file',
    `${path} is not a valid index of a checkpoint: ${reason}. Download it and all its parts again.`,
  );
}
