import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, describe, expect, test } from 'vitest';
import { EngineHost } from './engine-host.ts';

type Manner = 'well' | 'dead' | 'mute' | 'unfit';

const hosts: EngineHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()));
});

/** @param shutdownMs large in tests whose engine ends by itself, however busy the machine is */
function host(manner: () => Manner = () => 'well', shutdownMs = 60_000, tickMs = 1000) {
  const events: { name: string; content: unknown }[] = [];
  const children: ChildProcess[] = [];
  let log = '';
  const engine = new EngineHost({
    start: (onOutput) => {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, '..', 'testing', 'tiny-engine.ts'), manner()],
        { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], serialization: 'advanced' },
      );
      child.stderr?.setEncoding('utf8').on('data', onOutput);
      children.push(child);
      return child;
    },
    onEvent: (name, content) => events.push({ name, content }),
    log: (text) => (log += text),
    restartDelayMs: 1,
    shutdownMs,
    tickMs,
  });
  hosts.push(engine);
  const states = (): string[] =>
    events
      .filter(({ name }) => name === 'engine.state')
      .map(({ content }) => (content as { state: string }).state);
  return { engine, events, children, states, log: () => log };
}

const pid = async (engine: EngineHost): Promise<unknown> => {
  const answer = await engine.request('workspace.status', null);
  return answer.ok ? answer.value : answer.error;
};

const stopped = { ok: false, error: { code: 'engine-stopped' } };

test('a request made before the engine is ready waits, and bytes arrive as bytes', async () => {
  const { engine, states } = host();
  engine.start();
  expect(engine.state).toBeNull();
  expect(await engine.request('image.picture', { image: 1, side: 'whole' })).toMatchObject({
    ok: true,
    value: new Uint8Array([1, 2, 3]),
  });
  expect(states()).toEqual(['ready']);
});

test("forwards the engine's events", async () => {
  const { engine, events } = host();
  engine.start();
  await engine.request('project.update', { project: 1 });
  const change = { name: 'project.changed', content: { project: 1 } };
  await expect.poll(() => events).toContainEqual(change);
});

test('when the engine crashes, requests in progress get an error and the engine is restarted', async () => {
  const { engine, events, states, log } = host();
  engine.start();
  const first = await pid(engine);
  const [killer, other] = [
    engine.request('project.sample', null),
    engine.request('project.list', null),
  ];
  expect(await killer).toMatchObject(stopped);
  expect(await other).toMatchObject(stopped);
  const second = await pid(engine);
  expect(second).toBeTypeOf('number');
  expect(second).not.toBe(first);
  expect(states()).toEqual(['ready', 'restarting', 'ready']);
  expect(events).toContainEqual({
    name: 'engine.state',
    content: {
      state: 'restarting',
      error: expect.objectContaining({ details: 'exit code 1\nits last words' }) as unknown,
    },
  });
  expect(log()).toContain('its last words');
});

test('gives up after the fourth crash within a minute, until the user restarts the engine', async () => {
  let manner: Manner = 'dead';
  const { engine, children, states } = host(() => manner);
  engine.start();
  const waiting = engine.request('project.list', null);
  expect(await waiting).toMatchObject(stopped);
  expect(states()).toEqual(['restarting', 'restarting', 'restarting', 'failed']);
  expect(children).toHaveLength(4);
  expect(await engine.request('project.list', null)).toMatchObject({
    ok: false,
    error: { code: 'engine-stopped', details: 'exit code 3\nno database here' },
  });

  manner = 'well';
  await engine.restart();
  expect(await pid(engine)).toBeTypeOf('number');
  expect(engine.state).toEqual({ state: 'ready', error: null });
});

test('does not restart an engine that reports why it cannot work here', async () => {
  const { engine, children, states } = host(() => 'unfit');
  engine.start();
  const why = { code: 'version', message: 'Its projects are from a later version.' };
  expect(await engine.request('project.list', null)).toEqual({ ok: false, error: why });
  expect(await engine.request('project.list', null)).toEqual({ ok: false, error: why });
  expect(states()).toEqual(['failed']);
  expect(children).toHaveLength(1);
});

