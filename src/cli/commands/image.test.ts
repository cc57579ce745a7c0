import { EventEmitter } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { niftiFile } from '../../formats/raster/nifti/nifti-fixtures.ts';
import { testFolder } from '../../formats/raster/testing/test-folder.ts';
import { engine } from '../engine.ts';
import { runTest } from '../testing/test-environment.ts';

const folder = testFolder();
let path: string;
beforeAll(async () => {
  const values = [1, 2, 3, 4];
  path = await folder.file('brain.nii', niftiFile({ type: 'uint8', shape: [2, 2], values }));
});

describe('image inspect', () => {
  it('writes a single JSON object with --json', async () => {
    const { exitCode, stdout, stderr } = await runTest(['image', 'inspect', path, '--json'], {
      engine,
    });
    expect([exitCode, stderr.text]).toEqual([0, '']);
    expect(stdout.lines).toHaveLength(1);
    expect(JSON.parse(stdout.text)).toMatchObject({ format: 'nifti', min: 1, max: 4, mean: 2.5 });
    // Nothing from the file's name that may refer to a patient.
    expect(stdout.text).not.toContain('brain');
  });

  it('writes a table to stdout, and progress to stderr', async () => {
    const { exitCode, stdout, stderr } = await runTest(['image', 'inspect', path], { engine });
    expect(exitCode).toBe(0);
    expect(stdout.lines[0]).toBe(path);
    expect(stdout.text).toMatch(/^Values {2,}uint8, 1 to 4, mean 2\.5$/m);
    expect(stderr.text).toMatch(/^Processing pixels +4 of 4 in /);
  });

  it('ends with exit code 2 and a reason if the file is refused', async () => {
    const text = await folder.file('notes.nii', Buffer.from('no image'));
    const plain = await runTest(['image', 'inspect', text], { engine });
    expect([plain.exitCode, plain.stdout.text]).toEqual([2, '']);
    expect(plain.stderr.text).toContain('notes.nii is not an image');
    const { exitCode, stdout } = await runTest(['image', 'inspect', text, '--json'], { engine });
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout.text)).toMatchObject({ error: { code: 'invalid-file' } });
  });

  it.each([true, false])('is stopped by Ctrl-C (--json: %s)', async (json) => {
    const signals = new EventEmitter();
    const { exitCode } = await runTest(['image', 'inspect', path, ...(json ? ['--json'] : [])], {
      signals,
      engine: {
        inspectImage: (file, context) => {
          signals.emit('SIGINT');
          return engine.inspectImage(file, context);
        },
      },
    });
    expect(exitCode).toBe(130);
  });
});
