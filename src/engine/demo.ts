import { join, resolve } from 'node:path';
import type { DemoRequest } from '../contract/jobs.ts';
import type { DemoSummary, DistillSummary } from '../contract/results.ts';
import { distillRequest } from '../contract/jobs.ts';
import { sampleSets } from '../core/sample/sets.ts';
import { distill } from './distill.ts';
import type { JobContext } from './job.ts';
import { writeSample } from './sample.ts';
import { bundledTeacher } from './bundled-teacher.ts';

/** Small enough for a few minutes on two cores, large enough for the intervals to mean something. */
const recipe = {
  classes: { perClass: 60, labelled: 10, steps: 130, batch: 64, views: 12, rank: 16 },
  outlines: { perClass: 8, steps: 80, batch: 32, decoderSteps: 120, views: 32, rank: 16 },
} as const;

/**
 * The main job on a drawn sample: land cover from above. Students that name classes, with every second block and
 * with every third, and one that outlines them.
 */
export async function demo(request: DemoRequest, context: JobContext): Promise<DemoSummary> {
  const out = resolve(request.out);
  const { seed, threads } = request;
  const common = {
    ...{ teacher: bundledTeacher, orientation: sampleSets.land.domain },
    ...{ learningRate: 3e-3, seed, threads },
  };
  const runs: DistillSummary[] = [];
  const run = async (what: string, more: object): Promise<void> => {
    const message = `Student ${runs.length + 1} of 3, ${what}.`;
    context.report({ type: 'notice', message });
    runs.push(await distill(distillRequest.parse({ ...common, ...more }), context));
  };

  const named = join(out, 'sample', 'land');
  const { perClass, labelled, ...training } = recipe.classes;
  await writeSample({ set: 'land', out: named, perClass, seed }, context);
  for (const skip of [2, 3]) {
    await run(`which names classes with ${skip === 2 ? 'half' : 'a third'} of the blocks`, {
      ...training,
      ...{ images: join(named, 'train'), test: join(named, 'test'), perClass: labelled },
      ...{ skip, out: join(out, `student-r${skip}`) },
    });
  }

  const outlined = join(out, 'sample', 'land-masks');
  const { perClass: pairs, ...decoding } = recipe.outlines;
  const drawn = { set: 'land', layout: 'masks', out: outlined, perClass: pairs, seed } as const;
  await writeSample(drawn, context);
  await run('which outlines regions with half of the blocks', {
    ...decoding,
    ...{ task: 'segmentation', labels: 'masks' },
    ...{ images: join(outlined, 'train', 'images'), test: join(outlined, 'test', 'images') },
    ...{ imageSize: sampleSets.land.side, skip: 2, out: join(out, 'student-outlines') },
  });
  return { runs };
}
