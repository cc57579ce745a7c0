import { join, resolve } from 'node:path';
import type { DemoRequest } from '../../contract/jobs.ts';
import type { DemoSummary, DistillSummary } from '../../contract/results.ts';
import { distillRequest } from '../../contract/jobs.ts';
import { sampleSets } from '../../core/sample/sets.ts';
import { demoTimeLeft } from './demo-time.ts';
import { distill } from './distill.ts';
import type { JobContext } from '../job.ts';
import { writeSample } from '../images/sample.ts';
import { bundledTeacher } from '../teachers/bundled-teacher.ts';
import { demoText } from '../../text/index.ts';

/**
 * Sizes small enough for a few minutes on two cores, large enough for meaningful confidence intervals.
 */
const recipe = {
  classes: { perClass: 60, labelled: 10, steps: 130, batch: 64, views: 12, rank: 16 },
  outlines: { perClass: 8, steps: 80, batch: 32, decoderSteps: 120, views: 32, rank: 16 },
} as const;

/** Notice before a student, from its number and the time left. */
type Announcement = (number: number, left: ReturnType<typeof demoTimeLeft>) => string;

/**
 * Runs the main job on a synthetic sample, land cover from above: two classification students, with every second and
 * every third block, and one for segmentation.
 */
export async function demo(request: DemoRequest, context: JobContext): Promise<DemoSummary> {
  const out = resolve(request.out);
  const { seed, threads } = request;
  const common = {
    teacher: bundledTeacher,
    orientation: sampleSets.land.domain,
    learningRate: 3e-3,
    seed,
    threads,
  };
  const runs: DistillSummary[] = [];
  const seconds: number[] = [];
  const run = async (announced: Announcement, more: object): Promise<void> => {
    const message = announced(runs.length + 1, demoTimeLeft(seconds));
    context.report({ type: 'notice', message });
    const start = performance.now();
    runs.push(await distill(distillRequest.parse({ ...common, ...more }), context));
    seconds.push((performance.now() - start) / 1000);
  };

  const named = join(out, 'sample', 'land');
  const { perClass, labelled, ...training } = recipe.classes;
  await writeSample({ set: 'land', out: named, perClass, seed }, context);
  for (const skip of [2, 3]) {
    await run((number, left) => demoText.classStudent(number, skip, left), {
      ...training,
      images: join(named, 'train'),
      test: join(named, 'test'),
      perClass: labelled,
      skip,
      out: join(out, `student-r${skip}`),
    });
  }

  const outlined = join(out, 'sample', 'land-masks');
  const { perClass: pairs, ...decoding } = recipe.outlines;
  const drawn = { set: 'land', layout: 'masks', out: outlined, perClass: pairs, seed } as const;
  await writeSample(drawn, context);
  await run(demoText.regionStudent, {
    ...decoding,
    task: 'segmentation',
    labels: 'masks',
    images: join(outlined, 'train', 'images'),
    test: join(outlined, 'test', 'images'),
    imageSize: sampleSets.land.side,
    skip: 2,
    out: join(out, 'student-outlines'),
  });
  return { runs };
}
