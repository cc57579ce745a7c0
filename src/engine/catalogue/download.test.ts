import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../core/random.ts';
import { downloadFile } from './download.ts';
import type { Downloaded } from './download.ts';

/** A file of no particular content. */
const random = new Random(1);
const content = Buffer.from(Uint8Array.from({ length: 300_000 }, () => random.integer(256)));
const sha256 = createHash('sha256').update(content).digest('hex');
const patience = { attempts: 3, pauseMs: 5, silenceMs: 400 };

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let folder = '';
let file = '';
let server: Server;
let base = '';
/** What the server does with requests; the last handler with all that come after it. */
let handlers: Handler[] = [];
/** What it was asked. */
let ranges: (string | undefined)[] = [];
let names = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-download-'));
  server = createServer((request, response) => {
    ranges.push(request.headers.range);
    const handler = handlers.length > 1 ? handlers.shift() : handlers[0];
    handler?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  file = join(folder, `${names++}`, 'teacher.bin');
  ranges = [];
});
afterEach(() => {
  server.closeAllConnections();
});

/** Serves the content, from where it is asked on. */
function serve(bytes = content, etag = '"one"'): Handler {
  return (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const goesOn = start > 0 && request.headers['if-range'] === etag;
    if (goesOn && start >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
      return;
    }
    const rest = goesOn ? bytes.subarray(start) : bytes;
    response.writeHead(goesOn ? 206 : 200, {
      etag,
      'content-length': rest.length,
      ...(goesOn && {
        'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
      }),
    });
    response.end(rest);
  };
}

/** Promises the rest, sends a part of it and breaks off. */
function dropAfter(count: number): Handler {
  return (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(start > 0 ? 206 : 200, {
      etag: '"one"',
      'content-length': content.length - start,
      ...(start > 0 && {
        'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
      }),
    });
    response.write(content.subarray(start, start + count), () => {
      setTimeout(() => response.destroy(), 30);
    });
  };
}

const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Handler =>
  (_, response) => {
    response.writeHead(code, headers).end('no');
  };

interface Wish {
  readonly sha256?: string | null;
  readonly signal?: AbortSignal;
  readonly report?: (done: number, total: number | null) => void;
  readonly proxy?: string;
  readonly url?: string;
}

