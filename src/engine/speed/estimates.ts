import type { ProjectSettings, StudentEstimate } from '../../contract/app.ts';
import { fitsCopy, learningOnSteps } from '../../contract/jobs.ts';
import { channelsOf, colourChannels, preparationOf } from '../../core/image/preparation.ts';
import { decoderMemory, trainingMemory } from '../../core/distill/memory.ts';
import { workingSides } from '../../core/distill/views.ts';
import { parameterCount, tokenCount } from '../../core/vit/architecture.ts';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import { keptBlocks } from '../../core/vit/copy.ts';
import { processorKey } from '../devices/processor-name.ts';
import { timingRounds } from '../tasks/classification/comparison.ts';
import { parityImages } from '../tasks/classification/export-classifier.ts';
import { tokensToFit } from '../distill/fitting.ts';
import { timeShare } from '../distill/probes.ts';
import { inferenceBatch } from '../models/inference.ts';
import { rasterBudget, targetBudget } from '../devices/memory-budget.ts';
import { encoderTime } from './speed.ts';
import type { MachineSpeed, SpeedRequest } from './speed.ts';
import { cropsOfStep, differentCrops } from '../tasks/segmentation/compare-decoders.ts';
import { tilesAtOnce } from '../tasks/segmentation/predict/tile-model.ts';
import { entryBytes, targetMisses } from '../distill/target-cache.ts';

/**
 * Returns the key that identifies the computer and settings of a measurement.
 *
 * @param gpu name of the GPU, if the device is not the processor
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

/** Amount of data for a distillation, and its settings. */
export interface Workload {
  /** Number of images for distillation. */
  readonly images: number;
  /** Number of those that heads are trained on. */
  readonly labelled: number;
  /** Number of held-out images for evaluation. */
  readonly tested: number;
  readonly classes: number;
  /** Average number of pixels per image. */
  readonly pixels: number;
  /** Free memory, bytes. */
  readonly memory: number;
  /** Images per part of a training step. */
  readonly atOnce: number;
  /** True for segmentation. */
  readonly outlines: boolean;
}

/**
 * Constants measured once, on two cores of a server, in seconds; rough, and small compared with the training.
 */
/** Starting processes and opening files. */
const opening = 2;
/** Reading weights, building graphs and writing files, per parameter of the teacher. */
const preparing = 2e-7;
/** Reading a file; decoding and reducing it, per pixel of three channels. */
const reading = { file: 4e-4, pixel: 1.2e-8 };
/** Training a head, per image, feature and class. */
const headTraining = 5e-7;

/**
 * Estimates a student for each skip factor that keeps a different number of blocks.
 *
 * @param architecture architecture of the teacher, with the side and channels of its input
 * @param speed speed measured with the same number of channels
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
    // Equal for all students.
    const decoder = workload.outlines ? (speed.decoder?.inference ?? 0) : 0;
    estimates.push({
      skip,
      blocks,
      parameters,
      bytes: 4 * parameters,
      speedUp:
        (encoderTime(speed.inference, depth) + decoder) /
        (encoderTime(speed.inference, blocks.length) + decoder),
      seconds:
        trainingTime(architecture, speed, settings, workload, blocks.length) +
        openingTime(architecture, workload) +
        (workload.outlines
          ? segmentationTime(architecture, speed, settings, workload, blocks.length)
          : headsTime(architecture, speed, workload, blocks.length)),
      memoryNeeded: memoryNeeded(architecture, blocks.length, workload),
    });
  }
  return estimates;
}

/** Returns the approximate peak memory of a run, bytes. */
export function memoryNeeded(
  architecture: VitArchitecture,
  blocks: number,
  { atOnce, outlines, classes }: Pick<Workload, 'atOnce' | 'outlines' | 'classes'>,
): number {
  const decoder = outlines ? atOnce * decoderMemory(architecture, classes + 1) : 0;
  return Math.round(trainingMemory(architecture, blocks, atOnce) + decoder);
}

/** Seconds for the training steps, and for fitting if that precedes them. */
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
    (1 + timeShare) * samples * encoderTime(speed.step, kept) +
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

/** Seconds for heads, timing and files. */
function headsTime(
  architecture: VitArchitecture,
  { inference }: MachineSpeed,
  workload: Workload,
  kept: number,
): number {
  const { labelled, tested, classes } = workload;
  const student = encoderTime(inference, kept);
  // Teacher, untrained copy and student are compared.
  const three = encoderTime(inference, architecture.depth) + 2 * student;
  return (
    (labelled + tested) * (readTime(architecture, workload) + three) +
    3 * labelled * architecture.width * classes * headTraining +
    timingRounds * inferenceBatch * three +
    // The live student, and each of its three files.
    4 * Math.min(parityImages, tested) * student
  );
}

/** Seconds for training three decoders, measuring them on test images, timing and files. */
function segmentationTime(
  { depth, imageSize }: VitArchitecture,
  { step, inference, decoder = { step: 0, inference: 0 } }: MachineSpeed,
  { decoderSteps, adapt, overlap }: ProjectSettings,
  { tested, pixels }: Workload,
  kept: number,
): number {
  const crops = decoderSteps * cropsOfStep;
  // The output of a frozen encoder for a crop is computed once.
  const different = Math.min(differentCrops, crops);
  const [teacher, student] = [encoderTime(inference, depth), encoderTime(inference, kept)];
  const seeing = different * (teacher + 2 * student);
  const learningOn = adapt ? cropsOfStep * learningOnSteps(decoderSteps) : 0;
  const three = teacher + 2 * student + 3 * decoder.inference;
  const tiles = tested * Math.max(1, pixels / (imageSize * (1 - overlap)) ** 2);
  return (
    seeing +
    learningOn * encoderTime(step, kept) +
    (3 * crops + learningOn) * decoder.step +
    (tiles + timingRounds * tilesAtOnce) * three +
    // The live student, and each of its three files.
    4 * tilesAtOnce * (student + decoder.inference)
  );
}

function readTime({ channels }: VitArchitecture, { pixels }: Workload): number {
  return reading.file + (channels / colourChannels) * pixels * reading.pixel;
}

/**
 * Returns the share of the images that do not fit into memory decoded and are read again for each new view, [0, 1].
 */
function rereadShare(
  { imageSize, channels }: VitArchitecture,
  { images, pixels, memory, outlines }: Workload,
): number {
  // Images with masks keep their size, and have a nodata mask.
  const each = outlines
    ? (channels + 1) * pixels
    : channels * Math.min(pixels, (workingSides * imageSize) ** 2);
  const bytes = each * images;
  return bytes === 0 ? 0 : Math.max(0, 1 - rasterBudget(memory) / bytes);
}

/** Returns the number of views for fitting one block; see engine/distill/fitting. */
function fitSamples(architecture: VitArchitecture, views: number): number {
  return Math.min(views, tokensToFit / tokenCount(architecture));
}
