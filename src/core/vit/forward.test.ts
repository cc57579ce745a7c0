import { describe, expect, it } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { difference, randomTensor, randomValues, required } from '../../../tests/support/values.ts';
import * as g from '../graph/build.ts';
import { evaluate } from '../graph/evaluate.ts';
import type { Graph } from '../graph/ops.ts';
import type { Tensor } from '../tensor.ts';
import { prefixTokens } from './architecture.ts';
import type { VitArchitecture } from './architecture.ts';
import { classifierGraph, featureGraph } from './classifier.ts';
import { embed, frozenLinears, poolFeatures, runBlocks } from './forward.ts';
import type { VitModel } from './weights.ts';

// The whole forward pass is compared with PyTorch in tests/goldens and tests/reference. These tests check the
// parts whose result fits in a line.
const width = 6;

function run(
  graph: Graph,
  inputs: Readonly<Record<string, Float32Array>>,
): (name: string) => number[] {
  const results = evaluate(graph, new Map(Object.entries(inputs)));
  return (name) => [...required(results.get(name), name).data];
}

const weight = ({ weights }: VitModel, name: string): Tensor => required(weights.get(name), name);

/** Embeds a patch of a normalised image (C, 8, 8) as a token: the dot product with every kernel. */
function embedded(model: VitModel, image: Float32Array, patch: number): number[] {
  const { mean, deviation } = model.normalization;
  const kernel = weight(model, 'patch_embed.proj.weight').data;
  const [top, left] = [Math.floor(patch / 2) * 4, (patch % 2) * 4];
  return Array.from(weight(model, 'patch_embed.proj.bias').data, (bias, d) => {
    let sum = bias;
    for (let at = 0; at < mean.length * 16; at++) {
      const [c, y, x] = [Math.floor(at / 16), Math.floor((at % 16) / 4), at % 4];
      const pixel = image[c * 64 + (top + y) * 8 + left + x] ?? NaN;
      const value = (pixel - (mean[c] ?? NaN)) / (deviation[c] ?? NaN);
      sum += value * (kernel[d * mean.length * 16 + at] ?? NaN);
    }
    return sum;
  });
}

describe('embed', () => {
  it.each<Partial<VitArchitecture>>([
    {},
    { classTokens: 2, registers: 3 },
    { registers: 2, positionsCoverPrefix: false },
    { classTokens: 0, channels: 1 },
  ])('puts prefix tokens, patches and positions in their places: %j', (changes) => {
    const channels = changes.channels ?? 3;
    const normalization = {
      mean: [0.5, 0.25, 0.75].slice(0, channels),
      deviation: [0.5, 0.25, 2].slice(0, channels),
    };
    const model = { ...tinyVit(changes), normalization };
    const { architecture } = model;
    const images = randomValues(2 * channels * 64, 3, 0, 1);
    const tokens = embed(model, g.input('images', [2, channels, 8, 8]));
    const got = run(
      { name: 'embed', outputs: new Map([['tokens', tokens]]) },
      { images },
    )('tokens');
    const prefix = prefixTokens(architecture);
    const names = ['cls_token', 'dist_token', 'reg_token'].filter((n) => model.weights.has(n));
    const learned = names.flatMap((name) => [...weight(model, name).data]);
    const positions = weight(model, 'pos_embed').data;
    const skipped = architecture.positionsCoverPrefix ? 0 : prefix;
    const expected: number[] = [];
    for (let image = 0; image < 2; image++) {
      const pixels = images.subarray(image * channels * 64, (image + 1) * channels * 64);
      for (let token = 0; token < prefix + 4; token++) {
        const values =
          token < prefix
            ? learned.slice(token * width, (token + 1) * width)
            : embedded(model, pixels, token - prefix);
        const first = (token - skipped) * width;
        expected.push(...values.map((v, d) => v + (first < 0 ? 0 : (positions[first + d] ?? NaN))));
      }
    }
    expect(difference(got, expected)).toBeLessThan(1e-6);
  });
});

