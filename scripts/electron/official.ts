import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';

const packageFolder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));

/** Limit for the download: minutes for a slow connection, but not forever for one without an answer. */
const limitMs = 10 * 60_000;

/** Returns the binary that the package `electron` has downloaded; undefined if there is none. */
export function installedBinary(): string | undefined {
  const pathFile = join(packageFolder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(packageFolder, 'dist');
  const binary = join(folder, readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}

/** Makes the package download its binary, which it checks against its own checksums. */
export async function downloadOfficial(say: (line: string) => void): Promise<string> {
  say('Downloading Electron, about 110 MB. This is done only once.');
  const output: string[] = [];
  // Connections without an answer end by themselves after 10 s.
  const child = spawn(process.execPath, [join(packageFolder, 'install.js')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ELECTRON_GET_NO_PROGRESS: '1' },
    timeout: limitMs,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  }
  await new Promise<void>((resolve) => {
    child
      .on('error', (error) => output.push(error.message))
      .on('close', () => {
        resolve();
      });
  });
  const binary = installedBinary();
  if (binary !== undefined) return binary;
  const why = output.join('').trim().split('\n')[0] ?? '';
  throw new Error(`The download of Electron failed${why === '' ? '' : ` (${why})`}.`);
}
