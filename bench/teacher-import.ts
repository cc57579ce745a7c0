import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Random } from '../src/core/random.ts';
import { elementCount } from '../src/core/tensor.ts';
import { weightShapes } from '../src/core/vit/architecture.ts';
import type { VitArchitecture } from '../src/core/vit/architecture.ts';
import { encodeHeader } from '../src/formats/safetensors/safetensors-header.ts';
import type { StoredTensor } from '../src/formats/safetensors/safetensors-header.ts';
import { encodeFloats, floatBytes } from '../src/formats/safetensors/safetensors-values.ts';
import { writeFileAtomically } from '../src/formats/files/write-file.ts';
import { printTable } from './table.ts';

// `node bench/teacher-import.ts [--file <checkpoint>]...`: the memory that all processes of `teacher import` use
// together, compared with the size of the file. Without files, it uses a ViT-L with random weights, in float32 and
// float16. Linux only.

const { values } = parseArgs({ options: { file: { type: 'string', multiple: true } } });
const folder = await mkdtemp(join(tmpdir(), 'understudy-teacher-import-'));
/** Memory that an import may use in addition to its file, MB. */
const allowed = 300;

const vitLarge: VitArchitecture = {
  imageSize: 224,
  patchSize: 14,
  channels: 3,
  width: 1024,
  depth: 24,
  heads: 16,
  mlpWidth: 4096,
  classTokens: 1,
  registers: 0,
  positionsCoverPrefix: true,
  layerScale: false,
  preNorm: false,
  qkvBias: true,
  activation: 'gelu',
  epsilon: 1e-6,
  pooling: 'class-token',
  normAfterPooling: false,
};

/**
 * Writes a teacher weight by weight, because the file is larger than the memory this process should use.
 */
async function drawTeacher(path: string, dtype: 'F32' | 'F16'): Promise<string> {
  const shapes = weightShapes(vitLarge);
  const tensors = new Map<string, StoredTensor>();
  let end = 0;
  for (const [name, shape] of shapes) {
    const begin = end;
    end += elementCount(shape) * floatBytes[dtype];
    tensors.set(name, { dtype, shape, begin, end });
  }
  const random = new Random(1);
  function* parts(): Generator<Uint8Array> {
    yield encodeHeader({ tensors, metadata: {} });
    for (const [name, shape] of shapes) {
      const mean = /norm\d?\.weight$/.test(name) ? 1 : 0;
      const drawn = Float32Array.from(
        { length: elementCount(shape) },
        () => mean + random.uniform(-0.04, 0.04),
      );
      yield encodeFloats(drawn, dtype);
    }
  }
  await writeFileAtomically(path, parts());
  return path;
}

/**
 * Returns the largest sum of the resident memory of a process and its children, MB; sampled, so a little too small.
 */
async function peakOf(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let peak = 0;
  let sampling = Promise.resolve();
  const timer = setInterval(() => {
    sampling = sampling.then(async () => {
      peak = Math.max(peak, await residentOf(child.pid ?? 0));
    });
  }, 10);
  const code = await ended;
  clearInterval(timer);
  await sampling;
  if (code !== 0) throw new Error(`the import ended with ${code}`);
  return peak;
}

async function residentOf(pid: number): Promise<number> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    let sum = (Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024) / 1e6;
    for (const thread of await readdir(`/proc/${pid}/task`)) {
      const children = await readFile(`/proc/${pid}/task/${thread}/children`, 'utf8');
      for (const each of children.split(' ').filter(Boolean)) sum += await residentOf(Number(each));
    }
    return sum;
  } catch {
    // The process has just ended.
    return 0;
  }
}

try {
  const files = values.file ?? [
    await drawTeacher(join(folder, 'vit-large-float32.safetensors'), 'F32'),
    await drawTeacher(join(folder, 'vit-large-float16.safetensors'), 'F16'),
  ];
  const program = fileURLToPath(new URL('../bin/understudy.mjs', import.meta.url));
  const rows = [];
  for (const file of files) {
    const workspace = await mkdtemp(join(folder, 'workspace-'));
    const start = performance.now();
    const peak = await peakOf([program, 'teacher', 'import', file, '--workspace', workspace]);
    const size = (await stat(file)).size / 1e6;
    rows.push({
      file: file.slice(file.lastIndexOf('/') + 1),
      MB: size.toFixed(0),
      'peak, MB': peak.toFixed(0),
      'at most': (size + allowed).toFixed(0),
      s: ((performance.now() - start) / 1000).toFixed(1),
    });
  }
  printTable('Importing a teacher: all processes together', rows);
} finally {
  await rm(folder, { recursive: true, force: true });
}
