import { expect, it } from 'vitest';
import { maskSummaryOf, classSummaryOf } from '../../../contract/testing/results.ts';
import { contentsOf } from './contents.ts';
import { usageOf } from './usage.ts';

const preparation = { range: 'auto' };

it('describes the contents of a classification file', () => {
  const parts = contentsOf(classSummaryOf(), preparation, 'float32');
  expect(parts.map(({ name }) => name)).toEqual(['Encoder', 'Head', 'Normalisation', 'Metadata']);
  expect(parts[1]?.what).toBe('distinguishes 2 classes');
  expect(contentsOf(classSummaryOf({ task: 'several' }), preparation, 'float32')[1]?.what).toBe(
    'yes or no for each of 2 labels',
  );
});

it('describes the contents of a segmentation file, and what a file of weights lacks', () => {
  const parts = contentsOf(maskSummaryOf(), { range: 'full' }, 'float16', true);
  expect(parts.map(({ name, what }) => `${name}: ${what}`)).toEqual([
    'Encoder: 6 blocks, 2.7 million parameters; adapters are merged in',
    'Decoder: outlines 2 classes and the background; softmax is included',
    'Tiles: 128 × 128 px, best with an overlap of 50 %',
    expect.stringMatching(/^Values: not in the file, prepare them first/),
    expect.stringMatching(/^Normalisation: in the file/),
    expect.stringMatching(
      /^Metadata: .* tile size, overlap, class names and resolution for the QGIS plugin Deepness/,
    ),
  ]);
  const cells = contentsOf(maskSummaryOf(), preparation, 'float16');
  expect(cells.at(-1)?.what).not.toContain('QGIS');
  const weights = contentsOf(maskSummaryOf(), preparation, 'safetensors');
  expect(weights[1]?.what).not.toContain('softmax');
  expect(weights.at(-1)?.what).not.toContain('Deepness');
});

it('describes how each file is used', () => {
  const file = { file: 'a.onnx', side: 64, preparation, format: 'int8' } as const;
  const masks = usageOf(maskSummaryOf(), file);
  expect(masks.note).toContain('# RGB, 0 to 1\ntile = np.zeros((1, 3, 128, 128), np.float32)');
  expect(masks.note).toContain('probabilities[0].argmax(0)  # (128, 128), 0 to 2');
  expect(masks.names.map(([name]) => name)).toEqual(['image', 'probabilities']);
  const classes = usageOf(classSummaryOf(), { ...file, side: null });
  expect(classes.note).toContain('np.zeros((1, 3, side, side), np.float32)');
  const weights = usageOf(maskSummaryOf(), {
    ...file,
    file: 'a.safetensors',
    format: 'safetensors',
  });
  expect(weights.note).toContain('load_file');
  expect(weights.names.at(-1)?.[0]).toBe('decoder.…');
});

it.each([
  [undefined, 3, '# RGB, 0 to 1'],
  [[8], 3, '# band 8 in each channel, 0 to 1'],
  [[4, 3, 2], 3, '# bands 4, 3, 2, 0 to 1'],
  [[4, 1], 2, '# bands 4, 1, 0 to 1'],
  [[1, 2, 3, 4, 5, 6], 6, '# bands 1-6, 0 to 1'],
])('for bands %j, describes an input of %d channels', (bands, channels, comment) => {
  const seen = { range: 'auto', ...(bands && { bands }) };
  const file = { file: 'a.onnx', side: 64, preparation: seen, format: 'float32' } as const;
  const shape = `(1, ${channels}, 128, 128)`;
  const masks = usageOf(maskSummaryOf(), file);
  expect(masks.note).toContain(`${comment}\ntile = np.zeros(${shape}, np.float32)`);
  expect(masks.names[0]?.[1]).toMatch(new RegExp(`^input: batch, ${channels} channels,`));
  const classes = usageOf(classSummaryOf(), file);
  expect(classes.note).toContain(`${comment}\nimage = np.zeros((1, ${channels}, 64, 64)`);
  expect(classes.names[0]?.[1]).toMatch(new RegExp(`^input: batch, ${channels} channels,`));
});
