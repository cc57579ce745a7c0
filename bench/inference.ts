import { plainPreparation } from '../src/core/image/preparation.ts';
import { join } from 'node:path';
import { classifierGraph } from '../src/core/vit/classifier.ts';
import { copyBlocks, keptBlocks } from '../src/core/vit/copy.ts';
import { zeros } from '../src/core/tensor.ts';
import { findImages } from '../src/formats/image-folder.ts';
import { inferenceBatch, readBatches } from '../src/engine/models/inference.ts';
import { writeSample } from '../src/engine/images/sample.ts';
import { onnxRuntime } from '../src/runtime/onnxruntime.ts';
import { architectures, randomModel } from './models.ts';
import { fastest, printTable } from './table.ts';

const quiet = { signal: new AbortController().signal, report: () => undefined };

/** Compares predicting a folder of PNG files with the bare runtime on pixels in memory. */
export async function benchInference(threads: number, folder: string): Promise<void> {
  const executor = onnxRuntime('cpu', { threads });
  const sample = join(folder, 'sample');
  await writeSample({ set: 'land', out: sample, perClass: 64, seed: 1 }, quiet);
  const images = await findImages(join(sample, 'train'));
  const rows = [];
  for (const [name, architecture] of Object.entries(architectures)) {
    const copy = copyBlocks(randomModel(architecture), keptBlocks(architecture.depth, 2));
    const head = {
      weight: zeros([5, architecture.width]),
      bias: zeros([5]),
      task: 'single' as const,
    };
    const loaded = await executor.load(classifierGraph(copy, head));
    const { imageSize, channels } = architecture;
    const some = imageSize > 64 ? images.slice(0, 64) : images;
    const shape = [inferenceBatch, channels, imageSize, imageSize];
    const pixels = { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5) };
    const bare = await fastest(3, async () => {
      for (let done = 0; done < some.length; done += inferenceBatch) {
        for (const result of (await loaded.run({ image: pixels })).values()) result.dispose();
      }
    });
    const whole = await fastest(3, async () => {
      const preparation = plainPreparation;
      const form = { imageSize, channels, framing: 'whole' as const, preparation };
      for await (const batch of readBatches(some, form, [], quiet)) {
        const results = await loaded.run({ image: batch.pixels });
        for (const result of results.values()) result.dispose();
      }
    });
    await loaded.dispose();
    rows.push({
      student: `${name}, 6 blocks`,
      'bare images/s': ((1000 * some.length) / bare).toFixed(0),
      'from files images/s': ((1000 * some.length) / whole).toFixed(0),
      ratio: (bare / whole).toFixed(2),
    });
  }
  printTable('Prediction: files → pixels → model against the model alone', rows);
}
