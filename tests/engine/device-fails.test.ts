import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { DeviceName } from '../../src/contract/jobs.ts';
import { UserError } from '../../src/core/errors.ts';
import { tensor } from '../../src/core/tensor.ts';
import { distill } from '../../src/engine/jobs/distill.ts';
import type { DeviceTensor, Executor, LoadedGraph } from '../../src/runtime/executor.ts';
import { outlineFolder, outlineRequest } from './outlined-folder.ts';
import { temporaryFolder, tinyRequest, watch, writeImages, writeTinyTeacher } from './support.ts';
import type { Watched } from './support.ts';

/** How the GPU of these tests fails; it is simulated by the processor. */
interface Fault {
  /** Name of the graphs that fail. */
  graph: string;
  /** Number of runs after which they fail. */
  runs: number;
  kind: 'lost' | 'not-a-number';
  memoryBytes: number | undefined;
}

const fault = vi.hoisted((): Fault => ({
  graph: '',
  runs: Infinity,
  kind: 'lost',
  memoryBytes: undefined,
}));

vi.mock('../../src/engine/devices/open-executor.ts', async (original) => {
  const real = await original<typeof import('../../src/engine/devices/open-executor.ts')>();
  return {
    ...real,
    openExecutor: (device: DeviceName, threads?: number): Executor => {
      const executor = real.openExecutor('cpu', threads);
      return device === 'cpu' ? executor : failing(executor);
    },
  };
});

vi.mock('../../src/engine/devices/device-memory.ts', async (original) => ({
  ...(await original<typeof import('../../src/engine/devices/device-memory.ts')>()),
  memoryOf: () => Promise.resolve(fault.memoryBytes),
}));

function failing(executor: Executor): Executor {
  return {
    ...executor,
    load: async (graph) => {
      const loaded = await executor.load(graph);
      return graph.name === fault.graph ? failingGraph(loaded) : loaded;
    },
  };
}

function failingGraph(loaded: LoadedGraph): LoadedGraph {
  return {
    inputs: loaded.inputs,
    outputs: loaded.outputs,
    dispose: () => loaded.dispose(),
    run: async (inputs) => {
      const results = await loaded.run(inputs);
      if (fault.runs-- > 0) return results;
      if (fault.kind === 'lost') throw new UserError('device', 'The GPU was lost.');
      return new Map([...results].map(([name, value]) => [name, withoutNumbers(value)]));
    },
  };
}

function withoutNumbers(value: DeviceTensor): DeviceTensor {
  return {
    shape: value.shape,
    dispose: () => {
      value.dispose();
    },
    read: async () => {
      const { shape, data } = await value.read();
      return tensor(
        shape,
        data.map(() => NaN),
      );
    },
  };
}

const folder = await temporaryFolder();

beforeAll(async () => {
  await writeTinyTeacher(join(folder, 'teacher.safetensors'));
  await writeImages(join(folder, 'train'), 6, 1);
  await writeImages(join(folder, 'test'), 4, 2);
});

beforeEach(() => {
  Object.assign(fault, { graph: '', runs: Infinity, kind: 'lost', memoryBytes: undefined });
});

function reasons({ events }: Watched): (string | null)[] {
  return events.flatMap((event) => (event.type === 'device' ? [event.reason] : []));
}

/** Returns the completed steps, in order. */
function stepsOf({ events }: Watched): number[] {
  return events.flatMap((event) =>
    event.type === 'progress' && event.phase === 'distill' && event.loss !== undefined
      ? [event.done]
      : [],
  );
}

const adapters = (out: string): Promise<Buffer> =>
  readFile(join(folder, out, 'student.safetensors'));

it("a run gives the processor's result, whenever the device is lost", async () => {
  await distill(tinyRequest(folder, { device: 'cpu', out: join(folder, 'whole') }), watch());
  for (const [graph, runs] of [
    ['fit', 0],
    ['teacher', 1],
    ['step', 0],
    ['step', 7],
  ] as const) {
    Object.assign(fault, { graph, runs });
    const context = watch();
    const out = `lost-${graph}-${runs}`;
    const summary = await distill(
      tinyRequest(folder, { device: 'webgpu', out: join(folder, out) }),
      context,
    );
    expect(reasons(context), out).toEqual([
      null,
      'The GPU was lost. The run continues on the processor.',
    ]);
    expect(summary.steps).toBe(12);
    expect((await adapters(out)).equals(await adapters('whole')), out).toBe(true);
  }
});

it('NaN is blamed on the device first', async () => {
  Object.assign(fault, { graph: 'step', runs: 5, kind: 'not-a-number' });
  const context = watch();
  const request = tinyRequest(folder, { device: 'webgpu', out: join(folder, 'nan') });
  const summary = await distill(request, context);
  expect(reasons(context)[1]).toMatch(
    /NaN or infinite values\. The run continues on the processor/,
  );
  expect(summary.steps).toBe(12);
  expect(Number.isFinite(summary.loss.last)).toBe(true);
});

it('training before the heads is not repeated', async () => {
  Object.assign(fault, { graph: 'encoder', runs: 0 });
  const context = watch();
  const request = tinyRequest(folder, { device: 'webgpu', out: join(folder, 'heads') });
  await distill(request, context);
  expect(reasons(context)).toHaveLength(2);
  expect(stepsOf(context)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
});

it('a device without memory for one image is not used', async () => {
  fault.memoryBytes = 1000;
  const context = watch();
  await distill(tinyRequest(folder, { device: 'webgpu', out: join(folder, 'small') }), context);
  expect(reasons(context)[1]).toMatch(/needs about .* GiB, but a run may use .* GiB/);
  // The processor continues nevertheless, and warns that the memory may not suffice.
  const messages = context.events.flatMap((event) =>
    event.type === 'notice' ? [event.message] : [],
  );
  expect(messages.join()).toMatch(
    /a run may use .* GiB of the computer's memory: it may be very slow/,
  );
});

it('segmentation runs continue on the processor too', async () => {
  const outlined = await outlineFolder();
  Object.assign(fault, { graph: 'step', runs: 6 });
  const context = watch();
  const summary = await distill(
    outlineRequest(outlined, { device: 'webgpu', out: join(outlined, 'out') }),
    context,
  );
  expect(reasons(context)).toHaveLength(2);
  expect(summary.task).toBe('segmentation');
});
