import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { drawSample } from '../../src/core/sample/draw.ts';
import { sampleSets } from '../../src/core/sample/sets.ts';

/** Side of the generated images, px. */
export const cellSide = sampleSets.cells.side;

/**
 * Writes generated blood cells into `images`, masks of the first of them into `masks`, and the names of their
 * classes.
 *
 * @param masks number of images with a mask
 */
export async function writeCells(folder: string, images: number, masks: number): Promise<void> {
  const { classes, maskClasses } = sampleSets.cells;
  for (const name of ['images', 'masks']) await mkdir(join(folder, name), { recursive: true });
  const raw = { width: cellSide, height: cellSide } as const;
  for (let index = 0; index < images; index++) {
    const kind = classes[index % classes.length]?.name ?? '';
    const { image, mask } = drawSample('cells', kind, index, 5);
    const file = `cell_${String(index + 1).padStart(2, '0')}.png`;
    await sharp(image.data, { raw: { ...raw, channels: 3 } })
      .png()
      .toFile(join(folder, 'images', file));
    if (index >= masks) continue;
    await sharp(mask.data, { raw: { ...raw, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toFile(join(folder, 'masks', file));
  }
  const names = ['background', ...maskClasses.slice(1).map(({ name }) => name)];
  await writeFile(join(folder, 'classes.txt'), `${names.join('\n')}\n`);
}
