import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { InferenceSession } from 'onnxruntime-node';
import * as g from '../../src/core/graph/build.ts';
import { simplify } from '../../src/core/graph/rewrite.ts';
import { embed, runBlocks } from '../../src/core/vit/forward.ts';
import { inspectTeacher } from '../../src/engine/teachers/teacher.ts';
import { checkTeacher } from '../../src/engine/teachers/teacher-check.ts';
import { readTeacher } from '../../src/formats/checkpoints/read-teacher.ts';
import { onnxRuntime } from '../../src/runtime/onnxruntime.ts';

// `node open-teachers-process.ts <file>...`: opens teachers one after the other, each in every way that the project
// uses, and prints as JSON what remains of each after it is closed (`Left`).

export interface Left {
  /** Number of ONNX Runtime sessions that were not released. */
  readonly sessions: number;
  /** Bytes of typed arrays after a full collection. */
  readonly arrays: number;
  /** Resident bytes. */
  readonly resident: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

let sessions = 0;
const create = InferenceSession.create.bind(InferenceSession);
Object.assign(InferenceSession, {
  create: async (...given: Parameters<typeof create>) => {
    const session = await create(...given);
    sessions++;
    const release = session.release.bind(session);
    session.release = async () => {
      sessions--;
      await release();
    };
    return session;
  },
});

const executor = onnxRuntime('cpu', { threads: 1 });

async function open(file: string): Promise<void> {
  const { inferred } = await inspectTeacher(file, {});
  const signal = new AbortController().signal;
  await checkTeacher(
    { file, overrides: {}, inferred },
    {
      signal,
      report: () => undefined,
    },
  );
  const model = await readTeacher(file);
  const { channels, imageSize } = model.architecture;
  const shape = [1, channels, imageSize, imageSize];
  const blocks = runBlocks(model, embed(model, g.input('images', shape)));
  const outputs = new Map(blocks.map((block, at) => [String(at), block] as const));
  const graph = await executor.load(simplify({ name: 'blocks', outputs }));
  try {
    const data = new Float32Array(channels * imageSize * imageSize).fill(0.3);
    const results = await graph.run({ images: { shape, data } });
    for (const result of results.values()) {
      await result.read();
      result.dispose();
    }
  } finally {
    await graph.dispose();
  }
}

async function left(): Promise<Left> {
  for (let time = 0; time < 3; time++) {
    collect();
    // The memory of arrays is freed a moment after they are collected.
    await delay(30);
  }
  const { arrayBuffers, rss } = process.memoryUsage();
  return { sessions, arrays: arrayBuffers, resident: rss };
}

const all: Left[] = [await left()];
for (const file of process.argv.slice(2)) {
  await open(file);
  all.push(await left());
}
process.stdout.write(JSON.stringify(all));
