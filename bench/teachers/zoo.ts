import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import * as g from '../../src/core/graph/build.ts';
import { simplify } from '../../src/core/graph/rewrite.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { embed, runBlocks } from '../../src/core/vit/forward.ts';
import { describeTeacher, readTeacher } from '../../src/formats/checkpoints/read-teacher.ts';
import { readSafetensors } from '../../src/formats/safetensors/safetensors.ts';
import { onnxRuntime } from '../../src/runtime/onnxruntime.ts';

// `node bench/teachers/zoo.ts <folder> [--heads <n>]`: the outcome for every model that zoo_transformers.py or
// zoo_timm.py saved below a folder. Each is refused, or the output of each of its blocks equals that of its library,
// within 1e-4 of the largest value. Exits with 1 if an accepted model differs, or if there is no output of its
// library to compare with.

const tolerance = 1e-4;
const { values: options, positionals } = parseArgs({
  options: { heads: { type: 'string' } },
  allowPositionals: true,
});
const [root = '.'] = positionals;
const heads = options.heads === undefined ? {} : { heads: Number(options.heads) };
const executor = onnxRuntime('cpu', { threads: 1 });

type Outcome = readonly [kind: 'refused' | 'agrees' | 'OFF' | 'NOTHING TO COMPARE', said: string];

async function outcomeOf(folder: string): Promise<Outcome> {
  const path = join(folder, 'model.safetensors');
  try {
    const { architecture, inferred, convention } = await describeTeacher(path, heads);
    const { channels, depth, imageSize } = architecture;
    const plain = (value: number): number[] => Array.from({ length: channels }, () => value);
    const known = { ...heads, mean: plain(0), deviation: plain(1) };
    const { tensors } = await readSafetensors(join(folder, 'golden.st'));
    const images = tensors.get('golden.images');
    const fits = images?.shape[1] === channels && images.shape[2] === imageSize;
    const wanted = [...tensors].flatMap(([name, value]) =>
      name.startsWith('out.') ? [value] : [],
    );
    if (images === undefined || !fits || wanted.length === 0)
      return ['NOTHING TO COMPARE', convention];
    const model = await readTeacher(path, known);
    const blocks = runBlocks(model, embed(model, g.input('images', images.shape)));
    const outputs = new Map(blocks.map((block, at) => [String(at), block] as const));
    const graph = await executor.load(simplify({ name: 'blocks', outputs }));
    const differences: number[] = [];
    try {
      for (const result of (await graph.run({ images })).values()) {
        const got = await result.read();
        result.dispose();
        differences.push(Math.min(...wanted.map((each) => difference(got, each))));
      }
    } finally {
      await graph.dispose();
    }
    const worst = differences.length === depth ? Math.max(...differences) : Infinity;
    const guessed = inferred.filter(({ source }) => source === 'guess');
    const guesses = guessed.map(({ property }) => property).join(', ') || 'nothing';
    const said = `${convention}, by at most ${worst.toExponential(1)}, guessed: ${guesses}`;
    return [worst <= tolerance ? 'agrees' : 'OFF', said];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return ['refused', error.message.replaceAll(`${folder}/`, '')];
  }
}

/** Returns the largest difference, as a share of the largest value; infinite if the numbers of values differ. */
function difference({ shape, data }: Tensor, other: Tensor): number {
  if (data.length !== other.data.length) return Infinity;
  const [images = 0, tokens = 0, width = 0] = shape;
  // Some libraries put the tokens before the images.
  const isTurned = images !== tokens && other.shape[0] === tokens && other.shape[1] === images;
  let largest = 0;
  let difference = 0;
  for (let at = 0; at < data.length; at++) {
    const [row, column] = [Math.floor(at / width), at % width];
    const turned = ((row % tokens) * images + Math.floor(row / tokens)) * width + column;
    const value = data[at] ?? 0;
    largest = Math.max(largest, Math.abs(value));
    difference = Math.max(difference, Math.abs(value - (other.data[isTurned ? turned : at] ?? 0)));
  }
  return difference / largest;
}

const counts = new Map<Outcome[0], number>();
for (const name of (await readdir(root)).sort()) {
  const folder = join(root, name);
  if (!existsSync(join(folder, 'golden.st'))) continue;
  const [kind, said] = await outcomeOf(folder);
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
  console.log(`${name}: ${kind}: ${said}`);
}
console.log(JSON.stringify(Object.fromEntries(counts)));
process.exit(counts.has('OFF') || counts.has('NOTHING TO COMPARE') ? 1 : 0);