test('gives up a program that cannot be started, with the reason', async () => {
  const failing = new EngineHost({
    start: () => {
      throw new Error('the disk is read-only');
    },
    onEvent: () => undefined,
    log: () => undefined,
  });
  failing.start();
  expect(await failing.request('project.list', null)).toMatchObject({
    error: { code: 'engine-stopped', details: 'the disk is read-only' },
  });
});

test('an abort reaches the engine; an abort before the engine is ready ends the request at once', async () => {
  const { engine } = host();
  engine.start();
  const early = new AbortController();
  const neverSent = engine.request('project.list', null, early.signal);
  early.abort();
  expect(await neverSent).toMatchObject({ ok: false, error: { code: 'cancelled' } });

  await pid(engine);
  const late = new AbortController();
  const sent = engine.request('project.list', null, late.signal);
  late.abort();
  expect(await sent).toMatchObject({
    ok: false,
    error: { code: 'cancelled', message: 'Stopped.' },
  });
});

test('stopping ends the engine cleanly and starts no other', async () => {
  const { engine, children } = host();
  engine.start();
  await pid(engine);
  const underWay = engine.request('project.list', null);
  await engine.stop();
  expect(await underWay).toMatchObject(stopped);
  expect(children.map((child) => child.exitCode)).toEqual([0]);
});

test('kills an engine that does not end', async () => {
  const { engine, children } = host(() => 'mute', 300);
  engine.start();
  await pid(engine);
  await engine.stop();
  expect(children.map((child) => child.signalCode)).toEqual(['SIGKILL']);
});

test('a restart is reported and replaces the process', async () => {
  const { engine, states } = host();
  engine.start();
  const first = await pid(engine);
  await engine.restart();
  expect(await pid(engine)).not.toBe(first);
  expect(states()).toEqual(['ready', 'restarting', 'ready']);
});

describe.skipIf(process.platform === 'win32')(
  'an engine that was suspended and does not end',
  () => {
    /** Suspends the process that was started last. */
    const signal = (children: readonly ChildProcess[], name: 'SIGSTOP' | 'SIGCONT'): void => {
      process.kill(children.at(-1)?.pid ?? 0, name);
    };

    test('is reported as silent, and as ready again when it continues', async () => {
      const { engine, children, states } = host(() => 'well', 60_000, 200);
      engine.start();
      await pid(engine);
      signal(children, 'SIGSTOP');
      const asked = pid(engine);
      await expect.poll(() => states()).toEqual(['ready', 'silent']);
      signal(children, 'SIGCONT');
      expect(await asked).toBe(children[0]?.pid);
      await expect.poll(() => states()).toEqual(['ready', 'silent', 'ready']);
      expect(children).toHaveLength(1);
    });

    test('is killed and replaced by a restart, within seconds', async () => {
      const { engine, children, states } = host(() => 'well', 60_000, 200);
      engine.start();
      await pid(engine);
      signal(children, 'SIGSTOP');
      const asked = engine.request('project.list', null);
      await expect.poll(() => states()).toEqual(['ready', 'silent']);
      await engine.restart();
      expect(children[0]?.signalCode).toBe('SIGKILL');
      expect(await asked).toMatchObject(stopped);
      expect(await pid(engine)).toBe(children[1]?.pid);
      expect(states().slice(0, 3)).toEqual(['ready', 'silent', 'restarting']);
    });

    test('is also reported as silent before it was ever ready, but later', async () => {
      const { engine, children, states } = host(() => 'well', 60_000, 50);
      engine.start();
      signal(children, 'SIGSTOP');
      await expect.poll(() => states()).toEqual(['silent']);
      signal(children, 'SIGCONT');
      await expect.poll(() => states()).toEqual(['silent', 'ready']);
    });
  },
);
