import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { type DistillSummary, distillSummary } from '../contract/results.ts';
import { jobEvent } from '../contract/jobs.ts';
import { UserError } from '../engine/errors.ts';
import type { JobContext } from '../engine/job.ts';
import { classSummaryOf } from '../contract/testing/results.ts';
import { predictResult } from './testing/results.ts';
import { runTest } from './testing/test-environment.ts';

const distill = ['distill', '--teacher', 't', '--images', 'i', '--out', 'o'];
const predict = ['predict', '--model', 'm', '--images', 'i', '--out', 'o'];

/** A job with an event of each type. */
function shortJob(context: JobContext): Promise<DistillSummary> {
  context.report({ type: 'progress', phase: 'images', done: 2, total: 2, secondsLeft: 0 });
  context.report({ type: 'skipped', path: 'in/broken.png', reason: 'is cut off' });
  context.report({ type: 'notice', message: 'Only 20 test images.' });
  const pace = { secondsLeft: 2.5, loss: 0.25, imagesPerSecond: 148 };
  context.report({ type: 'progress', phase: 'distill', done: 1, total: 4, ...pace });
  return Promise.resolve(classSummaryOf());
}

const engine = { distill: (_request: unknown, context: JobContext) => shortJob(context) };

describe('--json', () => {
  it('writes events and, last, the summary', async () => {
    const { exitCode, stdout, stderr } = await runTest([...distill, '--json'], { engine });
    expect([exitCode, stderr.text]).toEqual([0, '']);
    const lines = stdout.lines.map((line) => JSON.parse(line) as unknown);
    expect(lines).toHaveLength(5);
    for (const line of lines.slice(0, -1)) expect(jobEvent.safeParse(line).error).toBeUndefined();
    expect(distillSummary.parse(lines.at(-1))).toEqual(classSummaryOf());
  });

  it('writes one object for the demo and for devices', async () => {
    const options = {
      engine: {
        demo: () => Promise.resolve({ runs: [classSummaryOf(), classSummaryOf({ skip: 3 })] }),
        listDevices: () => Promise.resolve([]),
      },
    };
    const demo = await runTest(['demo', '--json'], options);
    expect(JSON.parse(demo.stdout.text)).toMatchObject({ runs: [{ skip: 2 }, { skip: 3 }] });
    const devices = await runTest(['devices', '--json'], options);
    expect(JSON.parse(devices.stdout.text)).toEqual({ devices: [] });
  });
});

describe('a partial result', () => {
  const broken = { path: 'in/broken.png', reason: 'is cut off' };
  const masks = { path: 'in/masks', reason: 'it holds masks', isFolder: true, isExpected: true };

  it.each([
    ['nothing', [], 0],
    ['an image', [broken, masks], 3],
    ['what is no image', [masks], 0],
  ])('has its own exit code: %s', async (_, skipped, expected) => {
    const predicting = { predict: () => Promise.resolve({ ...predictResult, skipped }) };
    const { exitCode, stdout } = await runTest([...predict, '--json'], { engine: predicting });
    expect([exitCode, JSON.parse(stdout.text)]).toMatchObject([expected, { skipped }]);
    const output = await runTest(predict, { engine: predicting });
    expect(output.exitCode).toBe(expected);
    expect(output.stdout.text).toContain('predictions.csv');
  });

  it('the exit code of a training run without unreadable images is 0', async () => {
    const { exitCode, stderr } = await runTest(distill, { engine });
    expect([exitCode, stderr.text]).toEqual([0, expect.stringContaining('1 file left out:')]);
  });
});

