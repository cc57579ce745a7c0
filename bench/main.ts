/**
 * `npm run bench`: prints how fast this machine distils, predicts, reads images and suggests masks, as
 * ratios within one run, since machines and moments differ. Nothing is asserted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultThreads } from '../src/runtime/threads.ts';
import { benchFormats } from './formats.ts';
import { benchInference } from './inference.ts';
import { benchJob } from './job.ts';
import { benchSuggest } from './suggest.ts';
import { benchAdapters, benchTraining } from './training.ts';

const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-'));
const threads = Number(process.env.UNDERSTUDY_THREADS ?? defaultThreads());
console.log(`${cpus()[0]?.model.trim()}, ${threads} threads, Node ${process.version}\n`);
try {
  await benchTraining(threads, folder);
  await benchJob(threads, folder);
  await benchAdapters(threads);
  await benchInference(threads, folder);
  await benchFormats(folder);
  await benchSuggest(threads, folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\nLargest resident memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
