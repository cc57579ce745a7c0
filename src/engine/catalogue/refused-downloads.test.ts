import { truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../core/errors.ts';
import { loginPage, sendAs, serve, status } from '../testing/file-server.ts';
import type { Handler } from '../testing/file-server.ts';
import { content, downloads, sha256 } from '../testing/downloads.ts';

const trial = downloads();
const { fetchIt, here, requireWhole } = trial;

describe('downloadFile', () => {
  it('a file that ends too early does not count as complete', async () => {
    // Without a length, as some proxies send it: only the content reveals the truncation.
    trial.server.handlers = [
      (_, response) => {
        response.writeHead(200, { 'transfer-encoding': 'chunked' });
        response.end(content.subarray(0, 1000));
      },
    ];
    await expect(fetchIt()).rejects.toMatchObject({ code: 'invalid-file' });
    expect(await here()).toEqual([]);
  });

  it('other content is refused and deleted, and an older file stays', async () => {
    trial.server.handlers = [serve(content)];
    await fetchIt();
    const other = Buffer.from(content);
    other[5] = 1 + (other[5] ?? 0);
    trial.server.handlers = [serve(other, '"two"')];
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(sha256.slice(0, 8)) as string,
    });
    await requireWhole();
  });

  it.each([
    [401, /requires a name and a password/],
    [511, /may ask for a login/],
    [416, /416 \(range not satisfiable\)/],
    [403, /requires agreement to the terms/],
    [404, /no longer has this file/],
    [407, /name and a password/],
    [418, /answers with 418/],
  ])('a request answered with %i is not repeated', async (code, message) => {
    trial.server.handlers = [status(code)];
    await expect(fetchIt()).rejects.toThrow(message);
    expect(trial.server.ranges).toHaveLength(1);
  });

  it('an unrequested partial response is refused', async () => {
    trial.server.handlers = [sendAs(content, { 'content-range': 'bytes 100-300099/300100' }, 206)];
    await expect(fetchIt({ sha256: null })).rejects.toThrow(/continued at byte 100, not 0/);
    expect(await here()).toEqual([]);
  });

  it('a compressed response is refused', async () => {
    trial.server.handlers = [sendAs(content, { 'content-encoding': 'gzip' })];
    await expect(fetchIt()).rejects.toThrow(/sends the file compressed \(gzip\)/);
    expect(trial.server.ranges).toHaveLength(1);
  });

  it.each([
    [
      'by its content type',
      sendAs(Buffer.from('login'), { 'content-type': 'text/html; charset=a' }),
    ],
    ['by its content', sendAs(loginPage, {})],
  ])('a web page is recognised %s', async (_, handler) => {
    trial.server.handlers = [handler];
    await expect(fetchIt()).rejects.toThrow(
      /A web page arrived instead of a checkpoint: the network may ask/,
    );
    expect(await here()).toEqual([]);
  });

  it('a file whose size differs from the listed one is not kept, except for rounding', async () => {
    const unknown = { sha256: null };
    const cut: Handler = (_, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.end(content.subarray(0, 150_000));
    };
    trial.server.handlers = [cut];
    await expect(fetchIt({ ...unknown, listed: 300_000 })).rejects.toThrow(
      /has 150000 bytes, but the catalogue lists 300000/,
    );
    expect(await here()).toEqual([]);
    trial.server.handlers = [serve(content)];
    await expect(fetchIt({ ...unknown, listed: 300_001 })).rejects.toThrow(/the catalogue lists/);
    await expect(fetchIt({ ...unknown, listed: 302_000 })).rejects.toThrow(/the catalogue lists/);
    await fetchIt({ ...unknown, listed: 301_000 });
    await requireWhole();
    // The hash takes precedence over the listed size.
    await fetchIt({ listed: 1 });
  });

  it('a file that fails its check is not kept', async () => {
    trial.server.handlers = [serve(content)];
    const check = (path: string): Promise<void> =>
      Promise.reject(new UserError('unsupported', `${path} is a drawing.`));
    await expect(fetchIt({ check })).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(
        `requested file: ${trial.file} is a drawing. It was deleted`,
      ) as string,
    });
    expect(await here()).toEqual([]);
  });

  it('a file that another program cut short in the meantime is not accepted', async () => {
    trial.server.handlers = [serve(content)];
    const report = (done: number): void => {
      if (done === content.length) truncateSync(`${trial.file}.download`, 10);
    };
    await expect(fetchIt({ sha256: null, report })).rejects.toThrow(/another program changed it/);
    expect(await here()).toEqual([]);
  });

  it('deletes a file whose SHA-256 differs from the pinned one, and reports it', async () => {
    trial.server.handlers = [serve(content)];
    await expect(fetchIt({ sha256: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(
        /SHA-256 begins with .{8}, not with 00000000.*It was deleted/,
      ) as string,
    });
    await expect(here()).resolves.toEqual([]);
  });
});
