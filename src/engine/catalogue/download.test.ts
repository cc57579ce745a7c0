import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { downloadFile } from './download.ts';
import type { Downloaded } from './download.ts';
import {
  dropAfter,
  openFileServer,
  sendOnly,
  serve,
  sha256Of,
  someContent,
  status,
} from './testing/file-server.ts';
import type { FileServer, Handler } from './testing/file-server.ts';

const content = someContent();
const sha256 = sha256Of(content);
const patience = { attempts: 3, pauseMs: 5, silenceMs: 400 };

let folder = '';
let file = '';
let server: FileServer;
let names = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-download-'));
  server = await openFileServer();
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  file = join(folder, `${names++}`, 'teacher.bin');
  server.ranges = [];
});
afterEach(() => {
  server.hangUp();
});

interface Wish {
  readonly sha256?: string | null;
  readonly signal?: AbortSignal;
  readonly report?: (done: number, total: number | null) => void;
  readonly proxy?: string;
  readonly url?: string;
}

function fetchIt(wish: Wish = {}): Promise<Downloaded> {
  const { signal = new AbortController().signal, report = () => undefined } = wish;
  const { url = `${server.base}/teacher.bin`, proxy = null } = wish;
  const known = wish.sha256 === undefined ? sha256 : wish.sha256;
  return downloadFile({ url, file, sha256: known, proxy }, { signal, report }, patience);
}

const here = (): Promise<string[]> => readdir(join(file, '..'));
async function requireWhole(): Promise<void> {
  expect((await readFile(file)).equals(content)).toBe(true);
  expect(await here()).toEqual(['teacher.bin']);
}

