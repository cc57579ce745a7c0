import { describe, expect, it } from 'vitest';
import { UserError } from '../engine/errors.ts';
import { exitCodes } from './environment.ts';
import { runTest } from './testing/test-environment.ts';

describe('help', () => {
  it('lists every exit code', async () => {
    const [, listed = ''] = (await runTest(['--help'])).stdout.text.split('Exit codes: ');
    const { done, defect, usage, partly, cancelled } = exitCodes;
    const codes = [...listed.matchAll(/(?:^|[,;]\s)(\d+) /g)].map(([, code]) => Number(code));
    expect(codes).toEqual([done, defect, usage, partly, cancelled, 143]);
  });

  it.each([[], ['teacher']])(
    'help is shown on stderr if no command is given: %j',
    async (...argv) => {
      const { exitCode, stdout, stderr } = await runTest(argv);
      expect(exitCode).toBe(2);
      expect(stdout.text).toBe('');
      expect(stderr.text).toContain('Usage: understudy');
    },
  );

  it('explains the terms and shows examples', async () => {
    const { exitCode, stdout } = await runTest(['--help']);
    expect(exitCode).toBe(0);
    for (const word of [
      'skip factor',
      'rank',
      'views',
      'untrained copy',
      'understudy distill --t',
    ]) {
      expect(stdout.text).toContain(word);
    }
  });

  it('shows defaults and choices of the contract', async () => {
    const text = (await runTest(['distill', '--help'])).stdout.text.replace(/\s+/g, ' ');
    expect(text).toMatch(/--rank <k> [^-]*\(default: 16\)/);
    expect(text).toMatch(
      /--task <kind> [^-]*\(auto, single, several or segmentation; default: auto\)/,
    );
    expect((await runTest(['demo', '--help'])).stdout.text).toContain('./understudy-demo');
  });

  it.each([
    '',
    'distill',
    'evaluate',
    'predict',
    'demo',
    'sample',
    'devices',
    'teacher inspect',
    'image inspect',
  ])(
    'help of "%s" is at most 100 columns wide, and no wider than the terminal',
    async (command) => {
      const argv = [...command.split(' ').filter((word) => word !== ''), '--help'];
      const plain = await runTest(argv);
      expect(Math.max(...plain.stdout.lines.map((line) => line.length))).toBeLessThanOrEqual(100);
      expect(plain.stdout.text).toContain(`Usage: understudy ${command}`.trim());
    },
  );
});

it('prints the version', async () => {
  const { exitCode, stdout } = await runTest(['--version']);
  expect([exitCode, stdout.text]).toEqual([0, '1.2.3\n']);
});

describe('failures', () => {
  const failing = (error: Error) => ({ engine: { listDevices: () => Promise.reject(error) } });

  it('errors of the user print one sentence and end with exit code 2', async () => {
    const error = new UserError('not-found', 'x was not found. Check the path.', 'ENOENT');
    const { exitCode, stdout, stderr } = await runTest(['devices'], failing(error));
    expect([exitCode, stdout.text]).toEqual([2, '']);
    expect(stderr.text).toBe('x was not found. Check the path.\n');
  });

  it('errors are also the last line of JSON', async () => {
    const error = new UserError('too-large', 'x is too large.');
    const { exitCode, stdout, stderr } = await runTest(['devices', '--json'], failing(error));
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout.text)).toEqual({
      error: { code: 'too-large', message: 'x is too large.' },
    });
    expect(stderr.text).toBe('x is too large.\n');
  });

  it('invalid options are reported as JSON too', async () => {
    const { exitCode, stdout } = await runTest(['distill', '--json', '--rank', 'x']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout.text)).toEqual({
      error: {
        code: 'invalid-option',
        message: expect.stringMatching(
          /^--teacher .* are missing\. --rank must be .*"x"\.$/,
        ) as string,
      },
    });
  });

  it('defects end with exit code 1 and print how to show details', async () => {
    const { exitCode, stderr } = await runTest(['devices'], failing(new TypeError('no such op')));
    expect(exitCode).toBe(1);
    expect(stderr.text).toContain('no such op');
    expect(stderr.text).toContain('UNDERSTUDY_DEBUG=1');
    expect(stderr.text).not.toContain('run.test.ts');
  });

  it('defects print their stack with UNDERSTUDY_DEBUG', async () => {
    const { stderr } = await runTest(['devices'], {
      ...failing(new TypeError('no such op')),
      env: { UNDERSTUDY_DEBUG: '1' },
    });
    expect(stderr.text).toContain('run.test.ts');
  });

  it('errors print their details with UNDERSTUDY_DEBUG', async () => {
    const { stderr } = await runTest(['devices'], {
      ...failing(new UserError('disk', 'The disk is full.', 'ENOSPC')),
      env: { UNDERSTUDY_DEBUG: '1' },
    });
    expect(stderr.lines).toEqual(['The disk is full.', 'ENOSPC']);
  });
});

describe('colours', () => {
  it.each<[string, Record<string, string>, number | undefined, boolean]>([
    ['colours are shown on a terminal', {}, 100, true],
    ['colours are not written to a file', {}, undefined, false],
    ['colours are off with NO_COLOR', { NO_COLOR: '1' }, 100, false],
    ['colours are shown with an empty NO_COLOR', { NO_COLOR: '' }, 100, true],
    ['colours are off on a dumb terminal', { TERM: 'dumb' }, 100, false],
  ])('%s', async (_name, env, columns, coloured) => {
    const options = { env, ...(columns === undefined ? {} : { columns }) };
    const help = await runTest(['--help'], options);
    const failure = await runTest(['nonsense'], options);
    expect(help.stdout.text.includes('\u001b[1m')).toBe(coloured);
    expect(failure.stderr.text.includes('\u001b[33m')).toBe(coloured);
  });
});
