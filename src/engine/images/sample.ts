import { join, resolve } from 'node:path';
import type { SampleRequest, SampleSummary } from '../../contract/jobs.ts';
import { drawSample } from '../../core/sample/draw.ts';
import { sampleSets } from '../../core/sample/sets.ts';
import { makeFolder } from '../../formats/files/make-folder.ts';
import { writePng } from '../../formats/images.ts';
import { writeFileAtomically } from '../../formats/files/write-file.ts';
import { breathe, PhaseProgress, throwIfCancelled } from '../job.ts';
import type { JobContext } from '../job.ts';

/** Request with the layout optional; class folders by default. */
type WantedSample = Omit<SampleRequest, 'layout'> & Partial<Pick<SampleRequest, 'layout'>>;

/**
 * Generates a sample set in a folder, with `labelmap.txt` (mask classes and their colours). Layout `classes`:
 * `train/<class>/` and `test/<class>/` as class folders, with masks of the same names under `masks/` (one grey level
 * per class). Layout `masks`: `train/images/` and `train/masks/`, likewise for `test`.
 *
 * @param within existing ancestor folder; missing folders below it are created
 */
export async function writeSample(
  { set, out, layout = 'classes', perClass, seed }: WantedSample,
  context: JobContext,
  within?: string,
): Promise<SampleSummary> {
  const folder = resolve(out);
  const { classes, maskClasses } = sampleSets[set];
  const progress = new PhaseProgress(context, 'sample', 2 * perClass * classes.length);
  let done = 0;
  for (const [position, split] of (['train', 'test'] as const).entries()) {
    for (const { name } of classes) {
      const places =
        layout === 'masks'
          ? ([join(folder, split, 'images'), join(folder, split, 'masks')] as const)
          : ([join(folder, split, name), join(folder, 'masks', split, name)] as const);
      for (const place of places) {
        await makeFolder(place, within);
      }
      for (let index = 0; index < perClass; index++) {
        throwIfCancelled(context);
        const { image, mask } = drawSample(set, name, position * perClass + index, seed);
        const file = `${name}_${String(index + 1).padStart(4, '0')}.png`;
        // Not flushed to the disk: it can be generated again.
        await writePng(join(places[0], file), image, { durable: false });
        await writePng(join(places[1], file), mask, { durable: false });
        progress.advance(++done);
        await breathe();
      }
    }
  }
  const lines = maskClasses.map(({ name, colour }) => `${name}:${channels(colour).join()}::\n`);
  await writeFileAtomically(
    join(folder, 'labelmap.txt'),
    new TextEncoder().encode(`# label:color_rgb:parts:actions\n${lines.join('')}`),
  );
  return { folder, images: done };
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}
