import { chmod, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateRequest } from '../../src/contract/jobs.ts';
import type { DistillRequest } from '../../src/contract/jobs.ts';
import { distill } from '../../src/engine/jobs/distill.ts';
import { evaluateModel } from '../../src/engine/jobs/evaluate.ts';
import { inspectTeacher } from '../../src/engine/teachers/teacher.ts';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors/safetensors.ts';
import {
  temporaryFolder,
  tinyRequest,
  watch,
  writeImages,
  writeText,
  writeTinyTeacher,
} from './support.ts';

describe('bad input', async () => {
  const folder = await temporaryFolder();
  const at = (...parts: string[]): string => join(folder, ...parts);

  beforeAll(async () => {
    await writeTinyTeacher(at('teacher.safetensors'));
    await writeImages(at('train'), 4, 1);
    await writeImages(at('test'), 3, 2);
    await mkdir(at('empty'));
    await writeImages(at('one-class', 'red'), 2, 1);
    await writeImages(at('strange'), 2, 1);
    await writeText(at('strange', 'yellow', '0.png'), '');
    await writeFile(at('not-safetensors.safetensors'), 'PK');
    await writeFile(at('cut.safetensors'), await readFile(at('teacher.safetensors')));
    await truncate(at('cut.safetensors'), 5000);
    const { tensors } = await readSafetensors(at('teacher.safetensors'));
    const write = (name: string, change: (weights: typeof tensors) => void): Promise<void> => {
      const weights = new Map(tensors);
      change(weights);
      return writeSafetensors(at(name), weights, { dtype: 'F32' });
    };
    await write('no-norm.safetensors', (weights) => weights.delete('blocks.1.norm2.weight'));
    await write('no-vit.safetensors', (weights) => {
      for (const name of tensors.keys()) if (name.startsWith('blocks')) weights.delete(name);
    });
    await write('shape.safetensors', (weights) =>
      weights.set('blocks.2.mlp.fc2.bias', { shape: [3], data: new Float32Array(3) }),
    );
    const whole = await readFile(at('teacher.safetensors'), 'latin1');
    const integers = whole.replace(/("norm\.bias":\{"dtype":")F32/, '$1I32');
    await writeFile(at('integers.safetensors'), integers, 'latin1');
    await writeText(at('unknown.csv'), 'path,label\nnowhere/1.png,red\n');
    await writeText(at('several.csv'), 'path,label\nred/0.png,red|blue\nblue/0.png,blue\n');
    await writeText(
      at('split.csv'),
      'path,label,split\nred/0.png,red,testing\nblue/0.png,blue,train\n',
    );
    await writeText(
      at('groups.csv'),
      'path,label,split,group\nred/0.png,red,test,a\nred/1.png,red,train,a\nblue/0.png,blue,train,b\n',
    );
    await writeText(
      at('held-out.csv'),
      'path,label,group\nred/0.png,red,a\nred/1.png,red,a\nblue/0.png,blue,b\nblue/1.png,blue,b\n',
    );
    const all = ['red', 'blue'].flatMap((name) => [0, 1, 2, 3].map((i) => `${name}/${i}.png,x\n`));
    await writeText(at('same.csv'), `path,label\n${all.join('')}`);
    await writeText(at('columns.csv'), 'file,class\nred/0.png,red\n');
  });

  const cases: readonly [string, Partial<DistillRequest>, string, RegExp][] = [
    ['a missing teacher', { teacher: at('none.safetensors') }, 'not-found', /none\.safetensors/],
    [
      'a file that is no checkpoint',
      { teacher: at('not-safetensors.safetensors') },
      'unsupported',
      /not-safetensors/,
    ],
    ['a truncated checkpoint', { teacher: at('cut.safetensors') }, 'invalid-file', /cut\.safet/],
    [
      'a checkpoint with a missing weight',
      { teacher: at('no-norm.safetensors') },
      'invalid-file',
      /blocks\.1\.norm2\.weight/,
    ],
    [
      'a checkpoint that is no transformer',
      { teacher: at('no-vit.safetensors') },
      'unsupported',
      /not a supported vision transformer\. The file begins with/,
    ],
    [
      'a weight of the wrong shape',
      { teacher: at('shape.safetensors') },
      'invalid-file',
      /fc2\.bias has shape \(3\)/,
    ],
    ['a missing folder', { images: at('nowhere') }, 'not-found', /nowhere/],
    ['a folder without images', { images: at('empty') }, 'no-images', /empty/],
    ['images of one class', { images: at('one-class') }, 'invalid-labels', /two classes/],
    ['a class with fewer images than asked for', { perClass: 5 }, 'invalid-labels', /"blue" has 4/],
    ['a skip factor above the depth', { skip: 5 }, 'invalid-option', /from 1 to 4.*not 5/],
    ['a block that is not there', { blocks: [0, 4] }, 'invalid-option', /0 to 3.*0,4/],
    [
      'an image size off the patch grid',
      { imageSize: 20 },
      'invalid-option',
      /8 px, .*; 20 is not/,
    ],
    [
      'a test class that was not learnt',
      { test: at('strange') },
      'invalid-labels',
      /yellow.*not a class/,
    ],
    ['a label file that is not there', { labels: 'none.csv' }, 'not-found', /none\.csv/],
    [
      'a label file without its columns',
      { labels: at('columns.csv') },
      'invalid-labels',
      /columns\.csv/,
    ],
    [
      'a label file without any image',
      { labels: at('unknown.csv') },
      'invalid-labels',
      /unknown\.csv/,
    ],
    [
      'several labels where one is asked for',
      { labels: at('several.csv'), task: 'single' },
      'invalid-labels',
      /several labels \(red, blue\)/,
    ],
    [
      'a class that would be held out as a whole',
      { labels: at('held-out.csv') },
      'invalid-labels',
      /The class "(?:red|blue)" has too few images, or groups/,
    ],
    [
      'several labels that are the same everywhere',
      { labels: at('same.csv'), task: 'several' },
      'invalid-labels',
      /same labels/,
    ],
    ['a split of another name', { labels: at('split.csv') }, 'invalid-labels', /is "testing"/],
    ['a group on both sides', { labels: at('groups.csv') }, 'invalid-labels', /group "a"/],
    [
      'an output that is a file',
      { out: at('teacher.safetensors') },
      'disk',
      /teacher\.safetensors/,
    ],
  ];

  it.each(cases)('%s: is reported in a sentence', async (_, change, code, message) => {
    const request = tinyRequest(folder, change);
    // A split or group in the table matters only without a test folder.
    if (change.labels?.endsWith('.csv') === true) delete request.test;
    await expect(distill(request, watch())).rejects.toMatchObject({
      name: 'UserError',
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it('an output folder that cannot be written is refused before any work', async () => {
    // Root may write anywhere, so the folder's parent is a file.
    await writeText(at('file'), '');
    await chmod(at('file'), 0o400);
    const context = watch();
    await expect(
      distill(tinyRequest(folder, { out: at('file', 'out') }), context),
    ).rejects.toMatchObject({ code: 'disk' });
    expect(context.events.filter(({ type }) => type === 'progress')).toEqual([]);
  });

  it('several labels in a test folder are refused if training images have one', async () => {
    await writeText(at('train', 'labels.csv'), 'path,label\nred/0.png,red\nblue/0.png,blue\n');
    await writeText(at('test', 'labels.csv'), 'path,label\nred/0.png,red|blue\n');
    const request = tinyRequest(folder, { labels: 'labels.csv', task: 'single' });
    await expect(distill(request, watch())).rejects.toThrow(/red.0\.png has several labels/);
  });

  it.each([
    ['no-norm', 'invalid-file', /blocks\.1\.norm2\.weight/],
    ['shape', 'invalid-file', /fc2\.bias has shape \(3\)/],
    ['integers', 'unsupported', /"norm\.bias" as I32/],
  ])('teacher inspect, %s: reports the same as distill', async (name, code, message) => {
    await expect(inspectTeacher(at(`${name}.safetensors`), {})).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it.each([
    ['text', 'no model'],
    ['nothing', ''],
  ])('a model file that contains %s is refused in a sentence', async (name, text) => {
    await writeText(at(`${name}.onnx`), text);
    const request = evaluateRequest.parse({ model: at(`${name}.onnx`), images: at('test') });
    await expect(evaluateModel(request, watch())).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(`${name}.onnx`) as string,
    });
  });
});
