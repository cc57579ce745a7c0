import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DemoRequest } from '../contract/jobs.ts';
import type { DemoSummary, DistillSummary } from '../contract/results.ts';
import { distillRequest } from '../contract/jobs.ts';
import { sampleSets } from '../core/sample/sets.ts';
import { distill } from './distill.ts';
import type { JobContext } from './job.ts';
import { writeSample } from './sample.ts';

/** The teacher that comes with the program. */
export const bundledTeacher = fileURLToPath(
  new URL('../../resources/teachers/vit_tiny_patch8_64.safetensors', import.meta.url),
);

/** Small enough for three minutes on two cores, large enough for the intervals to mean something. */
const recipe = { perClass: 60, labelled: 10, steps: 130, batch: 64, views: 12, rank: 16 };

/**
 * The main job on a drawn sample: land cover from above, one student with every second block and one
 * with every third.
 */
export async function demo(request: DemoRequest, context: JobContext): Promise<DemoSummary> {
  const out = resolve(request.out);
  const folder = join(out, 'sample', 'land');
  const { perClass, labelled, ...training } = recipe;
  await writeSample({ set: 'land', out: folder, perClass, seed: request.seed }, context);
  const runs: DistillSummary[] = [];
  for (const skip of [2, 3]) {
    runs.push(
      await distill(
        distillRequest.parse({
          ...training,
          teacher: bundledTeacher,
          images: join(folder, 'train'),
          test: join(folder, 'test'),
          perClass: labelled,
          orientation: sampleSets.land.domain,
          learningRate: 3e-3,
          skip,
          seed: request.seed,
          threads: request.threads,
          out: join(out, `student-r${skip}`),
        }),
        context,
      ),
    );
  }
  return { runs };
}
