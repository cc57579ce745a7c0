import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as g from '../core/graph/build.ts';
import { tensorflowNative } from './tensorflow-library.ts';
import { tensorFlow } from './tensorflow.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-tensorflow-'));
  vi.stubEnv('UNDERSTUDY_TENSORFLOW', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Creates a package with the binding's name in the folder. */
async function install(source: string): Promise<void> {
  const home = join(folder, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
  await mkdir(home, { recursive: true });
  await writeFile(join(home, 'index.js'), source);
}

it('loads nothing before it is needed', () => {
  expect(tensorFlow('cpu').tokensAtOnce).toBe(2080);
  expect(globalThis).not.toHaveProperty('_tfengine');
});

describe('an unusable TensorFlow is reported', () => {
  it('if it is not installed', () => {
    const report = tensorflowNative();
    expect(report).toMatchObject({ usable: false, details: undefined });
    if (report.usable) return;
    expect(report.reason).toContain(`neither in ${folder} nor next to Understudy`);
    expect(report.reason).toMatch(/UNDERSTUDY_TENSORFLOW.*docs\/tensorflow.md.*NVIDIA driver/);
  });

  it('if it cannot be loaded', async () => {
    await install("throw new Error('libtensorflow.so.2: cannot open shared object file')");
    expect(tensorflowNative()).toMatchObject({
      usable: false,
      reason: expect.stringMatching(/^TensorFlow's binding in .* cannot be loaded\. /) as string,
      details: 'Error: libtensorflow.so.2: cannot open shared object file',
    });
  });

  it('if it registers no backend', async () => {
    await install('');
    expect(tensorflowNative()).toMatchObject({
      usable: false,
      reason: expect.stringMatching(/does not match TensorFlow\.js 4\.22\.0/) as string,
    });
  });

  it('when a graph is loaded', async () => {
    const graph = { name: 'any', outputs: new Map([['y', g.abs(g.input('x', []))]]) };
    await expect(tensorFlow('tensorflow').load(graph)).rejects.toMatchObject({ code: 'device' });
    await expect(tensorFlow('cpu').load(graph)).rejects.toThrow('no backend "cpu"');
  });
});
