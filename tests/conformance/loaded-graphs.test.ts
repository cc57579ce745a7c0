import { describe, expect, it } from 'vitest';
import * as g from '../../src/core/graph/build.ts';
import { readResult } from '../../src/runtime/executor.ts';
import { required } from '../support/values.ts';
import { describeExecutors } from './executors.ts';

describeExecutors('a loaded graph', (executor) => {
  it('a graph runs with another batch size than it was built for', async () => {
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

  it('a result becomes an input without being read', async () => {
    const x = g.input('x', [2]);
    const loaded = await executor.load({
      name: 'double',
      outputs: new Map([['y', g.add(x, x)]]),
    });
    const first = await loaded.run({ x: { shape: [2], data: Float32Array.of(1, 3) } });
    const y = required(first.get('y'), 'y');
    const second = await readResult(await loaded.run({ x: y }), 'y');
    expect([...second.data]).toEqual([4, 12]);
    // Inputs still belong to the caller.
    expect([...(await y.read()).data]).toEqual([2, 6]);
    y.dispose();
  });

  it('splits and joins more tensors than a shader has buffers', async () => {
    const count = 64;
    const every = Array.from({ length: count }, (_, index) => index);
    const whole = g.input('whole', [count, 3]);
    const apart = await executor.load({
      name: 'apart',
      outputs: new Map(every.map((i) => [`x${i}`, g.slice(whole, 0, i, i + 1)])),
    });
    const parts = every.map((i) => g.input(`x${i}`, [1, 3]));
    const join = await executor.load({
      name: 'join',
      outputs: new Map([['y', g.concat(parts.toReversed(), 0)]]),
    });
    const data = Float32Array.from({ length: 3 * count }, (_, index) => index);
    const pieces = await apart.run({ whole: { shape: [count, 3], data } });
    const y = await readResult(await join.run(Object.fromEntries(pieces)), 'y');
    for (const piece of pieces.values()) piece.dispose();
    expect([...y.data]).toEqual(every.toReversed().flatMap((i) => [3 * i, 3 * i + 1, 3 * i + 2]));
    await Promise.all([apart.dispose(), join.dispose()]);
  });

  it('neither keeps nor changes its inputs, nor results that were read', async () => {
    const x = g.input('x', [2, 1]);
    const weight = g.constant({ shape: [1, 2], data: Float32Array.of(3, 4) });
    const loaded = await executor.load({
      name: 'apart',
      outputs: new Map([
        ['flat', g.reshape(x, [2])],
        ['table', g.reshape(weight, [2])],
      ]),
    });
    const data = Float32Array.of(1, 2);
    const run = async (): Promise<number[][]> => {
      const results = await loaded.run({ x: { shape: [2, 1], data } });
      const [flat, table] = ['flat', 'table'].map((name) => required(results.get(name), name));
      data.fill(9);
      const values = [await required(flat, 'flat').read(), await required(table, 'table').read()];
      const copies = values.map((value) => [...value.data]);
      for (const value of values) value.data.fill(7);
      for (const result of results.values()) result.dispose();
      return copies;
    };
    expect(await run()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(await run()).toEqual([
      [9, 9],
      [3, 4],
    ]);
    await loaded.dispose();
  });

  describe('refuses', () => {
    it.each([
      ['a missing input', {}, /refusal: input x is missing/],
      [
        'another shape',
        { x: { shape: [2, 3], data: new Float32Array(6) } },
        /refusal: input x must be \(2, 2\), got \(2, 3\)/,
      ],
      [
        'an unknown input',
        {
          x: { shape: [2, 2], data: new Float32Array(4) },
          z: { shape: [], data: new Float32Array(1) },
        },
        /refusal: has no input z/,
      ],
      [
        "another executor's tensor",
        {
          x: {
            shape: [2, 2],
            read: () => Promise.reject(new Error('is elsewhere')),
            dispose: () => undefined,
          },
        },
        /a tensor of another executor cannot be used here/,
      ],
    ])('%s', async (_, feeds, message) => {
      const x = g.input('x', [2, 2]);
      const loaded = await executor.load({ name: 'refusal', outputs: new Map([['y', g.abs(x)]]) });
      await expect(loaded.run(feeds)).rejects.toThrow(message);
      await loaded.dispose();
    });
  });
});
