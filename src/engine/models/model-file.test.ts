import process from 'node:process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelCard } from '../../contract/model-card.ts';
import { cardFacts } from '../../contract/testing/model-cards.ts';
import { intervalOf } from '../../contract/testing/results.ts';
import * as g from '../../core/graph/build.ts';
import { emitOnnx } from '../../core/onnx/emit.ts';
import { cardKey, readCard } from './model-file.ts';

const quality = intervalOf(0.5);
const sound = {
  ...cardFacts,
  classes: ['benign', 'malignant'],
  task: 'single',
  metrics: { teacher: quality, copy: quality, student: quality, images: 3 },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-card-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileWith(metadata: ReadonlyMap<string, string>): Promise<string> {
  const graph = { name: 'm', outputs: new Map([['y', g.abs(g.input('x', [1]))]]) };
  const path = join(folder, 'student.onnx');
  await writeFile(path, emitOnnx(graph, { metadata }).model);
  return path;
}

describe('card of an exported model', () => {
  it('is read back unchanged', async () => {
    const path = await fileWith(new Map([[cardKey, JSON.stringify(sound)]]));
    expect(await readCard(path)).toEqual(modelCard.parse(sound));
  });

  it.each<[string, string, RegExp]>([
    ['cut short', JSON.stringify(sound).slice(0, -40), /the card in this file .* is damaged/],
    ['empty', '', /the card in this file .* is damaged/],
    ['without classes', JSON.stringify({ ...sound, classes: [] }), /is damaged or was changed/],
    [
      'with two classes of one name',
      JSON.stringify({ ...sound, classes: ['benign', 'benign'] }),
      /is damaged or was changed/,
    ],
    [
      'of a newer version, with other fields',
      JSON.stringify({ format: 2, labels: sound.classes }),
      /was exported by a newer version of Understudy \(its card has format 2\)/,
    ],
    ['of a format that never was', JSON.stringify({ ...sound, format: 0 }), /is damaged/],
  ])('%s is refused', async (_, card, message) => {
    await expect(readCard(await fileWith(new Map([[cardKey, card]])))).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(message) as string,
    });
  });

  it('is absent from models of other programs', async () => {
    const path = await fileWith(new Map([['author', 'another program']]));
    await expect(readCard(path)).rejects.toThrow('not a model exported by Understudy');
  });

  it.skipIf(process.platform === 'win32')(
    'that is a device is refused before it is read',
    async () => {
      await expect(readCard('/dev/zero')).rejects.toThrow('/dev/zero is not a file.');
    },
  );
});
