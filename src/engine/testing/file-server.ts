import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Random } from '../../core/random.ts';

/** Answers a request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A local server that simulates remote servers and their faults. */
export interface FileServer {
  /** `http://127.0.0.1:<port>`. */
  readonly base: string;
  /** Handlers of successive requests; the last one handles all further ones. */
  handlers: Handler[];
  /** Requests since these arrays were last emptied. */
  paths: string[];
  ranges: (string | undefined)[];
  authorizations: (string | undefined)[];
  /** Lets this server answer a request of another one. */
  emit(event: 'connection', socket: unknown): void;
  hangUp(): void;
  close(): void;
}

export async function openFileServer(): Promise<FileServer> {
  const http = createServer((request, response) => {
    server.paths.push(request.url ?? '');
    server.ranges.push(request.headers.range);
    server.authorizations.push(request.headers.authorization);
    const { handlers } = server;
    const handler = handlers.length > 1 ? handlers.shift() : handlers[0];
    handler?.(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: FileServer = {
    base: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    handlers: [],
    paths: [],
    ranges: [],
    authorizations: [],
    emit: (event, socket) => void http.emit(event, socket),
    hangUp: () => {
      http.closeAllConnections();
    },
    close: () => {
      http.closeAllConnections();
      http.close();
    },
  };
  return server;
}

/** Returns arbitrary file content. */
export function someContent(length = 300_000): Buffer {
  const random = new Random(1);
  return Buffer.from(Uint8Array.from({ length }, () => random.integer(256)));
}

export function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function startOf(request: IncomingMessage): number {
  return Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
}

/** Serves a content and supports resuming. */
export function serve(content: Buffer, etag = '"one"'): Handler {
  return (request, response) => {
    const start = startOf(request);
    const continues = start > 0 && request.headers['if-range'] === etag;
    if (continues && start >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
      return;
    }
    const rest = continues ? content.subarray(start) : content;
    response.writeHead(continues ? 206 : 200, {
      etag,
      'content-length': rest.length,
      ...(continues && {
        'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
      }),
    });
    response.end(rest);
  };
}

/** Promises the rest of a content, sends a part of it and then stalls. */
export function sendOnly(content: Buffer, count: number, etag = '"one"'): Handler {
  return (request, response) => {
    const start = startOf(request);
    promise(response, content, start, etag);
    response.write(content.subarray(start, start + count));
  };
}

/** Promises the rest of a content, sends a part of it and closes the connection. */
export function dropAfter(content: Buffer, count: number, etag = '"one"'): Handler {
  return (request, response) => {
    const start = startOf(request);
    promise(response, content, start, etag);
    response.write(content.subarray(start, start + count), () => {
      // By then even a slow reader has read it.
      setTimeout(() => response.destroy(), 400);
    });
  };
}

/** Serves a content slowly enough to be observed. */
export function trickle(content: Buffer, pieces: number, pauseMs: number): Handler {
  return (request, response) => {
    const start = startOf(request);
    promise(response, content, start, '"one"');
    const step = Math.ceil(content.length / pieces);
    let at = start;
    const next = (): void => {
      if (response.destroyed) return;
      response.write(content.subarray(at, at + step));
      at += step;
      if (at < content.length) setTimeout(next, pauseMs);
      else response.end();
    };
    next();
  };
}

function promise(response: ServerResponse, content: Buffer, start: number, etag: string): void {
  response.writeHead(start > 0 ? 206 : 200, {
    etag,
    'content-length': content.length - start,
    ...(start > 0 && { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }),
  });
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}): Handler {
  return (_, response) => {
    response.writeHead(code, headers).end('no');
  };
}

/** Serves a content under arbitrary headers, whatever the request. */
export function sendAs(
  content: Buffer,
  headers: Readonly<Record<string, string>>,
  code = 200,
): Handler {
  return (_, response) => {
    response.writeHead(code, headers).end(content);
  };
}

/** Login page that a network serves instead of any address. */
export const loginPage = Buffer.from('<html>login</html>');

/** Chooses a handler by the last part of the path; 404 without one. */
export function byName(handlers: Readonly<Record<string, Handler>>): Handler {
  return (request, response) => {
    const name = request.url?.split('/').at(-1) ?? '';
    (handlers[name] ?? status(404))(request, response);
  };
}
