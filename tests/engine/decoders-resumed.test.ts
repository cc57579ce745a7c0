import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JobEvent } from '../../src/contract/jobs.ts';
import { distill } from '../../src/engine/jobs/distill.ts';
import { weightFiles } from '../../src/engine/models/export-files.ts';
import { outlineFolder, outlineRequest, writePair } from './outlined-folder.ts';
import { watch } from './support.ts';

const decoderSteps = 12;
/** Steps of all three decoders, and half as many for the student's adapters. */
const total = 3 * decoderSteps + decoderSteps / 2;

/** Returns the completed steps of decoders, in order. */
function stepsOf(events: readonly JobEvent[]): number[] {
  return events.flatMap((event) =>
    event.type === 'progress' && event.phase === 'decoder' && event.done > 0 ? [event.done] : [],
  );
}

describe('a run that is stopped while its decoders are trained', async () => {
  const folder = await outlineFolder();
  const ask = (out: string) =>
    outlineRequest(folder, { out: join(folder, out), steps: 2, decoderSteps, adapt: true });
  const weightsOf = (out: string): Promise<Buffer> =>
    readFile(join(folder, out, weightFiles.decoder));
  /** Stops in the second decoder. */
  const stop = async (out: string): Promise<void> => {
    const context = watch(decoderSteps + 4, 'decoder');
    await expect(distill(ask(out), context)).rejects.toMatchObject({ code: 'cancelled' });
  };

  beforeAll(async () => {
    await distill(ask('whole'), watch());
  });

  it('continues after the last finished decoder, to the same bits', async () => {
    await stop('parts');
    expect(await readdir(join(folder, 'parts'))).toContain('decoders.safetensors');
    const context = watch();
    await distill({ ...ask('parts'), resume: true }, context);
    const expected = Array.from({ length: total - decoderSteps + 1 }, (_, at) => decoderSteps + at);
    expect(stepsOf(context.events)).toEqual(expected);
    expect(Buffer.compare(await weightsOf('parts'), await weightsOf('whole'))).toBe(0);
    const left = await readdir(join(folder, 'parts'));
    expect(left.filter((name) => !/^(?:student|copy)\./.test(name))).toEqual(['summary.json']);
  });

  it('does not reuse a damaged decoder', async () => {
    await stop('damaged');
    await writeFile(join(folder, 'damaged', 'decoders.safetensors'), 'not a decoder');
    const context = watch();
    await distill({ ...ask('damaged'), resume: true }, context);
    expect(stepsOf(context.events)).toHaveLength(total);
    expect(Buffer.compare(await weightsOf('damaged'), await weightsOf('whole'))).toBe(0);
  });

  it('does not reuse a decoder that was trained on other masks', async () => {
    await stop('changed');
    const drawing = { width: 30, height: 40, seed: 100 };
    await writePair(join(folder, 'train'), '00.png', { ...drawing, isEmpty: true });
    await writePair(join(folder, 'drawn'), '00.png', drawing);
    // The image is unchanged; its mask is now empty.
    const image = await readFile(join(folder, 'drawn', 'images', '00.png'));
    await writeFile(join(folder, 'train', 'images', '00.png'), image);
    const context = watch();
    await distill({ ...ask('changed'), resume: true }, context);
    expect(stepsOf(context.events)).toHaveLength(total);
    expect(Buffer.compare(await weightsOf('changed'), await weightsOf('whole'))).not.toBe(0);
  });
});