describe('downloadFile', () => {
  it('fetches, verifies and reports', async () => {
    server.handlers = [serve(content)];
    const seen: number[] = [];
    const report = (done: number, total: number | null): void => {
      seen.push(done);
      expect(total).toBe(content.length);
    };
    expect(await fetchIt({ report })).toEqual({ bytes: content.length, sha256, isVerified: true });
    await requireWhole();
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBe(content.length);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('goes on where the connection broke, as often as something comes', async () => {
    server.handlers = [
      dropAfter(content, 50_000),
      dropAfter(content, 70_000),
      dropAfter(content, 1),
      dropAfter(content, 9),
      serve(content),
    ];
    await fetchIt();
    await requireWhole();
    expect(server.ranges[0]).toBeUndefined();
    expect(server.ranges.slice(1)).toEqual(
      [50_000, 120_000, 120_001, 120_010].map((at) => `bytes=${at}-`),
    );
  });

  it('gives up on a server that sends nothing, and goes on another day', async () => {
    server.handlers = [dropAfter(content, 50_000), dropAfter(content, 0)];
    await expect(fetchIt()).rejects.toMatchObject({ code: 'network' });
    expect((await here()).sort()).toEqual(['teacher.bin.download', 'teacher.bin.download.json']);
    server.handlers = [serve(content)];
    server.ranges = [];
    await fetchIt();
    expect(server.ranges).toEqual(['bytes=50000-']);
    await requireWhole();
  });

  it('does not wait for ever for one that falls silent', async () => {
    server.handlers = [sendOnly(content, 10), serve(content)];
    await fetchIt();
    await requireWhole();
  });

  it('a file that ends too early is not taken for a whole one', async () => {
    // Without a length, as some proxies pass it on: only the content tells.
    server.handlers = [
      (_, response) => {
        response.writeHead(200, { 'transfer-encoding': 'chunked' });
        response.end(content.subarray(0, 1000));
      },
    ];
    await expect(fetchIt()).rejects.toMatchObject({ code: 'invalid-file' });
    expect(await here()).toEqual([]);
  });

  it('another content is refused, deleted, and leaves an older file alone', async () => {
    server.handlers = [serve(content)];
    await fetchIt();
    const other = Buffer.from(content);
    other[5] = 1 + (other[5] ?? 0);
    server.handlers = [serve(other, '"two"')];
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(sha256.slice(0, 8)) as string,
    });
    await requireWhole();
  });

  it('never joins two contents, whatever the server changed meanwhile', async () => {
    const old = Buffer.alloc(content.length, 7);
    server.handlers = [dropAfter(old, 40_000, '"old"'), serve(content)];
    await fetchIt();
    await requireWhole();
  });

  it('goes by the hash that a store of models promises, where no other is known', async () => {
    const promising: Handler = (request, response) => {
      if (request.url === '/teacher.bin') {
        response.writeHead(302, { location: '/store', 'x-linked-etag': `"${sha256}"` }).end();
      } else serve(content)(request, response);
    };
    server.handlers = [promising];
    expect(await fetchIt({ sha256: null })).toMatchObject({ isVerified: true });
    const lying: Handler = (request, response) => {
      const wrong = '0'.repeat(64);
      if (request.url === '/teacher.bin') {
        response.writeHead(302, { location: '/store', 'x-linked-etag': wrong }).end();
      } else serve(content)(request, response);
    };
    server.handlers = [lying];
    await expect(fetchIt({ sha256: null })).rejects.toMatchObject({ code: 'invalid-file' });
    server.handlers = [serve(content)];
    expect(await fetchIt({ sha256: null })).toMatchObject({ isVerified: false, sha256 });
    expect(await fetchIt({ sha256: sha256.slice(0, 8) })).toMatchObject({ isVerified: true });
  });

  it('stops when it is told to, and goes on from there', async () => {
    const controller = new AbortController();
    server.handlers = [sendOnly(content, 60_000)];
    const report = (done: number): void => {
      if (done >= 60_000) controller.abort();
    };
    await expect(fetchIt({ signal: controller.signal, report })).rejects.toMatchObject({
      code: 'cancelled',
    });
    server.handlers = [serve(content)];
    server.ranges = [];
    await fetchIt();
    expect(server.ranges).toEqual(['bytes=60000-']);
    await requireWhole();
  });

  it('takes what had come whole and only lacked its name', async () => {
    server.handlers = [dropAfter(content, content.length - 1), dropAfter(content, 0)];
    await expect(fetchIt()).rejects.toThrow();
    await writeFile(`${file}.download`, content);
    server.handlers = [serve(content)];
    await fetchIt();
    await requireWhole();
  });

  it.each([
    [401, /agreed to its terms/],
    [403, /agreed to its terms/],
    [404, /has no such file/],
    [407, /name and a password/],
    [418, /answers with 418/],
  ])('an answer of %i is not asked again', async (code, message) => {
    server.handlers = [status(code)];
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(message) as string,
    });
    expect(server.ranges).toHaveLength(1);
  });

  it('a server that is busy is asked again, when it says so', async () => {
    server.handlers = [status(503), status(429, { 'retry-after': '0' }), serve(content)];
    await fetchIt();
    await requireWhole();
    server.handlers = [status(500)];
    server.ranges = [];
    file = `${file}.2`;
    await expect(fetchIt()).rejects.toMatchObject({ code: 'network' });
    expect(server.ranges).toHaveLength(patience.attempts);
  });

  it('is not led in circles', async () => {
    server.handlers = [status(302, { location: '/teacher.bin' })];
    await expect(fetchIt()).rejects.toThrow(/without end/);
  });

  it('nobody there is said so, and how to do without', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await expect(fetchIt({ url: `http://127.0.0.1:${port}/x` })).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(/could not be reached.*by hand/) as string,
    });
  });

  it('goes through a proxy', async () => {
    server.handlers = [serve(content)];
    const asked: string[] = [];
    const proxy = createServer();
    // What is not encrypted may be asked for by its whole address or through a tunnel.
    proxy.on('request', (request: IncomingMessage, response: ServerResponse) => {
      asked.push(request.url ?? '');
      serve(content)(request, response);
    });
    proxy.on('connect', (request: IncomingMessage, socket: ServerResponse['socket']) => {
      asked.push(request.url ?? '');
      socket?.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      server.emit('connection', socket);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    await fetchIt({ proxy: address, url: 'http://models.example/teacher.bin' });
    expect(asked[0]).toContain('models.example');
    await requireWhole();
    proxy.closeAllConnections();
    proxy.close();
    await expect(fetchIt({ proxy: 'no address' })).rejects.toMatchObject({
      code: 'invalid-option',
    });
  });

  it('a folder in the place of the file loses nothing', async () => {
    server.handlers = [serve(content)];
    await fetchIt();
    const inside = join(file, 'x');
    file = inside;
    await expect(fetchIt()).rejects.toMatchObject({ code: 'disk' });
    await wait(0);
  });
});
