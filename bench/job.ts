import { join } from 'node:path';
import { distillRequest } from '../src/contract/jobs.ts';
import type { JobEvent } from '../src/contract/jobs.ts';
import { distill } from '../src/engine/jobs/distill.ts';
import { writeSample } from '../src/engine/images/sample.ts';
import { printTable } from './table.ts';
import { bundledTeacher } from '../src/engine/teachers/bundled-teacher.ts';

/** Times a short job on the sample: steps with new views, and steps with repeated ones. */
export async function benchJob(threads: number, folder: string): Promise<void> {
  const sample = join(folder, 'job');
  const quiet = { signal: new AbortController().signal, report: () => undefined };
  const perClass = 24;
  await writeSample({ set: 'land', out: sample, perClass, seed: 1 }, quiet);
  const [batch, views, rounds] = [60, 3, 12];
  const images = 5 * perClass;
  const speeds: number[] = [];
  const summary = await distill(
    distillRequest.parse({
      teacher: bundledTeacher,
      images: join(sample, 'train'),
      test: join(sample, 'test'),
      steps: (rounds * images) / batch,
      batch,
      views,
      threads,
      orientation: 'overhead',
      out: join(folder, 'job-out'),
    }),
    {
      signal: quiet.signal,
      report: (event: JobEvent) => {
        if (event.type === 'progress' && event.imagesPerSecond !== undefined) {
          speeds.push(event.imagesPerSecond);
        }
      },
    },
  );
  const newSteps = (views * images) / batch;
  const median = (values: number[]): number =>
    values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
  const [fresh, cached] = [median(speeds.slice(0, newSteps)), median(speeds.slice(newSteps))];
  printTable('Distilling the sample, r = 2, rank 16', [
    {
      'bundled teacher': `${images} images, ${views} views each, batch ${batch}`,
      'new views images/s': fresh.toFixed(0),
      'cached images/s': cached.toFixed(0),
      ratio: (cached / fresh).toFixed(2),
      'targets from the cache': `${(100 * summary.targetCacheHits).toFixed(0)} %`,
      'teacher ms': summary.teacher.msPerImage.toFixed(2),
      'student ms': summary.student.msPerImage.toFixed(2),
    },
  ]);
}