describe('runBlocks', () => {
  const tokens = randomValues(2 * 5 * width, 12);
  const last = (model: VitModel): number[] => {
    const blocks = runBlocks(model, g.input('tokens', [2, 5, width]), frozenLinears(model));
    const graph = {
      name: 'blocks',
      outputs: new Map([['last', required(blocks.at(-1), 'block')]]),
    };
    return run(graph, { tokens })('last');
  };

  it('may leave out the bias of k, which changes nothing, but not those of q and v', () => {
    const model = tinyVit();
    const changed = ['attn.q', 'attn.k', 'attn.v'].map((_, part) => {
      const name = 'blocks.0.attn.qkv.bias';
      const data = weight(model, name).data.slice();
      for (let i = 0; i < width; i++) data[part * width + i] = 0;
      const weights = new Map([...model.weights, [name, { shape: [3 * width], data }]]);
      return difference(last({ ...model, weights }), last(model)) > 1e-6;
    });
    expect(changed).toEqual([true, false, true]);
  });
});

describe('poolFeatures', () => {
  const tokens = randomTensor([2, 7, width], 4); // class token, two registers, four patches

  const normalized = (row: readonly number[], model: VitModel, name: string): number[] => {
    const mean = row.reduce((a, b) => a + b, 0) / row.length;
    const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / row.length;
    const [scale, shift] = [
      weight(model, `${name}.weight`).data,
      weight(model, `${name}.bias`).data,
    ];
    return row.map(
      (value, i) =>
        ((value - mean) / Math.sqrt(variance + 1e-6)) * (scale[i] ?? NaN) + (shift[i] ?? NaN),
    );
  };
  const token = (image: number, index: number): number[] =>
    Array.from(tokens.data.subarray((image * 7 + index) * width, (image * 7 + index + 1) * width));
  const mean = (rows: readonly number[][]): number[] =>
    Array.from(
      { length: width },
      (_, i) => rows.reduce((a, row) => a + (row[i] ?? NaN), 0) / rows.length,
    );
  const patches = [3, 4, 5, 6];

  it.each<[string, Partial<VitArchitecture>, (model: VitModel, image: number) => number[]]>([
    ['the class token', {}, (model, image) => normalized(token(image, 0), model, 'norm')],
    [
      'the class token, fc_norm',
      { normAfterPooling: true },
      (model, image) => normalized(token(image, 0), model, 'fc_norm'),
    ],
    [
      'the mean of normalised patches',
      { pooling: 'patch-mean' },
      (model, image) => mean(patches.map((at) => normalized(token(image, at), model, 'norm'))),
    ],
    [
      'the normalised mean of patches',
      { pooling: 'patch-mean', normAfterPooling: true },
      (model, image) => normalized(mean(patches.map((at) => token(image, at))), model, 'fc_norm'),
    ],
  ])('takes %s', (_, changes, expected) => {
    const model = tinyVit({ registers: 2, ...changes });
    const features = poolFeatures(model, g.input('tokens', [2, 7, width]));
    const graph = { name: 'pool', outputs: new Map([['features', features]]) };
    const got = run(graph, { tokens: tokens.data })('features');
    expect(
      difference(
        got,
        [0, 1].flatMap((image) => expected(model, image)),
      ),
    ).toBeLessThan(1e-6);
  });
});

describe('classifierGraph', () => {
  const model = tinyVit();
  const image = randomValues(2 * 3 * 64, 9, 0, 1);
  const head = { weight: randomTensor([3, width], 5), bias: randomTensor([3], 6) };

  it.each(['single', 'several'] as const)('applies the head to the features (%s)', (task) => {
    const got = run(classifierGraph(model, { ...head, task }), { image });
    const features = run(featureGraph(model), { image })('features');
    expect(got('features')).toEqual(features);
    const logits = [0, 1].flatMap((row) =>
      Array.from(head.bias.data, (bias, label) =>
        features
          .slice(row * width, (row + 1) * width)
          .reduce(
            (sum, value, i) => sum + value * (head.weight.data[label * width + i] ?? NaN),
            bias,
          ),
      ),
    );
    expect(difference(got('logits'), logits)).toBeLessThan(1e-12);
    const powers = logits.map(Math.exp);
    const total = (row: number): number =>
      powers.slice(row * 3, row * 3 + 3).reduce((a, b) => a + b, 0);
    const probabilities = powers.map((power, index) =>
      task === 'single' ? power / total(Math.floor(index / 3)) : power / (1 + power),
    );
    expect(difference(got('probabilities'), probabilities)).toBeLessThan(1e-12);
  });
});
