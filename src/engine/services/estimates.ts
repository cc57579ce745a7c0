import { cpus } from 'node:os';
import type { ProjectSettings, StudentEstimate } from '../../contract/app.ts';
import { workingSides } from '../../core/distill/views.ts';
import { parameterCount, tokenCount } from '../../core/vit/architecture.ts';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import { keptBlocks } from '../../core/vit/copy.ts';
import { timingRounds } from '../comparison.ts';
import { parityImages } from '../export-classifier.ts';
import { startOf, tokensToFit } from '../fitting.ts';
import { timeShare } from '../glimpses.ts';
import { inferenceBatch } from '../inference.ts';
import { rasterBudget, targetBudget } from '../memory-budget.ts';
import { timeOf } from '../speed.ts';
import type { MachineSpeed } from '../speed.ts';
import { entryBytes, targetMisses } from '../target-cache.ts';

/** Which machine a measurement is of. */
export function machineKey(rank: number): string {
  const [first] = cpus();
  return `${first?.model ?? process.arch} × ${cpus().length}, rank ${rank}`;
}

/** What is to be distilled on, and with what. */
export interface Workload {
  /** Images that are distilled on. */
  readonly images: number;
  /** Of them, those that heads learn from. */
  readonly labelled: number;
  /** Held out, to measure on. */
  readonly tested: number;
  readonly classes: number;
  /** Of one image, on average, px. */
  readonly pixels: number;
  /** Free memory, bytes. */
  readonly memory: number;
}

/*
 * What is not measured but was once, on two cores of a server: rough, and little beside the training.
 * Seconds.
 */
/** Processes, and opening what was found. */
const opening = 2;
/** Reading weights, building graphs and writing files, a parameter of the teacher. */
const preparing = 2e-7;
/** Reading a file; decoding and shrinking it, a pixel. */
const reading = { file: 4e-4, pixel: 1.2e-8 };
/** Teaching a head, an image, feature and class. */
const teaching = 5e-7;

/** A student for every skip factor that keeps another number of blocks. */
export function estimateStudents(
  architecture: VitArchitecture,
  speed: MachineSpeed,
  settings: ProjectSettings,
  workload: Workload,
): StudentEstimate[] {
  const { depth } = architecture;
  const estimates: StudentEstimate[] = [];
  for (let skip = 1; skip <= depth; skip++) {
    const blocks = [...keptBlocks(depth, skip)];
    if (blocks.length === estimates.at(-1)?.blocks.length) continue;
    const parameters = parameterCount({ ...architecture, depth: blocks.length });
    estimates.push({
      skip,
      blocks,
      parameters,
      bytes: 4 * parameters,
      speedUp: timeOf(speed.inference, depth) / timeOf(speed.inference, blocks.length),
      seconds:
        trainingTime(architecture, speed, settings, workload, blocks.length) +
        timeBesides(architecture, speed, workload, blocks.length),
    });
  }
  return estimates;
}

/** Seconds for the steps, and for fitting where that comes before them. */
function trainingTime(
  architecture: VitArchitecture,
  speed: MachineSpeed,
  { steps, batch, views, start }: ProjectSettings,
  workload: Workload,
  kept: number,
): number {
  const samples = steps * batch;
  const all = workload.images * views;
  const room = Math.floor(targetBudget(workload.memory) / entryBytes(architecture));
  const view = speed.view + rereadShare(architecture, workload) * readTime(workload);
  const newViews = targetMisses(samples, all, room);
  const isFitted = startOf(start, architecture.depth, kept) === 'fitted';
  const fitted = isFitted ? fitSamples(architecture, Math.min(samples, all)) * kept : 0;
  return (
    (1 + timeShare) * samples * timeOf(speed.step, kept) +
    // Fitting a block runs the teacher and the student up to it: half of each on average.
    (newViews + fitted) * (speed.target + view)
  );
}

/** Seconds for what comes before and after: reading, heads, timing, files. */
function timeBesides(
  architecture: VitArchitecture,
  { inference }: MachineSpeed,
  workload: Workload,
  kept: number,
): number {
  const { images, labelled, tested, classes } = workload;
  const student = timeOf(inference, kept);
  // Teacher, copy and student side by side.
  const three = timeOf(inference, architecture.depth) + 2 * student;
  return (
    opening +
    preparing * parameterCount(architecture) +
    images * readTime(workload) +
    (labelled + tested) * (readTime(workload) + three) +
    3 * labelled * architecture.width * classes * teaching +
    timingRounds * inferenceBatch * three +
    // The live student, and each of its three files.
    4 * Math.min(parityImages, tested) * student
  );
}

function readTime({ pixels }: Workload): number {
  return reading.file + pixels * reading.pixel;
}

/** Share of the images that find no room decoded, and are read again for each new view, [0, 1]. */
function rereadShare({ imageSize }: VitArchitecture, { images, pixels, memory }: Workload): number {
  const bytes = 3 * Math.min(pixels, (workingSides * imageSize) ** 2) * images;
  return bytes === 0 ? 0 : Math.max(0, 1 - rasterBudget(memory) / bytes);
}

/** Views that fitting one block looks at; see engine/fitting. */
function fitSamples(architecture: VitArchitecture, views: number): number {
  return Math.min(views, tokensToFit / tokenCount(architecture));
}
