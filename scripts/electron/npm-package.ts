import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runTool } from './run-tool.ts';

// In the project's folder, so that its .npmrc applies.
const cwd = join(import.meta.dirname, '..', '..');

/** Downloads a package's archive into `folder`, from the registry that npm is configured for. */
export async function fetchPackage(specifier: string, folder: string): Promise<string> {
  // By default, npm waits minutes for a registry that does not answer.
  await runTool('npm', ['view', specifier, 'dist.integrity', '--fetch-retries=0'], {
    cwd,
    limitMs: 30_000,
  }).catch((error: unknown) => {
    throw new Error('npm found no registry that has it.', { cause: error });
  });
  const args = ['pack', specifier, '--loglevel=error', '--pack-destination', folder];
  await runTool('npm', args, { cwd, limitMs: 60 * 60_000 });
  const name = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new Error(`npm pack ${specifier} wrote nothing.`);
  return join(folder, name);
}

/** Throws unless the file has the expected hash (`sha512-…`, as in a lockfile). */
export async function checkIntegrity(file: string, integrity: string): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  const found = `sha512-${hash.digest('base64')}`;
  if (found !== integrity) {
    throw new Error(`The archive has the hash ${found}, not the expected ${integrity}.`);
  }
}
