import { describe, expect, it } from 'vitest';
import * as g from '../core/graph/build.ts';
import { readResult } from './executor.ts';
import { onnxRuntime } from './onnxruntime.ts';

const executor = onnxRuntime('cpu', { threads: 1 });

describe('onnxruntime cpu', () => {
  it('runs a graph that was built for one batch size with another', async () => {
    const x = g.input('x', [2, 3, 4]);
    const y = g.reshape(g.reshape(g.reshape(x, [2, 12]), [-1, 6]), [2, 12]);
    const loaded = await executor.load({
      name: 'batch',
      outputs: new Map([['y', y]]),
      batch: 2,
    });
    const data = Float32Array.from({ length: 60 }, (_, index) => index);
    const got = await readResult(await loaded.run({ x: { shape: [5, 3, 4], data } }), 'y');
    expect(got).toEqual({ shape: [5, 12], data });
  });

  it('feeds a result back without reading it', async () => {
    const x = g.input('x', [2]);
    const loaded = await executor.load({
      name: 'double',
      outputs: new Map([['y', g.add(x, x)]]),
    });
    const first = await loaded.run({ x: { shape: [2], data: Float32Array.of(1, 3) } });
    const y = first.get('y');
    const second = await readResult(
      await loaded.run({ x: y ?? { shape: [], data: new Float32Array() } }),
      'y',
    );
    expect([...second.data]).toEqual([4, 12]);
  });

  it.each([
    ['a missing input', {}, /input x is missing/],
    [
      'another shape',
      { x: { shape: [2, 3], data: new Float32Array(6) } },
      /input x must be \(2, 2\), got \(2, 3\)/,
    ],
    [
      'an unknown input',
      {
        x: { shape: [2, 2], data: new Float32Array(4) },
        z: { shape: [], data: new Float32Array(1) },
      },
      /has no input z/,
    ],
  ])('refuses %s', async (_, feeds, message) => {
    const x = g.input('x', [2, 2]);
    const loaded = await executor.load({ name: 'refusal', outputs: new Map([['y', g.abs(x)]]) });
    await expect(loaded.run(feeds)).rejects.toThrow(message);
  });
});
