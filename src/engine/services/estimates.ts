import { cpus } from 'node:os';
import type { ProjectSettings, StudentEstimate } from '../../contract/app.ts';
import { parameterCount, tokenCount } from '../../core/vit/architecture.ts';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import { keptBlocks } from '../../core/vit/copy.ts';
import { startOf, tokensToFit } from '../fitting.ts';
import { timeOf } from '../speed.ts';
import type { MachineSpeed } from '../speed.ts';

/** Which machine a measurement is of. */
export function machineKey(rank: number): string {
  const [first] = cpus();
  return `${first?.model ?? process.arch} × ${cpus().length}, rank ${rank}`;
}

/** Seconds for what comes before and after the steps: reading, heads, timing, export. */
const besides = 8;

/**
 * A student for every skip factor that keeps another number of blocks.
 *
 * @param images that are distilled on
 */
export function estimateStudents(
  architecture: VitArchitecture,
  speed: MachineSpeed,
  { steps, batch, views, start }: ProjectSettings,
  images: number,
): StudentEstimate[] {
  const { depth } = architecture;
  const estimates: StudentEstimate[] = [];
  for (let skip = 1; skip <= depth; skip++) {
    const blocks = [...keptBlocks(depth, skip)];
    if (blocks.length === estimates.at(-1)?.blocks.length) continue;
    const parameters = parameterCount({ ...architecture, depth: blocks.length });
    const samples = steps * batch;
    const newViews = Math.min(samples, images * views);
    const isFitted = startOf(start, depth, blocks.length) === 'fitted';
    const fitted = isFitted ? fitSamples(architecture, newViews) * blocks.length : 0;
    const seconds =
      samples * timeOf(speed.step, blocks.length) +
      // Fitting a block runs the teacher and the student up to it: half of each on average.
      (newViews + fitted) * speed.target +
      besides;
    estimates.push({
      skip,
      blocks,
      parameters,
      bytes: 4 * parameters,
      speedUp: timeOf(speed.inference, depth) / timeOf(speed.inference, blocks.length),
      seconds,
    });
  }
  return estimates;
}

/** Views that fitting one block looks at; see engine/fitting. */
function fitSamples(architecture: VitArchitecture, views: number): number {
  return Math.min(views, tokensToFit / tokenCount(architecture));
}
