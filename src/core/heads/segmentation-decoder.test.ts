import { describe, expect, it } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { randomTensor, required } from '../../../tests/support/values.ts';
import { evaluate } from '../graph/evaluate.ts';
import { graphInputs } from '../graph/ops.ts';
import { elementCount } from '../tensor.ts';
import {
  bilinear,
  decoderLayout,
  initialDecoder,
  middleBlock,
  patchGraph,
  segmentationGraph,
} from './segmentation-decoder.ts';

const encoder = tinyVit({ depth: 2 });
const { imageSize, patchSize, width } = encoder.architecture;
const layout = decoderLayout(encoder.architecture, 3);
const decoder = { shape: [layout.size], data: initialDecoder(layout, 7) };

describe('bilinear', () => {
  it('is the identity at the same size', () => {
    const { shape, data } = bilinear(3, 3);
    expect(shape).toEqual([3, 3]);
    expect([...data]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });

  it('interpolates evenly between centres, and is constant beyond the outer ones', () => {
    const { data } = bilinear(2, 8);
    // The centres of both are at pixels 1.5 and 5.5, with steps of a quarter per pixel in between.
    const ofSecond = [0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1];
    expect([...data.subarray(8)]).toEqual(ofSecond);
    expect([...data.subarray(0, 8)]).toEqual(ofSecond.map((share) => 1 - share));
  });

  it.each([
    [1, 16],
    [5, 12],
    [8, 128],
    [16, 128],
  ])('preserves constants, and linear functions inside: %i to %i', (from, to) => {
    const { data } = bilinear(from, to);
    for (let pixel = 0; pixel < to; pixel++) {
      let [sum, line] = [0, 0];
      for (let row = 0; row < from; row++) {
        const weight = data[row * to + pixel] ?? NaN;
        expect(weight).toBeGreaterThanOrEqual(0);
        sum += weight;
        line += weight * row;
      }
      expect(sum).toBeCloseTo(1, 6);
      const place = ((pixel + 0.5) * from) / to - 0.5;
      expect(line).toBeCloseTo(Math.min(from - 1, Math.max(0, place)), 5);
    }
  });
});

describe('decoderLayout', () => {
  it('puts one tensor after the other without a gap', () => {
    let end = 0;
    for (const { offset, shape } of layout.tensors) {
      expect(offset).toBe(end);
      end += elementCount(shape);
    }
    expect(layout.size).toBe(end);
  });

  it('begins within ±1/√(inputs of an output), the same for the same seed', () => {
    expect(initialDecoder(layout, 7)).toEqual(decoder.data);
    expect(initialDecoder(layout, 8)).not.toEqual(decoder.data);
    const fanIns = new Map(layout.tensors.map(({ name, fanIn }) => [name, fanIn]));
    expect(fanIns.get('project.weight')).toBe(2 * width);
    expect(fanIns.get('project.bias')).toBe(2 * width);
    expect(fanIns.get('stem.0.bias')).toBe(27);
    for (const { fanIn, shape, offset } of layout.tensors) {
      const values = decoder.data.subarray(offset, offset + elementCount(shape));
      const bound = 1 / Math.sqrt(fanIn);
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
      if (values.length > 50) expect(Math.max(...values)).toBeGreaterThan(0.9 * bound);
    }
  });
});

describe('segmentationGraph', () => {
  const graph = segmentationGraph(encoder, layout, decoder);
  const images = randomTensor([2, 3, imageSize, imageSize], 3, 0, 1);
  const run = (data: Float32Array): Float64Array =>
    required(evaluate(graph, new Map([['image', data]])).get('probabilities'), 'probabilities')
      .data;

  it('returns class probabilities for every pixel', () => {
    const probabilities = run(images.data);
    const pixels = imageSize * imageSize;
    expect(probabilities.length).toBe(2 * 3 * pixels);
    for (let image = 0; image < 2; image++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const at = (output: number): number =>
          probabilities[(image * 3 + output) * pixels + pixel] ?? NaN;
        expect(at(0) + at(1) + at(2)).toBeCloseTo(1, 9);
      }
    }
  });

  it('takes images one by one', () => {
    const each = images.data.length / 2;
    const swapped = new Float32Array(2 * each);
    swapped.set(images.data.subarray(each));
    swapped.set(images.data.subarray(0, each), each);
    const [there, back] = [run(images.data), run(swapped)];
    expect(back.subarray(0, back.length / 2)).toEqual(there.subarray(there.length / 2));
  });

  it('has one input, whatever the encoder is', () => {
    expect(graphInputs(graph).map(({ attributes }) => attributes.name)).toEqual(['image']);
  });
});

describe('patchGraph', () => {
  it('normalises the patches of two blocks separately', () => {
    const images = randomTensor([2, 3, imageSize, imageSize], 5, 0, 1);
    const result = evaluate(patchGraph(encoder), new Map([['images', images.data]]));
    const { shape, data } = required(result.get('patches'), 'patches');
    const patches = (imageSize / patchSize) ** 2;
    expect(shape).toEqual([2, patches, 2 * width]);
    for (let start = 0; start < data.length; start += width) {
      const values = data.subarray(start, start + width);
      const mean = values.reduce((sum, value) => sum + value, 0) / width;
      const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
      expect(mean).toBeCloseTo(0, 9);
      expect(square).toBeCloseTo(1, 3);
    }
  });
});

it('middleBlock ends the first half', () => {
  expect([1, 2, 3, 6, 12].map(middleBlock)).toEqual([0, 0, 0, 2, 5]);
});
