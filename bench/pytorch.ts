import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { targetGraph, trainStep } from '../src/core/distill/train-step.ts';
import type { Graph } from '../src/core/graph/ops.ts';
import { adapterLayout, initialAdapters } from '../src/core/vit/adapters.ts';
import { tensor, zeros } from '../src/core/tensor.ts';
import { copyBlocks, keptBlocks } from '../src/core/vit/copy.ts';
import { featureGraph } from '../src/core/vit/classifier.ts';
import type { VitModel } from '../src/core/vit/weights.ts';
import { trainStudent } from '../src/engine/distill/training.ts';
import { onnxRuntime } from '../src/runtime/onnxruntime.ts';
import { architectures, randomModel } from './models.ts';
import { printTable } from './table.ts';
import { feedsOf } from './training.ts';

/** Environment variable that names the Python with torch. */
const variable = 'UNDERSTUDY_PYTHON';
const script = join(import.meta.dirname, 'pytorch', 'distill.py');
const [skip, rank] = [2, 16];

const cases = [
  { name: 'ViT-B/16, 224 px', batch: 8, batches: 2, rounds: 7 },
  { name: 'ViT-Ti/8, 64 px', batch: 32, batches: 4, rounds: 15 },
] as const;

/** Number of times that the same views recur in the whole job. */
const epochs = 10;

/** Time for the threads of one side to rest before the other's turn, ms. */
const rest = 50;

const parts = ['step', 'teacher', 'student'] as const;
type Part = (typeof parts)[number];
const titles = {
  step: 'training step',
  teacher: "teacher's forward pass",
  student: "student's, merged",
} as const satisfies Record<Part, string>;

/** Compares steps, forward passes and a whole job with the same in PyTorch, alternately within one run. */
export async function benchPytorch(threads: number): Promise<void> {
  const python = process.env[variable];
  if (python === undefined || python === '') {
    console.log(`Without PyTorch: ${variable} names no Python that has torch.\n`);
    return;
  }
  for (const each of cases) {
    const theirs = new Pytorch(python, each.name, each.batch, threads);
    try {
      const title = describe(await theirs.machine());
      const rows = await compareParts(each, theirs, threads);
      printTable(`Against ${title}, r = ${skip}, rank ${rank}, shortest of several turns`, rows);
      const job = await compareJob(each, theirs, threads);
      printTable(`The whole job, teacher and all, ${epochs} times over the same views`, [job]);
    } catch (error) {
      console.log(`Without PyTorch: ${error instanceof Error ? error.message : String(error)}\n`);
      return;
    } finally {
      theirs.close();
    }
  }
}

type Case = (typeof cases)[number];

async function compareParts(
  { name, batch, rounds }: Case,
  theirs: Pytorch,
  threads: number,
): Promise<Record<string, string>[]> {
  const model = randomModel(architectures[name]);
  const copy = copyBlocks(model, keptBlocks(model.architecture.depth, skip));
  const graphs: Record<Part, Graph> = {
    step: trainStep({ copy, layout: adapterLayout(copy.architecture, rank) }, batch),
    teacher: targetGraph(model),
    student: featureGraph(copy),
  };
  const executor = onnxRuntime('cpu', { threads });
  const rows = [];
  for (const part of parts) {
    const loaded = await executor.load(graphs[part]);
    const feeds = feedsOf(graphs[part], batch);
    const [ours, pytorch]: [number[], number[]] = [[], []];
    for (let round = 0; round <= rounds; round++) {
      await setTimeout(rest);
      const start = performance.now();
      for (const result of (await loaded.run(feeds)).values()) result.dispose();
      ours.push(performance.now() - start);
      await setTimeout(rest);
      pytorch.push(await theirs.run(part));
    }
    await loaded.dispose();
    rows.push(row(`${titles[part]}, ${name}, ${batch} images`, ours, pytorch));
  }
  return rows;
}

