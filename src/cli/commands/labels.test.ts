import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pngFile } from '../../formats/testing/image-fixtures.ts';
import { turnedGeotiff } from '../../formats/masks/testing/geo-fixtures.ts';
import { projectOfFiles } from '../../engine/testing/project-of-files.ts';
import { temporaryFolder } from '../../store/testing/temporary-store.ts';
import { engine } from '../engine.ts';
import { runTest } from '../testing/test-environment.ts';

const bytes = pngFile({ width: 2, height: 2, channels: 1, bits: 8, values: [1, 2, 3, 4] });

async function workspace(): Promise<string> {
  const { store } = await projectOfFiles([{ name: 'a.png', width: 2, height: 2, bytes }]);
  store.close();
  return store.folder;
}

function argv(folder: string, change: Record<string, string> = {}): string[] {
  const options = { workspace: folder, project: 'Lungs', format: 'png', out: temporaryFolder() };
  const given = Object.entries({ ...options, ...change });
  return ['labels', 'export', ...given.flatMap(([name, value]) => [`--${name}`, value])];
}

describe('labels export', () => {
  it('writes the labels of a project, and lists the written files', async () => {
    const out = temporaryFolder();
    const words = argv(await workspace(), { out });
    const { exitCode, stdout } = await runTest([...words, '--json'], { engine });
    expect([exitCode, stdout.lines.length]).toEqual([0, 1]);
    const files = ['labelmap.txt', 'masks/a.png'];
    expect(JSON.parse(stdout.text)).toMatchObject({ format: 'png', folder: out, files, images: 1 });
    expect(await readFile(join(out, 'labelmap.txt'), 'utf8')).toContain('water:');
    const again = await runTest(words, { engine });
    expect(again.exitCode).toBe(0);
    expect(again.stdout.text).toMatch(/^Exported {2,}1 image$/m);
    expect(again.stdout.text).toContain('labels-png');
  });

  it.each([
    ['another project', { project: 'Hearts' }, /no project named Hearts\. It has: Lungs/],
    ['an unknown format', { format: 'tga' }, /--format must be/],
    ['a project without labels of that kind', { format: 'csv' }, /has a label yet/],
    [
      'a format that fits no image',
      { format: 'geotiff' },
      /fits none of the\s+images with labels \(1\).*is not a\s+GeoTIFF/s,
    ],
  ])('refuses %s', async (_, change, sentence) => {
    const { exitCode, stderr } = await runTest(argv(await workspace(), change), { engine });
    expect(exitCode).toBe(2);
    expect(stderr.text).toMatch(sentence);
  });

  it('ends with exit code 3 if only some labels fit the format', async () => {
    const { store } = await projectOfFiles([
      { name: 'a.png', width: 2, height: 2, bytes },
      { name: 'b.tif', width: 4, height: 3, bytes: turnedGeotiff(4, 3) },
    ]);
    store.close();
    const words = argv(store.folder, { format: 'geotiff' });
    const { exitCode, stdout, stderr } = await runTest(words, { engine });
    expect([exitCode, stderr.text]).toEqual([3, expect.stringContaining('1 file left out:')]);
    expect(stdout.text).toMatch(/^Exported {2,}1 image$/m);
  });

  it('refuses more classes than masks hold, in one sentence', async () => {
    const names = Array.from({ length: 255 }, (_, at) => `class ${at}`);
    const files = [{ name: 'a.png', width: 2, height: 2, bytes }];
    const { store } = await projectOfFiles(files, [1], names);
    store.close();
    const { exitCode, stdout, stderr } = await runTest([...argv(store.folder), '--json'], {
      engine,
    });
    expect([exitCode, JSON.parse(stdout.text)]).toMatchObject([
      2,
      { error: { code: 'too-large' } },
    ]);
    expect(stderr.text.replaceAll(/\s+/g, ' ')).toMatch(
      /has 255 classes, but masks can have only 254\. Remove class 254 first\./,
    );
  });

  it('creates no workspace if there is none', async () => {
    const { exitCode, stderr } = await runTest(argv(temporaryFolder()), { engine });
    expect(exitCode).toBe(2);
    expect(stderr.text).not.toContain('inside Understudy');
  });
});
