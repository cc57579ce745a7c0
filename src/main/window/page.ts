import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import process from 'node:process';
import { app } from 'electron';
import type { Session, WebFrameMain } from 'electron';
import { failurePage } from './failure-page.ts';
import type { PageFailure } from './failure-page.ts';
import { pageFolder } from '../paths.ts';

/**
 * Scheme of the page. It is not `file:`, so that the page has an origin that distinguishes its messages from those of
 * other pages, a policy in a header, and no access to other files.
 */
export const pageScheme = 'understudy';
const pageOrigin = `${pageScheme}://page`;

/** Vite's server during development. */
export const devServer: string | undefined = app.isPackaged
  ? undefined
  : process.env.ELECTRON_RENDERER_URL;

export const pageUrl = devServer ?? `${pageOrigin}/index.html`;
export const failureUrl = `${pageOrigin}/failure`;

/**
 * Returns true if a frame is the page itself: not a frame inside it, nor the failure page, nor any other page.
 */
export function isPage(frame: WebFrameMain | null): boolean {
  // A frame that was removed has no parent either, but its URL is not ours.
  if (frame?.parent !== null) return false;
  return isPageUrl(frame.url);
}

/** Returns true if an address is the page's, ignoring `?` and `#` parts. */
export function isPageUrl(url: string): boolean {
  return isSamePage(url, pageUrl);
}

/** Returns true if the window may show this address: the page, or the failure page. */
export function isOwnUrl(url: string): boolean {
  return isPageUrl(url) || url === failureUrl;
}

/** Compares two addresses without their `?` and `#` parts. */
function isSamePage(url: string, other: string): boolean {
  if (!URL.canParse(url)) return false;
  const [a, b] = [new URL(url), new URL(other)];
  return a.protocol === b.protocol && a.host === b.host && a.pathname === b.pathname;
}

/**
 * Content policy: only the page's own files, and thumbnails from the engine. Style attributes are allowed, because
 * bars and positions are set that way; style elements and inline scripts are not.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' media: data: blob:",
  "font-src 'self'",
  "connect-src 'self' media:",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-src 'none'",
  "frame-ancestors 'none'",
].join('; ');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** Serves the built page, and under its own address the error page. */
export function servePage(session: Session, failure: () => PageFailure): void {
  session.protocol.handle(pageScheme, async (request) => {
    if (request.method !== 'GET' || !request.url.startsWith(`${pageOrigin}/`)) return notFound();
    if (request.url === failureUrl) return answer(200, failurePage(failure()), types['.html']);
    try {
      const file = join(pageFolder, decodeURIComponent(new URL(request.url).pathname));
      const type = types[extname(file)];
      if (!file.startsWith(pageFolder + sep) || type === undefined) return notFound();
      return answer(200, await readFile(file), type);
    } catch {
      return notFound();
    }
  });
}

function notFound(): Response {
  return answer(404, '');
}

function answer(
  status: number,
  body: string | Uint8Array<ArrayBuffer>,
  type = 'text/plain',
): Response {
  return new Response(body, {
    status,
    headers: {
      'content-type': type,
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
    },
  });
}
