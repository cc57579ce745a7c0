import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { dropAfter, openFileServer, serve, status } from '../testing/file-server.ts';
import { content, downloads } from '../testing/downloads.ts';

const trial = downloads();
const { fetchIt, here, requireWhole } = trial;

describe('downloadFile', () => {
  it.each([
    ['file:///etc/passwd', /an address of “file:”/],
    ['data:text/plain,hi', /an address of “data:”/],
    ['ftp://models.example/x', /an address of “ftp:”/],
    ['http://[::bad', /an invalid address/],
  ])('does not follow a redirect to %s', async (location, message) => {
    trial.server.handlers = [status(302, { location })];
    await expect(fetchIt()).rejects.toThrow(message);
    expect(trial.server.ranges).toHaveLength(1);
  });

  it('sends the password of an address only to its own server, and writes it nowhere', async () => {
    const address = trial.server.base.replace('//', '//me%40home:p%3A%@');
    const other = await openFileServer();
    try {
      other.handlers = [serve(content)];
      trial.server.handlers = [
        status(302, { location: '/here' }),
        status(302, { location: `${other.base}/there` }),
      ];
      await fetchIt({ url: `${address}/teacher.bin` });
      const both = `Basic ${Buffer.from('me@home:p%3A%').toString('base64')}`;
      expect(trial.server.authorizations).toEqual([both, both]);
      expect(other.authorizations).toEqual([undefined]);
      trial.server.handlers = [dropAfter(content, 10), status(500)];
      trial.file = `${trial.file}.2`;
      await expect(fetchIt({ url: `${address}/teacher.bin` })).rejects.toThrow(/is kept/);
      expect(await readFile(`${trial.file}.download.json`, 'utf8')).not.toContain('home');
      trial.server.handlers = [status(401)];
      await expect(fetchIt({ url: `${address}/x` })).rejects.toThrow(/refuses the name/);
      trial.server.handlers = [status(404)];
      await expect(fetchIt({ url: `${address}/x` })).rejects.toMatchObject({
        details: `${trial.server.base}/x`,
      });
    } finally {
      other.close();
    }
  });

  it('does not follow redirects in circles', async () => {
    trial.server.handlers = [status(302, { location: '/teacher.bin' })];
    await expect(fetchIt()).rejects.toThrow(/without end/);
  });

  it('reports an unreachable server, and how to proceed without it', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await expect(fetchIt({ url: `http://127.0.0.1:${port}/x` })).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(/could not be reached.*downloaded file/) as string,
    });
  });

  it('uses a proxy', async () => {
    trial.server.handlers = [serve(content)];
    const asked: string[] = [];
    const proxy = createServer();
    // Unencrypted files may be requested by their full address or through a tunnel.
    proxy.on('request', (request: IncomingMessage, response: ServerResponse) => {
      asked.push(request.url ?? '');
      serve(content)(request, response);
    });
    proxy.on('connect', (request: IncomingMessage, socket: ServerResponse['socket']) => {
      asked.push(request.url ?? '');
      socket?.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      trial.server.emit('connection', socket);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    await fetchIt({
      proxy: address,
      url: 'http://models.example/teacher.bin',
      plainHttp: true,
    });
    expect(asked[0]).toContain('models.example');
    await requireWhole();
    proxy.closeAllConnections();
    proxy.close();
    await expect(fetchIt({ proxy: 'no address' })).rejects.toMatchObject({
      code: 'invalid-option',
    });
  });

  it.each([
    [
      'the address itself',
      'http://0.0.0.0:1/teacher.bin',
      /The address uses 0\.0\.0\.0:1 without encryption/,
    ],
    ['where it leads', undefined, /redirects to mirror\.example without encryption/],
  ])('refuses %s without encryption, except on this computer', async (_, url, message) => {
    trial.server.handlers = [
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

  it('downloads without encryption if the user allows it', async () => {
    trial.server.handlers = [serve(content)];
    // A name of this computer that is not recognised as local.
    const url = `${trial.server.base.replace('127.0.0.1', '0.0.0.0')}/teacher.bin`;
    await expect(fetchIt({ url, plainHttp: true })).resolves.toMatchObject({ isVerified: true });
    await requireWhole();
  });
});
