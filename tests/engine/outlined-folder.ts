import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DistillRequest } from '../../src/contract/jobs.ts';
import { Random } from '../../src/core/random.ts';
import { writePng } from '../../src/formats/images.ts';
import { temporaryFolder, tinyRequest, writeText, writeTinyTeacher } from './support.ts';

interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly seed: number;
  /** A mask without regions. */
  readonly isEmpty?: boolean;
}

/** Returns a red and a green square on noise, with their mask: 1 and 2. */
function drawPair({ width, height, seed, isEmpty = false }: Drawing) {
  const random = new Random(seed, 0xd0a);
  const data = Uint8Array.from({ length: width * height * 3 }, () => random.integer(90));
  const mask = new Uint8Array(width * height);
  if (isEmpty) return { data, mask };
  for (const value of [1, 2]) {
    const side = 8 + random.integer(6);
    const [left, top] = [random.integer(width - side), random.integer(height - side)];
    for (let y = top; y < top + side; y++) {
      for (let x = left; x < left + side; x++) {
        mask[y * width + x] = value;
        const at = 3 * (y * width + x);
        data.fill(random.integer(60), at, at + 3);
        data[at + value - 1] = 200 + random.integer(55);
      }
    }
  }
  return { data, mask };
}

export async function writePair(folder: string, name: string, drawing: Drawing): Promise<void> {
  const { width, height } = drawing;
  const { data, mask } = drawPair(drawing);
  const [image, label] = [join(folder, 'images', name), join(folder, 'masks', name)];
  for (const path of [image, label]) await mkdir(dirname(path), { recursive: true });
  await writePng(image, { width, height, channels: 3, data });
  await writePng(label, { width, height, channels: 1, data: mask });
}

/** Writes images and masks below `images` and `masks`. */
export async function writePairs(folder: string, count: number, seed: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const [width, height] = [30 + (index % 3) * 5, 40 - (index % 4)];
    const drawing = { width, height, seed: 100 * seed + index };
    await writePair(folder, `${String(index).padStart(2, '0')}.png`, drawing);
  }
}

const listed = 'background\nred square\ngreen square\n';

/** Returns a short job on them. */
export function outlineRequest(folder: string, more: Partial<DistillRequest> = {}): DistillRequest {
  return tinyRequest(folder, {
    ...{ task: 'segmentation', labels: 'masks', orientation: 'overhead', imageSize: 32 },
    ...{ images: join(folder, 'train', 'images'), test: join(folder, 'test', 'images') },
    ...{ steps: 6, decoderSteps: 60 },
    ...more,
  });
}

/** Creates a folder with a teacher, and images and masks for training and testing. */
export async function outlineFolder({ train, test } = { train: 10, test: 5 }): Promise<string> {
  const folder = await temporaryFolder();
  await writeTinyTeacher(join(folder, 'teacher.safetensors'));
  await writePairs(join(folder, 'train'), train, 1);
  await writePairs(join(folder, 'test'), test, 2);
  await writeText(join(folder, 'classes.txt'), listed);
  return folder;
}