function row(title: string, ours: number[], pytorch: number[]): Record<string, string> {
  const ratios = ours.map((time, index) => time / (pytorch[index] ?? NaN)).sort((a, b) => a - b);
  const [least, leastOfPytorch] = [Math.min(...ours), Math.min(...pytorch)];
  return {
    what: title,
    'ours ms': least.toFixed(0),
    'PyTorch ms': leastOfPytorch.toFixed(0),
    ratio: (least / leastOfPytorch).toFixed(2),
    'median of the turns': (ratios[ratios.length >> 1] ?? NaN).toFixed(2),
  };
}

/**
 * Runs a shortened job as the program does, including the cache of targets, and after each of its steps one of
 * PyTorch's with the teacher before it.
 */
async function compareJob(
  { name, batch, batches }: Case,
  theirs: Pytorch,
  threads: number,
): Promise<Record<string, string>> {
  const teacher = randomModel(architectures[name]);
  const copy = copyBlocks(teacher, keptBlocks(teacher.architecture.depth, skip));
  const layout = adapterLayout(copy.architecture, rank);
  const start = {
    step: 0,
    parameters: tensor([layout.size], initialAdapters(layout, 1)),
    mean: zeros([layout.size]),
    square: zeros([layout.size]),
    firstLoss: NaN,
    lastLoss: NaN,
  };
  const plan = {
    copy,
    layout,
    teacher,
    steps: epochs * batches,
    batch,
    peakLearningRate: 1e-4,
    seed: 1,
    views: 1,
    cacheBytes: Infinity,
  };
  let [ours, pytorch, began] = [0, 0, NaN];
  const quiet = { signal: new AbortController().signal, report: () => undefined };
  const noSave = (): Promise<void> => Promise.resolve();
  await trainStudent(
    plan,
    start,
    {
      source: blankViews(teacher, batch * batches),
      save: noSave,
      openWatch: () =>
        Promise.resolve({
          see: async (step, _adapters, isLast) => {
            if (isLast) return;
            if (step > 0) {
              ours += performance.now() - began;
              await setTimeout(rest);
              pytorch += await theirs.run('taught');
              await setTimeout(rest);
            }
            began = performance.now();
          },
          close: () => Promise.resolve(),
        }),
    },
    onnxRuntime('cpu', { threads }),
    quiet,
  );
  return {
    job: `${name}, ${epochs} × ${batches} batches of ${batch} images`,
    'ours s': (ours / 1000).toFixed(1),
    'PyTorch s': (pytorch / 1000).toFixed(1),
    ratio: (ours / pytorch).toFixed(2),
  };
}

function blankViews(
  { architecture: { imageSize, channels } }: VitModel,
  count: number,
): Parameters<typeof trainStudent>[2]['source'] {
  const view = new Uint8Array(imageSize * imageSize * channels).fill(120);
  return { count, recipe: {}, draw: () => Promise.resolve(view) };
}

const machine = z.object({ torch: z.string(), device: z.string(), threads: z.number() });
type Machine = z.infer<typeof machine>;
const answer = z.object({ ms: z.number() });

function describe({ torch, threads }: Machine): string {
  return `PyTorch ${torch}, eager, ${threads} threads`;
}

/** The process of bench/pytorch/distill.py, waiting for its turns. */
class Pytorch {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #failed: Promise<never>;

  constructor(python: string, name: string, batch: number, threads: number) {
    const options = { arch: name, batch, rank, skip, threads };
    const flags = Object.entries(options).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
    this.#process = spawn(python, [script, '--turns', ...flags], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.#failed = new Promise((_, reject) => {
      this.#process.on('error', reject);
      this.#process.stdin.on('error', reject);
    });
    this.#failed.catch(() => undefined);
  }

  async machine(): Promise<Machine> {
    return machine.parse(await this.#read());
  }

  /** Returns the duration of one run in milliseconds. */
  async run(part: Part | 'taught'): Promise<number> {
    this.#process.stdin.write(`${part}\n`);
    return answer.parse(await this.#read()).ms;
  }

  close(): void {
    this.#process.kill();
  }

  async #read(): Promise<unknown> {
    const line = await Promise.race([this.#lines.next(), this.#failed]);
    if (line.done === true) throw new Error(`${script} ended; is torch there?`);
    return JSON.parse(line.value);
  }
}
