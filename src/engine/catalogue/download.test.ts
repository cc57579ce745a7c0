import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { dropAfter, sendAs, sendOnly, serve, status } from '../testing/file-server.ts';
import type { Handler } from '../testing/file-server.ts';
import { content, downloads, patience, sha256 } from '../testing/downloads.ts';

const trial = downloads();
const { fetchIt, here, requireWhole } = trial;

describe('downloadFile', () => {
  it('downloads, verifies and reports', async () => {
    trial.server.handlers = [serve(content)];
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

  it('resumes after a lost connection, as long as there is progress', async () => {
    trial.server.handlers = [
      dropAfter(content, 50_000),
      dropAfter(content, 70_000),
      dropAfter(content, 1),
      dropAfter(content, 9),
      serve(content),
    ];
    await fetchIt();
    await requireWhole();
    expect(trial.server.ranges[0]).toBeUndefined();
    expect(trial.server.ranges.slice(1)).toEqual(
      [50_000, 120_000, 120_001, 120_010].map((at) => `bytes=${at}-`),
    );
  });

  it('gives up on a server that sends nothing, and resumes later', async () => {
    trial.server.handlers = [dropAfter(content, 50_000), dropAfter(content, 0)];
    await expect(fetchIt()).rejects.toMatchObject({ code: 'network' });
    expect((await here()).sort()).toEqual(['teacher.bin.download', 'teacher.bin.download.json']);
    trial.server.handlers = [serve(content)];
    trial.server.ranges = [];
    await fetchIt();
    expect(trial.server.ranges).toEqual(['bytes=50000-']);
    await requireWhole();
  });

  it('does not wait for ever for a silent server', async () => {
    trial.server.handlers = [sendOnly(content, 10), serve(content)];
    await fetchIt();
    await requireWhole();
  });

  it('never joins parts of different versions', async () => {
    const old = Buffer.alloc(content.length, 7);
    trial.server.handlers = [dropAfter(old, 40_000, '"old"'), serve(content)];
    await fetchIt();
    await requireWhole();
  });

  it('uses the hash stated by a model store if no other is known', async () => {
    const promising: Handler = (request, response) => {
      if (request.url === '/teacher.bin') {
        response.writeHead(302, { location: '/store', 'x-linked-etag': `"${sha256}"` }).end();
      } else serve(content)(request, response);
    };
    trial.server.handlers = [promising];
    // A hash from the server shows that the file is complete, not who wrote it.
    expect(await fetchIt({ sha256: null })).toMatchObject({ isVerified: false, sha256 });
    const lying: Handler = (request, response) => {
      const wrong = '0'.repeat(64);
      if (request.url === '/teacher.bin') {
        response.writeHead(302, { location: '/store', 'x-linked-etag': wrong }).end();
      } else serve(content)(request, response);
    };
    trial.server.handlers = [lying];
    await expect(fetchIt({ sha256: null })).rejects.toMatchObject({ code: 'invalid-file' });
    trial.server.handlers = [serve(content)];
    expect(await fetchIt({ sha256: null })).toMatchObject({ isVerified: false, sha256 });
    // Anybody can create a file whose SHA-256 begins with these digits.
    expect(await fetchIt({ sha256: sha256.slice(0, 8) })).toMatchObject({ isVerified: false });
  });

  it('stops when cancelled, and resumes from there', async () => {
    const controller = new AbortController();
    trial.server.handlers = [sendOnly(content, 60_000)];
    const report = (done: number): void => {
      if (done >= 60_000) controller.abort();
    };
    await expect(fetchIt({ signal: controller.signal, report })).rejects.toMatchObject({
      code: 'cancelled',
    });
    trial.server.handlers = [serve(content)];
    trial.server.ranges = [];
    await fetchIt();
    expect(trial.server.ranges).toEqual(['bytes=60000-']);
    await requireWhole();
  });

  it('keeps a complete download that was not yet renamed', async () => {
    trial.server.handlers = [dropAfter(content, content.length - 1), dropAfter(content, 0)];
    await expect(fetchIt()).rejects.toThrow(/could not be reached.*is kept/);
    await writeFile(`${trial.file}.download`, content);
    trial.server.handlers = [serve(content)];
    await fetchIt();
    await requireWhole();
  });

  it.each([
    ['does not state which part it sends', sendAs(content, { etag: '"one"' }, 206)],
    [
      'sends a part that was not requested',
      sendAs(content.subarray(5), { etag: '"one"', 'content-range': 'bytes 5-299999/300000' }, 206),
    ],
    [
      'ignores that the file has changed since',
      sendAs(
        Buffer.alloc(260_000, 7),
        { etag: '"two"', 'content-range': 'bytes 40000-299999/300000' },
        206,
      ),
    ],
    [
      'uses the same identifier, but states that the file was changed',
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
  ])('starts over with a server that %s', async (_, rest) => {
    const first: Handler = (request, response) => {
      response.setHeader('last-modified', 'Mon, 01 Jan 2024 00:00:00 GMT');
      dropAfter(content, 40_000)(request, response);
    };
    trial.server.handlers = [first, rest, serve(content)];
    await fetchIt({ sha256: null });
    await requireWhole();
    expect(trial.server.ranges).toEqual([undefined, 'bytes=40000-', undefined]);
  });

  it('gives up on a server that breaks off and never resumes correctly', async () => {
    const faulty: Handler = (request, response) => {
      if (request.headers.range === undefined) dropAfter(content, 40_000)(request, response);
      else sendAs(content, {}, 206)(request, response);
    };
    trial.server.handlers = [faulty];
    await expect(fetchIt()).rejects.toMatchObject({ code: 'network' });
    expect(await here()).toEqual([]);
  });

  it('keeps no partial download that could not be resumed, if the content has no identifier', async () => {
    const weak = 'W/"one"';
    trial.server.handlers = [dropAfter(content, 50_000, weak)];
    await expect(fetchIt()).rejects.toThrow(/use a downloaded file\.$/);
    expect(await here()).toEqual([]);
    trial.server.handlers = [sendOnly(content, 50_000, weak)];
    const controller = new AbortController();
    const report = (done: number): void => {
      if (done > 0) controller.abort();
    };
    await expect(fetchIt({ signal: controller.signal, report })).rejects.toThrow(/Nothing is kept/);
    expect(await here()).toEqual([]);
  });

  it('a folder in the place of the download is reported as an error of the disk, not of the network', async () => {
    trial.server.handlers = [serve(content)];
    await mkdir(`${trial.file}.download`, { recursive: true });
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'disk',
      message: expect.stringContaining(`${trial.file}.download is a folder`) as string,
    });
    expect(trial.server.ranges).toHaveLength(1);
  });

  it('asks a busy server again at the time that it states', async () => {
    trial.server.handlers = [status(503), status(429, { 'retry-after': '0' }), serve(content)];
    await fetchIt();
    await requireWhole();
    trial.server.handlers = [status(500)];
    trial.server.ranges = [];
    trial.file = `${trial.file}.2`;
    await expect(fetchIt()).rejects.toMatchObject({ code: 'network' });
    expect(trial.server.ranges).toHaveLength(patience.attempts);
  });

  it('a folder in the place of the file causes no loss', async () => {
    trial.server.handlers = [serve(content)];
    await fetchIt();
    const inside = join(trial.file, 'x');
    trial.file = inside;
    await expect(fetchIt()).rejects.toMatchObject({ code: 'disk' });
    await wait(0);
  });
});
