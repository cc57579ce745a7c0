import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, launchCommand } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { escapeScript } from './support/escapes.ts';

// The app and the network. Each end-to-end test checks afterwards that nothing left this computer
// (support/no-network.ts); here the app starts as a user starts it, and its page tries to reach the network.

/**
 * Time to wait, s; Chromium sends its own requests within the first seconds, and some of them after ten.
 */
const watched = 26;

const root = join(import.meta.dirname, '..');

/** Requests that reached two servers on loopback. */
const arrivals: string[] = [];
const tcp = createServer((socket) => {
  arrivals.push('a connection');
  socket.destroy();
});
const udp = createSocket('udp4');
let ports: { readonly tcpPort: number; readonly udpPort: number };
let plain: {
  readonly userData: string;
  readonly started: ReturnType<typeof spawn>;
  readonly since: number;
};
let launched: LaunchedApp;

beforeAll(async () => {
  udp.on('message', () => arrivals.push('a datagram')).bind(0, '127.0.0.1');
  tcp.listen(0, '127.0.0.1');
  await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
  ports = { tcpPort: (tcp.address() as AddressInfo).port, udpPort: udp.address().port };
  plain = await startPlainly();
  launched = await launchApp();
});
afterAll(async () => {
  const ended = once(plain.started, 'exit');
  plain.started.kill();
  await launched.close();
  await ended;
  await rm(plain.userData, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  tcp.close();
  udp.close();
});

/** Starts as `npm start` does, without any flag of a test. */
async function startPlainly() {
  const userData = await mkdtemp(join(tmpdir(), 'understudy-plain-'));
  const { executablePath, env } = await launchCommand({
    workspace: join(userData, 'projects'),
    userData,
  });
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return {
    userData,
    started: spawn(executablePath, [root, ...args], { env, stdio: 'ignore' }),
    since: performance.now(),
  };
}

test('the page reaches no server, whatever it tries', async () => {
  const { app, page } = launched;
  await page.locator('#app > *').first().waitFor({ state: 'attached' });
  const tries = await app.evaluate(
    ({ BrowserWindow }, script) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
        script,
        true,
      ) as Promise<number>,
    escapeScript(ports),
  );
  expect(tries).toBeGreaterThan(400);
  // Late packets: ICE servers are queried repeatedly.
  await wait(2000);
  expect(arrivals).toEqual([]);
  // The server is running, and counts.
  await fetch(`http://127.0.0.1:${ports.tcpPort}/`).catch(() => undefined);
  await expect.poll(() => arrivals).toEqual(['a connection']);
});

test('an ordinary start of the app contacts nobody', async () => {
  await wait(Math.max(0, plain.since + 1000 * watched - performance.now()));
  expect(plain.started.exitCode).toBeNull();
});
