import type { ProjectSettings, StudentEstimate } from '../../contract/app.ts';
import { fitsCopy, learningOnSteps } from '../../contract/jobs.ts';
import { channelsOf, colourChannels, preparationOf } from '../../core/image/preparation.ts';
import { decoderMemory, trainingMemory } from '../../core/distill/memory.ts';
import { workingSides } from '../../core/distill/views.ts';
import { parameterCount, tokenCount } from '../../core/vit/architecture.ts';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import { keptBlocks } from '../../core/vit/copy.ts';
import { processorKey } from '../devices/processor-name.ts';
import { timingRounds } from '../comparison.ts';
import { parityImages } from '../export-classifier.ts';
import { tokensToFit } from '../fitting.ts';
import { timeShare } from '../glimpses.ts';
import { inferenceBatch } from '../inference.ts';
import { rasterBudget, targetBudget } from '../memory-budget.ts';
import { timeOf } from '../speed.ts';
import type { MachineSpeed, SpeedRequest } from '../speed.ts';
import { cropsOfStep, differentCrops } from '../segmentation/compare-decoders.ts';
import { tilesAtOnce } from '../segmentation/tile-model.ts';
import { entryBytes, targetMisses } from '../target-cache.ts';

/**
 * Which machine a measurement is of.
 *
 * @param gpu what computes where that is not the processor
 */
export function machineKey(
  { rank, imageSize, preparation, outlines, device = 'cpu' }: Omit<SpeedRequest, 'teacher'>,
  gpu = '',
): string {
  const machine = `${device === 'cpu' ? processorKey() : `${device}, ${gpu}`}, rank ${rank}`;
  const side = imageSize === undefined ? '' : `, ${imageSize} px`;
  const channels = preparation ? channelsOf(preparationOf(preparation)) : colourChannels;
  const seen = channels === colourChannels ? '' : `, ${channels} channels`;
  return `${machine}${side}${seen}${outlines === true ? ', outlines' : ''}`;
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
  /** Images that go through a training step at a time. */
  readonly atOnce: number;
  /** Whether regions are outlined. */
  readonly outlines: boolean;
}

/*
 * What is not measured but was once, on two cores of a server: rough, and little beside the training.
 * Seconds.
 */
/** Processes, and opening what was found. */
const opening = 2;
/** Reading weights, building graphs and writing files, a parameter of the teacher. */
const preparing = 2e-7;
/** Reading a file; decoding and shrinking it, a pixel of three channels. */
const reading = { file: 4e-4, pixel: 1.2e-8 };
/** Teaching a head, an image, feature and class. */
const teaching = 5e-7;

/**
 * A student for every skip factor that keeps another number of blocks.
 *
 * @param architecture the teacher's, with the side and the channels of its input
 * @param speed with as many channels
 */
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
    // The same for all.
    const decoder = workload.outlines ? (speed.decoder?.inference ?? 0) : 0;
    estimates.push({
      skip,
      blocks,
      parameters,
      bytes: 4 * parameters,
      speedUp:
        (timeOf(speed.inference, depth) + decoder) /
        (timeOf(speed.inference, blocks.length) + decoder),
      seconds:
        trainingTime(architecture, speed, settings, workload, blocks.length) +
        openingTime(architecture, workload) +
        (workload.outlines
          ? outliningTime(architecture, speed, settings, workload, blocks.length)
          : headsTime(architecture, speed, workload, blocks.length)),
      memoryNeeded: memoryNeeded(architecture, blocks.length, workload),
    });
  }
  return estimates;
}

/** Bytes that a run needs at its peak, roughly. */
export function memoryNeeded(
  architecture: VitArchitecture,
  blocks: number,
  { atOnce, outlines, classes }: Pick<Workload, 'atOnce' | 'outlines' | 'classes'>,
): number {
  const decoder = outlines ? atOnce * decoderMemory(architecture, classes + 1) : 0;
  return Math.round(trainingMemory(architecture, blocks, atOnce) + decoder);
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
  const view = speed.view + rereadShare(architecture, workload) * readTime(architecture, workload);
  const newViews = targetMisses(samples, all, room);
  const isFitted = fitsCopy(start) && kept < architecture.depth;
  const fitted = isFitted ? fitSamples(architecture, Math.min(samples, all)) * kept : 0;
  return (
    (1 + timeShare) * samples * timeOf(speed.step, kept) +
    // Fitting a block runs the teacher and the student up to it: half of each on average.
    (newViews + fitted) * (speed.target + view)
  );
}

function openingTime(architecture: VitArchitecture, workload: Workload): number {
  return (
    opening +
    preparing * parameterCount(architecture) +
    workload.images * readTime(architecture, workload)
  );
}

/** Seconds for heads, timing, files. */
function headsTime(
  architecture: VitArchitecture,
  { inference }: MachineSpeed,
  workload: Workload,
  kept: number,
): number {
  const { labelled, tested, classes } = workload;
  const student = timeOf(inference, kept);
  // Teacher, copy and student side by side.
  const three = timeOf(inference, architecture.depth) + 2 * student;
  return (
    (labelled + tested) * (readTime(architecture, workload) + three) +
    3 * labelled * architecture.width * classes * teaching +
    timingRounds * inferenceBatch * three +
    // The live student, and each of its three files.
    4 * Math.min(parityImages, tested) * student
  );
}

/** Seconds for three decoders, their measures on test images, timing and files. */
function outliningTime(
  { depth, imageSize }: VitArchitecture,
  { step, inference, decoder = { step: 0, inference: 0 } }: MachineSpeed,
  { decoderSteps, adapt, overlap }: ProjectSettings,
  { tested, pixels }: Workload,
  kept: number,
): number {
  const crops = decoderSteps * cropsOfStep;
  // What a frozen encoder sees in a crop is computed once.
  const different = Math.min(differentCrops, crops);
  const [teacher, student] = [timeOf(inference, depth), timeOf(inference, kept)];
  const seeing = different * (teacher + 2 * student);
  const learningOn = adapt ? cropsOfStep * learningOnSteps(decoderSteps) : 0;
  const three = teacher + 2 * student + 3 * decoder.inference;
  const tiles = tested * Math.max(1, pixels / (imageSize * (1 - overlap)) ** 2);
  return (
    seeing +
    learningOn * timeOf(step, kept) +
    (3 * crops + learningOn) * decoder.step +
    (tiles + timingRounds * tilesAtOnce) * three +
    // The live student, and each of its three files.
    4 * tilesAtOnce * (student + decoder.inference)
  );
}

function readTime({ channels }: VitArchitecture, { pixels }: Workload): number {
  return reading.file + (channels / colourChannels) * pixels * reading.pixel;
}

/** Share of the images that find no room decoded, and are read again for each new view, [0, 1]. */
function rereadShare(
  { imageSize, channels }: VitArchitecture,
  { images, pixels, memory, outlines }: Workload,
): number {
  // Outlined images stay as they are, with where there is nothing.
  const each = outlines
    ? (channels + 1) * pixels
    : channels * Math.min(pixels, (workingSides * imageSize) ** 2);
  const bytes = each * images;
  return bytes === 0 ? 0 : Math.max(0, 1 - rasterBudget(memory) / bytes);
}

/** Views that fitting one block looks at; see engine/fitting. */
function fitSamples(architecture: VitArchitecture, views: number): number {
  return Math.min(views, tokensToFit / tokenCount(architecture));
}
