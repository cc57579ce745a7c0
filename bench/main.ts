/**
 * `npm run bench`: prints how fast this computer distils, predicts, reads images, traces and suggests masks and
 * processes large images in tiles, as ratios within one run, because computers and their load differ. Asserts
 * nothing. `npm run bench -- import formats` prints only those. `pytorch` compares with PyTorch if
 * `UNDERSTUDY_PYTHON` names a Python that has torch.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { defaultThreads } from '../src/runtime/threads.ts';
import { benchAhead } from './ahead.ts';
import { benchCost } from './cost.ts';
import { benchExecutors } from './executors.ts';
import { benchFormats } from './formats.ts';
import { benchImport } from './import.ts';
import { benchInference } from './inference.ts';
import { benchJob } from './job.ts';
import { benchPolygons } from './polygons.ts';
import { benchPytorch } from './pytorch.ts';
import { benchSuggest } from './suggest.ts';
import { benchTiles } from './tiles.ts';
import { benchAdapters, benchTraining } from './training.ts';

const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-'));
// Threads compile their sources only once with this cache; the built program is already compiled.
process.env.NODE_COMPILE_CACHE ??= join(folder, 'compiled');
const threads = Number(process.env.UNDERSTUDY_THREADS ?? defaultThreads());
console.log(`${cpus()[0]?.model.trim()}, ${threads} threads, Node ${process.version}\n`);
const benches = {
  training: () => benchTraining(threads, folder),
  job: () => benchJob(threads, folder),
  ahead: () => benchAhead(threads),
  pytorch: () => benchPytorch(threads),
  cost: () => benchCost(threads),
  adapters: () => benchAdapters(threads),
  executors: () => benchExecutors(threads),
  inference: () => benchInference(threads, folder),
  formats: () => benchFormats(folder),
  import: () => benchImport(folder),
  polygons: () => {
    benchPolygons();
  },
  suggest: () => benchSuggest(threads, folder),
  tiles: () => benchTiles(folder),
};
const wanted = process.argv.slice(2);
try {
  for (const [name, bench] of Object.entries(benches)) {
    if (wanted.length === 0 || wanted.includes(name)) await bench();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\nLargest resident memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