describe('without --json', () => {
  it('the result is written to stdout, all else to stderr', async () => {
    const { exitCode, stdout, stderr } = await runTest(distill, { engine });
    expect(exitCode).toBe(0);
    expect(stdout.text).toContain('Untrained copy');
    expect(stdout.text).not.toContain('\u001b');
    expect(stderr.lines).toEqual([
      'Only 20 test images.',
      expect.stringMatching(/^Reading images +2 of 2 in /),
      expect.stringMatching(/^Distilling +1 of 4 in .*loss 0\.2500, 148 images\/s$/),
      '',
      '1 file left out:',
      '  in/broken.png: is cut off',
    ]);
  });

  it('lists skipped files that only the result names once, and at most twenty', async () => {
    const files = Array.from({ length: 23 }, (_, i) => ({ path: `${i}.png`, reason: 'is empty' }));
    const { stderr } = await runTest(predict, {
      engine: {
        predict: (_request, context) => {
          context.report({ type: 'skipped', path: '0.png', reason: 'is empty' });
          return Promise.resolve({ ...predictResult, skipped: files });
        },
      },
    });
    expect(stderr.text).toContain('23 files left out:');
    expect(stderr.text.match(/\.png: is empty/g)).toHaveLength(20);
    expect(stderr.lines.at(-1)).toBe('  and 3 more; --json lists all');
  });

  it('lists skipped files before the reason of a failure', async () => {
    const { exitCode, stderr } = await runTest(predict, {
      engine: {
        predict: (_request, context) => {
          context.report({ type: 'skipped', path: 'a\u001b[2J.png', reason: 'is empty' });
          return Promise.reject(new UserError('no-images', 'No image of i can be read.'));
        },
      },
    });
    expect(exitCode).toBe(2);
    expect(stderr.lines).toEqual([
      '',
      '1 file left out:',
      '  a�[2J.png: is empty',
      'No image of i can be read.',
    ]);
  });
});

describe('stopping', () => {
  /** Ends as the engine does when its signal is aborted while `act` runs. */
  const stopped = (act: () => void, error: Error) => ({
    distill: (_request: unknown, { signal }: JobContext) => {
      act();
      return signal.aborted ? Promise.reject(error) : Promise.resolve(classSummaryOf());
    },
  });
  const cancelled = new UserError('cancelled', 'Stopped.');

  it.each(['SIGINT', 'SIGTERM'])('a stop by %s ends with exit code 130', async (name) => {
    const signals = new EventEmitter();
    const { exitCode, stdout, stderr } = await runTest(distill, {
      signals,
      engine: stopped(() => signals.emit(name), cancelled),
    });
    expect(exitCode).toBe(130);
    expect(stdout.text).toBe('');
    expect(stderr.lines).toEqual([
      'Stopping after this step; press Ctrl-C again to stop at once.',
      'Stopped.',
    ]);
    expect(signals.eventNames()).toEqual([]);
  });

  it('a stop is an error in JSON', async () => {
    const signals = new EventEmitter();
    const { stdout } = await runTest([...distill, '--json'], {
      signals,
      engine: stopped(() => signals.emit('SIGINT'), cancelled),
    });
    expect(JSON.parse(stdout.text)).toMatchObject({ error: { code: 'cancelled' } });
  });

  it("treats the platform's AbortError as a stop", async () => {
    const signals = new EventEmitter();
    const { exitCode } = await runTest(distill, {
      signals,
      engine: stopped(() => signals.emit('SIGINT'), new DOMException('aborted', 'AbortError')),
    });
    expect(exitCode).toBe(130);
  });

  it('a stop does not hide a defect', async () => {
    const signals = new EventEmitter();
    const { exitCode, stderr } = await runTest(distill, {
      signals,
      engine: stopped(() => signals.emit('SIGINT'), new RangeError('got 7 blocks')),
    });
    expect(exitCode).toBe(1);
    expect(stderr.text).toContain('got 7 blocks');
  });

  it('a second stop signal ends the command at once', async () => {
    const signals = new EventEmitter();
    const codes: number[] = [];
    let time = 0;
    await runTest(distill, {
      signals,
      now: () => time,
      exit: (code) => codes.push(code),
      engine: stopped(() => {
        signals.emit('SIGINT');
        time = 2000;
        signals.emit('SIGINT');
      }, cancelled),
    });
    expect(codes).toEqual([130]);
  });

  it('a closed output stops the command without a message', async () => {
    const { exitCode, stdout, stderr } = await runTest([...distill, '--json'], {
      readerGone: AbortSignal.abort(),
      engine: stopped(() => undefined, cancelled),
    });
    expect([exitCode, stdout.text, stderr.text]).toEqual([141, '', '']);
  });

  it('a stop signal after the result changes nothing', async () => {
    const signals = new EventEmitter();
    const { exitCode, stdout } = await runTest(distill, {
      signals,
      engine: {
        distill: () => {
          signals.emit('SIGINT');
          return Promise.resolve(classSummaryOf());
        },
      },
    });
    expect(exitCode).toBe(0);
    expect(stdout.text).toContain('Untrained copy');
  });
});
