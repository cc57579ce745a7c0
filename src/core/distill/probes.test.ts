import { describe, expect, test } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { difference, randomValues, required } from '../../../tests/support/values.ts';
import { evaluate } from '../graph/evaluate.ts';
import type { Graph } from '../graph/ops.ts';
import { adapterLayout, mergeAdapters } from '../vit/adapters.ts';
import { featureGraph } from '../vit/classifier.ts';
import { copyBlocks } from '../vit/copy.ts';
import { readout, studentTokens } from './probes.ts';
import { targetGraph } from './train-step.ts';

function run(graph: Graph, inputs: Record<string, Iterable<number>>, name: string): Float64Array {
  const results = evaluate(graph, new Map(Object.entries(inputs)));
  return required(results.get(name), name).data;
}

describe.each([
  ['class token', tinyVit({ depth: 3 })],
  ['mean of patches, registers', tinyVit({ depth: 3, pooling: 'patch-mean', registers: 2 })],
])('a probe of a student: %s', (_name, teacher) => {
  const images = randomValues(2 * 3 * 64, 2, 0, 1);
  const copy = copyBlocks(teacher, [0, 2]);
  const layout = adapterLayout(copy.architecture, 2);
  const adapters = randomValues(layout.size, 3, -0.4, 0.4);
  const merged = mergeAdapters(copy, layout, adapters);

  test('returns the tokens of the model with merged adapters', () => {
    const seen = run(studentTokens({ copy, layout }), { images, adapters }, 'tokens');
    const wanted = run(targetGraph(merged), { images }, 'targets');
    expect(difference(seen, wanted)).toBeLessThan(1e-6);
  });

  test('leads to the encoder’s own features', () => {
    const tokens = run(targetGraph(merged), { images }, 'targets');
    const seen = run(readout(teacher), { tokens }, 'features');
    const wanted = run(featureGraph(merged), { image: images }, 'features');
    expect(difference(seen, wanted)).toBeLessThan(1e-9);
  });

  test('excludes prefix tokens from the patches', () => {
    const tokens = run(targetGraph(merged), { images }, 'targets');
    expect(run(readout(teacher), { tokens }, 'patches')).toHaveLength(2 * 4 * 6);
  });
});
