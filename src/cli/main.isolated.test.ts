import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { watchChild } from '../../bin/watch-child.mjs';

const launcher = fileURLToPath(new URL('../../bin/understudy.mjs', import.meta.url));
const endlessJob = fileURLToPath(new URL('testing/endless-job.ts', import.meta.url));
const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function runNode(args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

/** Arguments that make the launcher treat its Node as another one. */
function pretending(object: string, name: string, value: string): string[] {
  const change = `Object.defineProperty(${object},'${name}',{value:'${value}'})`;
  return ['--import', `data:text/javascript,${encodeURIComponent(change)}`];
}

const oldNode = pretending('process.versions', 'node', '20.18.0');

describe('the launcher', () => {
  it('prints its help', async () => {
    const { code, stdout, stderr } = await runNode([launcher, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Usage: understudy <command>');
  });

  it.each<[string, string[]]>([
    ['itself on Node 24', []],
    ["the project's Node 24 on an older Node", oldNode],
  ])('runs %s and ends with its exit code', async (_name, args) => {
    const done = await runNode([...args, launcher, '--version']);
    expect(done).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    const refused = await runNode([...args, launcher, 'devices', '--threads', 'x', '--json']);
    expect(refused.code).toBe(2);
    expect(JSON.parse(refused.stdout)).toHaveProperty('error.code', 'invalid-option');
  });

  it('survives a crash of its child, and prints what to do', async () => {
    const crash = `if(process.send)process.kill(process.pid,'SIGSEGV')`;
    const args = ['--import', `data:text/javascript,${crash}`, launcher, '--version'];
    const { code, stdout, stderr } = await runNode(args);
    expect([code, stdout]).toEqual([139, '']);
    expect(stderr).toMatch(/^Understudy was ended by SIGSEGV, .*--device cpu .*--resume/);
  });

  it('reports what is missing if no Node 24 can be found', async () => {
    const args = [...oldNode, ...pretending('process', 'arch', 'mips'), launcher, '--version'];
    const { code, stdout, stderr } = await runNode(args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^Understudy needs Node 24 or later, but this is Node 20\.18\.0, .* mips\./,
    );
  });
});

// Windows has no signals that a process could handle.
describe.skipIf(process.platform === 'win32')('Ctrl-C', () => {
  async function interrupted(mode: 'willing' | 'deaf'): Promise<Ended> {
    const child = spawn(process.execPath, [endlessJob, mode], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const closed = once(child, 'close') as Promise<[number | null]>;
    const stderr = text(child.stderr);
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    // Later than the time in which signals count as one key press; on a busy machine, two may arrive as one.
    const again = setInterval(() => mode === 'deaf' && child.kill('SIGINT'), 1500);
    const [code] = await closed;
    clearInterval(again);
    return { code, stdout: '', stderr: await stderr };
  }

  it('stops a job with exit code 130', async () => {
    const { code, stderr } = await interrupted('willing');
    expect(code).toBe(130);
    expect(stderr).toBe(
      'Stopping after this step; press Ctrl-C again to stop at once.\nStopped.\n',
    );
  });

  it('the second Ctrl-C also stops a job that ignores the first', async () => {
    const { code, stderr } = await interrupted('deaf');
    expect(code).toBe(130);
    expect(stderr).toBe('Stopping after this step; press Ctrl-C again to stop at once.\n');
  });
});

/**
 * Makes the working process hang for good before it handles signals, after `reading` reported the file being read.
 */
function hanging(messages: readonly object[]): string {
  const listen = `for(const s of ['SIGINT','SIGTERM','SIGHUP'])process.on(s,()=>{});`;
  const tell = messages.map((message) => `process.send(${JSON.stringify(message)});`).join('');
  const hang = `process.stderr.write('hangs\\n');for(;;);`;
  return `data:text/javascript,${encodeURIComponent(`if(process.send){${listen}${tell}${hang}}`)}`;
}

describe.skipIf(process.platform === 'win32')('a command that hangs in a file', () => {
  async function ended(
    signals: readonly NodeJS.Signals[],
    messages: readonly object[],
    args: readonly string[] = [],
  ): Promise<Ended> {
    const child = spawn(
      process.execPath,
      ['--import', hanging(messages), launcher, 'devices', ...args],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const closed = once(child, 'close') as Promise<[number | null]>;
    const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
    await once(child.stderr, 'data');
    for (const signal of signals) {
      child.kill(signal);
      // Longer than the time in which signals count as one key press.
      await delay(1000);
    }
    const [code] = await closed;
    return { code, stdout: await stdout, stderr: await stderr };
  }

  const reading = { type: 'reading', path: '/images/scan\u001B[2J.tif' };

  it('is ended at the second Ctrl-C, with the name of the file', async () => {
    const done = await ended(['SIGINT', 'SIGINT'], [reading]);
    expect(done.code).toBe(130);
    expect(done.stderr).toBe(
      'hangs\nUnderstudy did not respond and was ended while reading /images/scan?[2J.tif.\n',
    );
  });

  it('is ended some time after SIGTERM, removes unfinished files, and reports it as JSON', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'understudy-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const names = ['.understudy-0123456789abcdef.partial', '.understudy-unfinished', 'kept.png'];
    const [partial = '', unfinished = '', kept = ''] = names.map((name) => join(folder, name));
    await writeFile(partial, 'half');
    await mkdir(unfinished);
    await writeFile(kept, 'whole');
    const messages = [partial, unfinished, kept].map((path) => ({ type: 'writing', path }));
    messages.push({ type: 'reading', path: 'scan.tif' });
    const done = await ended(['SIGTERM'], messages, ['--json']);
    expect(done.code).toBe(143);
    expect(JSON.parse(done.stdout)).toEqual({
      error: {
        code: 'cancelled',
        message: 'Understudy did not respond and was ended while reading scan.tif.',
      },
    });
    expect(done.stderr).toContain(
      'Understudy is still reading scan.tif. Press Ctrl-C again to end it at once.\n',
    );
    expect(await readdir(folder)).toEqual(['kept.png']);
  });
});

it('a file whose reading does not end is skipped', async () => {
  const child = fork('data:text/javascript,', {
    execArgv: ['--import', hanging([{ type: 'reading', path: 'scan.tif' }])],
    stdio: 'ignore',
  });
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => {
    write.mockRestore();
  });
  const watch = watchChild(child, { json: false, patience: { reading: 2 } });
  // A step on a device does not involve a file, however long it takes.
  child.emit('message', { type: 'computing' });
  await delay(4000);
  expect(child.exitCode ?? child.signalCode).toBeNull();
  child.emit('message', { type: 'computed' });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  expect(watch.ending(code, signal)).toEqual({ exitCode: 2, wasEndedHere: true });
  expect(write).toHaveBeenCalledWith(
    'Reading scan.tif took more than 2 seconds and was stopped. The file may be damaged; copy it again or leave it out.\n',
  );
});
