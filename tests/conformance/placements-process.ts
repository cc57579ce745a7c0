import { segmentationStep } from '../../src/core/distill/segmentation-step.ts';
import { targetGraph, trainStep } from '../../src/core/distill/train-step.ts';
import type { Graph } from '../../src/core/graph/ops.ts';
import { decoderLayout, patchGraph } from '../../src/core/heads/segmentation-decoder.ts';
import { adapterLayout } from '../../src/core/vit/adapters.ts';
import { copyBlocks } from '../../src/core/vit/copy.ts';
import { onnxRuntime } from '../../src/runtime/onnxruntime.ts';
import { tinyVit } from '../support/tiny-vit.ts';

// Loads everything that a job runs on a device; the runtime writes its placements to standard error.
const teacher = tinyVit({ depth: 4 });
const copy = copyBlocks(teacher, [0, 2]);
const layout = adapterLayout(copy.architecture, 2);
const decoder = decoderLayout(copy.architecture, 3);
const classWeights = { shape: [3], data: Float32Array.of(1, 2, 3) };
const outlining = { encoder: copy, decoder, classWeights };
const graphs: readonly Graph[] = [
  targetGraph(teacher),
  trainStep({ copy, layout }, 4),
  patchGraph(copy),
  segmentationStep(outlining, 2),
  segmentationStep({ ...outlining, adapting: { layout, rate: 0.5 } }, 2),
];
const executor = onnxRuntime('webgpu', { logsPlacements: true });
for (const graph of graphs) {
  console.log(graph.name);
  await (await executor.load(graph)).dispose();
}
