import { truncateSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../core/errors.ts';
import type { Downloaded } from './arrival.ts';
import { downloadFile } from './download.ts';
import {
  dropAfter,
  loginPage,
  openFileServer,
  sendAs,
  sendOnly,
  serve,
  sha256Of,
  someContent,
  status,
} from './testing/file-server.ts';
import type { FileServer, Handler } from './testing/file-server.ts';

const content = someContent();
const sha256 = sha256Of(content);
const patience = { attempts: 3, pauseMs: 5, silenceMs: 3000 };

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
  server.authorizations = [];
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
  readonly listed?: number;
  readonly check?: (path: string) => Promise<void>;
  readonly plainHttp?: boolean;
}

function fetchIt(wish: Wish = {}): Promise<Downloaded> {
  const { signal = new AbortController().signal, report = () => undefined } = wish;
  const { url = `${server.base}/teacher.bin`, proxy = null } = wish;
  const known = wish.sha256 === undefined ? sha256 : wish.sha256;
  const { listed = null, check = () => Promise.resolve() } = wish;
  const { plainHttp = false } = wish;
  const download = { url, file, sha256: known, listed, proxy, plainHttp, check };
  return downloadFile(download, { signal, report }, patience);
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
    // What a server says of itself shows that all came, and nothing of who wrote it.
    expect(await fetchIt({ sha256: null })).toMatchObject({ isVerified: false, sha256 });
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
    // Anybody can make a file whose SHA-256 begins so.
    expect(await fetchIt({ sha256: sha256.slice(0, 8) })).toMatchObject({ isVerified: false });
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
    [401, /wants a name and a password/],
    [511, /may ask for a login/],
    [416, /as if a part of it had been asked for/],
    [403, /agreed to its terms/],
    [404, /has no such file/],
    [407, /name and a password/],
    [418, /answers with 418/],
  ])('an answer of %i is not asked again', async (code, message) => {
    server.handlers = [status(code)];
    await expect(fetchIt()).rejects.toThrow(message);
    expect(server.ranges).toHaveLength(1);
  });

  it.each([
    ['file:///etc/passwd', /an address of “file:”/],
    ['data:text/plain,hi', /an address of “data:”/],
    ['ftp://models.example/x', /an address of “ftp:”/],
    ['http://[::bad', /something that is no address/],
  ])('is not led to %s', async (location, message) => {
    server.handlers = [status(302, { location })];
    await expect(fetchIt()).rejects.toThrow(message);
    expect(server.ranges).toHaveLength(1);
  });

  it.each([
    ['does not say which part it sends', sendAs(content, { etag: '"one"' }, 206)],
    [
      'sends another part than it was asked for',
      sendAs(content.subarray(5), { etag: '"one"', 'content-range': 'bytes 5-299999/300000' }, 206),
    ],
    [
      'passes over that the file is another by now',
      sendAs(
        Buffer.alloc(260_000, 7),
        { etag: '"two"', 'content-range': 'bytes 40000-299999/300000' },
        206,
      ),
    ],
    [
      'calls it by the same name, and says that it was changed',
      sendAs(
        Buffer.alloc(260_000, 7),
        {
          etag: '"one"',
          'last-modified': 'Tue, 02 Jan 2024 00:00:00 GMT',
          'content-range': 'bytes 40000-299999/300000',
        },
        206,
      ),
    ],
  ])('begins anew with a server that %s', async (_, rest) => {
    const first: Handler = (request, response) => {
      response.setHeader('last-modified', 'Mon, 01 Jan 2024 00:00:00 GMT');
      dropAfter(content, 40_000)(request, response);
    };
    server.handlers = [first, rest, serve(content)];
    await fetchIt({ sha256: null });
    await requireWhole();
    expect(server.ranges).toEqual([undefined, 'bytes=40000-', undefined]);
  });

  it('gives up on a server that breaks off and never goes on rightly', async () => {
    const faulty: Handler = (request, response) => {
      if (request.headers.range === undefined) dropAfter(content, 40_000)(request, response);
      else sendAs(content, {}, 206)(request, response);
    };
    server.handlers = [faulty];
    await expect(fetchIt()).rejects.toMatchObject({ code: 'network' });
    expect(await here()).toEqual([]);
  });

  it('a part that nobody asked for is no file', async () => {
    server.handlers = [sendAs(content, { 'content-range': 'bytes 100-300099/300100' }, 206)];
    await expect(fetchIt({ sha256: null })).rejects.toThrow(/went on at byte 100, not 0/);
    expect(await here()).toEqual([]);
  });

  it('what is packed is refused', async () => {
    server.handlers = [sendAs(content, { 'content-encoding': 'gzip' })];
    await expect(fetchIt()).rejects.toThrow(/sends the file packed \(gzip\)/);
    expect(server.ranges).toHaveLength(1);
  });

  it.each([
    ['by its own word', sendAs(Buffer.from('login'), { 'content-type': 'text/html; charset=a' })],
    ['by what is in it', sendAs(loginPage, {})],
  ])('a web page is told, %s', async (_, handler) => {
    server.handlers = [handler];
    await expect(fetchIt()).rejects.toThrow(/no checkpoint but a web page: the network may ask/);
    expect(await here()).toEqual([]);
  });

  it('what is not the size that is listed is not kept, but for rounding', async () => {
    const unknown = { sha256: null };
    const cut: Handler = (_, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.end(content.subarray(0, 150_000));
    };
    server.handlers = [cut];
    await expect(fetchIt({ ...unknown, listed: 300_000 })).rejects.toThrow(
      /has 150000 bytes where 300000 are listed/,
    );
    expect(await here()).toEqual([]);
    server.handlers = [serve(content)];
    await expect(fetchIt({ ...unknown, listed: 300_001 })).rejects.toThrow(/are listed/);
    await expect(fetchIt({ ...unknown, listed: 302_000 })).rejects.toThrow(/are listed/);
    await fetchIt({ ...unknown, listed: 301_000 });
    await requireWhole();
    // The content says more than a list.
    await fetchIt({ listed: 1 });
  });

  it('what a look into it refuses is not kept', async () => {
    server.handlers = [serve(content)];
    const check = (path: string): Promise<void> =>
      Promise.reject(new UserError('unsupported', `${path} is a drawing.`));
    await expect(fetchIt({ check })).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(`wanted: ${file} is a drawing. It was deleted`) as string,
    });
    expect(await here()).toEqual([]);
  });

  it('what another program cut short meanwhile is not taken', async () => {
    server.handlers = [serve(content)];
    const report = (done: number): void => {
      if (done === content.length) truncateSync(`${file}.download`, 10);
    };
    await expect(fetchIt({ sha256: null, report })).rejects.toThrow(/another program changed it/);
    expect(await here()).toEqual([]);
  });

  it('without a name for the content nothing is kept that could not be continued', async () => {
    const weak = 'W/"one"';
    server.handlers = [dropAfter(content, 50_000, weak)];
    await expect(fetchIt()).rejects.toThrow(/by hand\.$/);
    expect(await here()).toEqual([]);
    server.handlers = [sendOnly(content, 50_000, weak)];
    const controller = new AbortController();
    const report = (done: number): void => {
      if (done > 0) controller.abort();
    };
    await expect(fetchIt({ signal: controller.signal, report })).rejects.toThrow(
      /Nothing of it is kept/,
    );
    expect(await here()).toEqual([]);
  });

  it('sends the password of an address to its own server alone, and writes it nowhere', async () => {
    const address = server.base.replace('//', '//me%40home:p%3A%@');
    const other = await openFileServer();
    try {
      other.handlers = [serve(content)];
      server.handlers = [
        status(302, { location: '/here' }),
        status(302, { location: `${other.base}/there` }),
      ];
      await fetchIt({ url: `${address}/teacher.bin` });
      const both = `Basic ${Buffer.from('me@home:p%3A%').toString('base64')}`;
      expect(server.authorizations).toEqual([both, both]);
      expect(other.authorizations).toEqual([undefined]);
      server.handlers = [dropAfter(content, 10), status(500)];
      file = `${file}.2`;
      await expect(fetchIt({ url: `${address}/teacher.bin` })).rejects.toThrow(/is kept/);
      expect(await readFile(`${file}.download.json`, 'utf8')).not.toContain('home');
      server.handlers = [status(401)];
      await expect(fetchIt({ url: `${address}/x` })).rejects.toThrow(/does not take the name/);
      server.handlers = [status(404)];
      await expect(fetchIt({ url: `${address}/x` })).rejects.toMatchObject({
        details: `${server.base}/x`,
      });
    } finally {
      other.close();
    }
  });

  it('a folder in the place of what comes is no trouble of the network', async () => {
    server.handlers = [serve(content)];
    await mkdir(`${file}.download`, { recursive: true });
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'disk',
      message: expect.stringContaining(`${file}.download is a folder`) as string,
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
    await fetchIt({
      ...{ proxy: address, url: 'http://models.example/teacher.bin', plainHttp: true },
    });
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

  it.each([
    [
      'the address itself',
      'http://0.0.0.0:1/teacher.bin',
      /The address is of 0\.0\.0\.0:1 without encryption/,
    ],
    ['where it leads', undefined, /leads to mirror\.example without encryption/],
  ])('refuses %s without encryption beyond this computer', async (_, url, message) => {
    server.handlers = [
      (_request, response) => {
        response.writeHead(302, { location: 'http://mirror.example/teacher.bin' }).end();
      },
    ];
    const wish = url === undefined ? {} : { url };
    await expect(fetchIt(wish)).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(message) as string,
    });
    await expect(here()).resolves.toEqual([]);
  });

  it('fetches without encryption where a person insists', async () => {
    server.handlers = [serve(content)];
    // Another name of this computer, which is none of those that are known to be.
    const url = `${server.base.replace('127.0.0.1', '0.0.0.0')}/teacher.bin`;
    await expect(fetchIt({ url, plainHttp: true })).resolves.toMatchObject({ isVerified: true });
    await requireWhole();
  });

  it('deletes a file of another SHA-256 than the one that is pinned, and says so', async () => {
    server.handlers = [serve(content)];
    await expect(fetchIt({ sha256: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(
        /SHA-256 begins with .{8} where 00000000 was expected.*It was deleted/,
      ) as string,
    });
    await expect(here()).resolves.toEqual([]);
  });
});
