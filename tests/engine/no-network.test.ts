import { text } from 'node:stream/consumers';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { namespaceIfPermitted } from '../support/no-network/namespace.ts';

const namespace = await namespaceIfPermitted('the command line contacts nothing');
afterAll(() => namespace?.close());

async function inside(args: readonly string[]): Promise<{ code: number; output: string }> {
  const child = namespace!.start(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = await text(child.stdout as Readable);
  return { code: child.exitCode ?? 0, output };
}
const script = `
const net = require('net'), dgram = require('dgram'), dns = require('dns');
const tries = [
 new Promise(r => { const s = net.connect(443, '198.51.100.7').on('error', r); setTimeout(() => { s.destroy(); r() }, 100); }),
 new Promise(r => { const s = net.connect(8443, '2001:db8::7').on('error', r); setTimeout(() => { s.destroy(); r() }, 100); }),
 new Promise(r => dns.lookup('example.org', r)),
 ...[[3478, '203.0.113.5'], [5353, '224.0.0.251'], [3478, '127.0.0.1']].map(([p, a]) => new Promise(r => { const s = dgram.createSocket('udp4'); s.send('x', p, a, () => { s.close(); r() }) })),
 fetch('http://127.0.0.1:9/').catch(() => 0),
];
`;
describe.skipIf(namespace === null)('x', () => {
  test('sees', async () => {
    await inside(['-e', script]);
    const { output } = await inside([
      new URL('../support/no-network/forbidden.ts', import.meta.url).pathname,
    ]);
    expect(JSON.parse(output)).toEqual([]);
  });
});