function fetchIt(wish: Wish = {}): Promise<Downloaded> {
  const { signal = new AbortController().signal, report = () => undefined } = wish;
  const { url = `${base}/teacher.bin`, proxy = null } = wish;
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
    handlers = [serve()];
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
    handlers = [dropAfter(50_000), dropAfter(70_000), dropAfter(1), dropAfter(9), serve()];
    await fetchIt();
    await requireWhole();
    expect(ranges[0]).toBeUndefined();
    expect(ranges.slice(1)).toEqual(
      [50_000, 120_000, 120_001, 120_010].map((at) => `bytes=${at}-`),
    );
  });

  it('gives up on a server that sends nothing, and goes on another day', async () => {
    handlers = [dropAfter(50_000), dropAfter(0)];
    await expect(fetchIt()).rejects.toMatchObject({ code: 'network' });
    expect((await here()).sort()).toEqual(['teacher.bin.download', 'teacher.bin.download.json']);
    handlers = [serve()];
    ranges = [];
    await fetchIt();
    expect(ranges).toEqual(['bytes=50000-']);
    await requireWhole();
  });

  it('does not wait for ever for one that falls silent', async () => {
    const silent: Handler = (_, response) => {
      response.writeHead(200, { etag: '"one"', 'content-length': content.length });
      response.write(content.subarray(0, 10));
    };
    handlers = [silent, serve()];
    await fetchIt();
    await requireWhole();
  });

  it('a file that ends too early is not taken for a whole one', async () => {
    // Without a length, as some proxies pass it on: only the content tells.
    handlers = [
      (_, response) => {
        response.writeHead(200, { 'transfer-encoding': 'chunked' });
        response.end(content.subarray(0, 1000));
      },
    ];
    await expect(fetchIt()).rejects.toMatchObject({ code: 'invalid-file' });
    expect(await here()).toEqual([]);
  });

  it('another content is refused, deleted, and leaves an older file alone', async () => {
    handlers = [serve()];
    await fetchIt();
    const other = Buffer.from(content);
    other[5] = 1 + (other[5] ?? 0);
    handlers = [serve(other, '"two"')];
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(sha256.slice(0, 8)) as string,
    });
    await requireWhole();
  });

  it('never joins two contents, whatever the server changed meanwhile', async () => {
    const old = Buffer.alloc(content.length, 7);
    const breaking: Handler = (_, response) => {
      response.writeHead(200, { etag: '"old"', 'content-length': old.length });
      response.write(old.subarray(0, 40_000), () => {
        setTimeout(() => response.destroy(), 30);
      });
    };
    handlers = [breaking, serve()];
    await fetchIt();
    await requireWhole();
  });

  it('goes by the hash that a store of models promises, where no other is known', async () => {
    const promising: Handler = (request, response) => {
      if (request.url === '/teacher.bin') {
        response.writeHead(302, { location: '/store', 'x-linked-etag': `"${sha256}"` }).end();
      } else serve()(request, response);
    };
    handlers = [promising];
    expect(await fetchIt({ sha256: null })).toMatchObject({ isVerified: true });
    const lying: Handler = (request, response) => {
      const wrong = '0'.repeat(64);
      if (request.url === '/teacher.bin') {
        response.writeHead(302, { location: '/store', 'x-linked-etag': wrong }).end();
      } else serve()(request, response);
    };
    handlers = [lying];
    await expect(fetchIt({ sha256: null })).rejects.toMatchObject({ code: 'invalid-file' });
    handlers = [serve()];
    expect(await fetchIt({ sha256: null })).toMatchObject({ isVerified: false, sha256 });
    expect(await fetchIt({ sha256: sha256.slice(0, 8) })).toMatchObject({ isVerified: true });
  });

  it('stops when it is told to, and goes on from there', async () => {
    const controller = new AbortController();
    const slow: Handler = (_, response) => {
      response.writeHead(200, { etag: '"one"', 'content-length': content.length });
      response.write(content.subarray(0, 60_000));
    };
    handlers = [slow];
    const report = (done: number): void => {
      if (done >= 60_000) controller.abort();
    };
    await expect(fetchIt({ signal: controller.signal, report })).rejects.toMatchObject({
      code: 'cancelled',
    });
    handlers = [serve()];
    ranges = [];
    await fetchIt();
    expect(ranges).toEqual(['bytes=60000-']);
    await requireWhole();
  });

  it('takes what had come whole and only lacked its name', async () => {
    handlers = [dropAfter(content.length - 1), dropAfter(0)];
    await expect(fetchIt()).rejects.toThrow();
    await writeFile(`${file}.download`, content);
    handlers = [serve()];
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
    handlers = [status(code)];
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(message) as string,
    });
    expect(ranges).toHaveLength(1);
  });

  it('a server that is busy is asked again, when it says so', async () => {
    handlers = [status(503), status(429, { 'retry-after': '0' }), serve()];
    await fetchIt();
    await requireWhole();
    handlers = [status(500)];
    ranges = [];
    file = `${file}.2`;
    await expect(fetchIt()).rejects.toMatchObject({ code: 'network' });
    expect(ranges).toHaveLength(patience.attempts);
  });

  it('is not led in circles', async () => {
    handlers = [status(302, { location: '/teacher.bin' })];
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
    handlers = [serve()];
    const asked: string[] = [];
    const proxy = createServer();
    // What is not encrypted may be asked for by its whole address or through a tunnel.
    proxy.on('request', (request: IncomingMessage, response: ServerResponse) => {
      asked.push(request.url ?? '');
      serve()(request, response);
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
    handlers = [serve()];
    await fetchIt();
    const inside = join(file, 'x');
    file = inside;
    await expect(fetchIt()).rejects.toMatchObject({ code: 'disk' });
    await wait(0);
  });
});
