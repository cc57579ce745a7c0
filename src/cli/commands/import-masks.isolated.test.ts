import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pngFile } from '../../formats/testing/image-fixtures.ts';
import { engine } from '../engine.ts';
import { runTest } from '../testing/test-environment.ts';

let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-cli-masks-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('masks without names', () => {
  const nuclei = async (name: string, values: readonly number[]): Promise<string[]> => {
    const square = { width: 2, height: 2, channels: 1, bits: 8 } as const;
    await mkdir(at(name, 'images'), { recursive: true });
    await mkdir(at(name, 'masks'));
    await writeFile(at(name, 'images', 'a.png'), pngFile({ ...square, values: [9, 8, 7, 6] }));
    await writeFile(at(name, 'masks', 'a.png'), pngFile({ ...square, values }));
    return [
      ...['import', at(name), '--workspace', at('workspace'), '--project', name],
      ...['--task', 'segmentation', '--masks', 'found', '--new-classes'],
    ];
  };

  it('masks of 0 and 255 are imported as one class, by the command of the guide', async () => {
    const { exitCode, stdout, stderr } = await runTest(await nuclei('binary', [0, 0, 0, 255]), {
      engine,
    });
    expect([exitCode, stderr.text]).toEqual([0, expect.not.stringContaining('not clear')]);
    expect(stdout.text).toMatch(/^With masks +1 image$/m);
    expect(stdout.text).toMatch(/^0 +background +75\.0 %$/m);
    expect(stdout.text).toMatch(/^255 +object +25\.0 %$/m);
  });

  it('masks in their own folder do not change the exit code without --masks', async () => {
    const words = (await nuclei('unasked', [0, 0, 0, 255])).filter(
      (word) => !['--masks', 'found', '--new-classes'].includes(word),
    );
    const { exitCode, stdout, stderr } = await runTest([...words, '--json'], { engine });
    expect([exitCode, stderr.text]).toEqual([0, '']);
    expect(JSON.parse(stdout.text)).toMatchObject({
      skipped: [{ path: at('unasked', 'masks'), isFolder: true, isExpected: true }],
    });
    const again = await runTest(words, { engine });
    expect(again.stderr.text).toContain('1 folder left out:');
  });

  it('masks that images already have are kept and do not change the exit code', async () => {
    const words = await nuclei('twice', [0, 0, 0, 255]);
    for (const exitCode of [0, 0]) {
      expect((await runTest(words, { engine })).exitCode).toBe(exitCode);
    }
  });

  it('masks next to their images are reported, and imported with --masks found', async () => {
    const noise = Array.from({ length: 256 }, (_, at) => at);
    const large = { width: 16, height: 16, channels: 1, bits: 8 } as const;
    await mkdir(at('mixed'));
    await writeFile(at('mixed', 'a.png'), pngFile({ ...large, values: noise }));
    const values = noise.map((at) => (at < 64 ? 255 : 0));
    await writeFile(at('mixed', 'a_mask.png'), pngFile({ ...large, values }));
    const args = (project: string): string[] => [
      ...['import', at('mixed'), '--workspace', at('workspace'), '--project', project],
    ];
    const plain = await runTest(args('Both'), { engine });
    expect(plain.stdout.text).toMatch(
      /^Look like masks +1 image; .*, use --task segmentation --masks found$/m,
    );
    const asked = await runTest(
      [...args('Parted'), '--task', 'segmentation', '--masks', 'found', '--new-classes'],
      { engine },
    );
    expect([asked.exitCode, asked.stdout.text]).toEqual([
      0,
      expect.stringMatching(/^Added +1 image$[^]*^With masks +1 image$/m),
    ]);
  });

  it('masks of 0, 128 and 255 are refused until --class states what 255 means', async () => {
    const args = await nuclei('three', [0, 0, 128, 255]);
    const { exitCode, stderr } = await runTest(args, { engine });
    expect(exitCode).toBe(2);
    expect(stderr.text).toContain(
      'The masks have these values, with their shares of the pixels: 0 (50.0 %), 128 (25.0 %), 255 (25.0 %).',
    );
    expect(stderr.text).toContain('--class 255=ignore');
    const named = await runTest([...args, '--class', '255=nucleus'], { engine });
    expect([named.exitCode, named.stderr.text]).toEqual([0, expect.any(String)]);
    expect(named.stdout.text).toMatch(/^128 +class 128 +25\.0 %$/m);
    expect(named.stdout.text).toMatch(/^255 +nucleus +25\.0 %$/m);
    const ignored = await runTest([...args, '--class', '255=ignore', '--json'], { engine });
    expect(JSON.parse(ignored.stdout.text)).toMatchObject({
      maskValues: [
        { value: '0', share: 0.5, becomes: 'background' },
        { value: '128', share: 0.25, becomes: 'class 128' },
        { value: '255', share: 0.25, becomes: 'ignored' },
      ],
    });
  });
});
