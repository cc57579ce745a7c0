import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runTool } from './run-tool.ts';

/** Unpacks `archive` into `folder`, except the entries named by `without` (`*` at the end only). */
export async function unzip(
  archive: string,
  folder: string,
  without: readonly string[],
): Promise<void> {
  try {
    await runTool('unzip', ['-q', archive, '-d', folder, '-x', ...without]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await unzipWithoutProgram(archive, folder, without);
  }
}

/** Unpacks with the library that Electron's own package uses for its download. */
async function unzipWithoutProgram(
  archive: string,
  folder: string,
  without: readonly string[],
): Promise<void> {
  const electron = createRequire(import.meta.url).resolve('electron/package.json');
  const library = createRequire(electron).resolve('@electron-internal/extract-zip');
  const { extract } = (await import(pathToFileURL(library).href)) as {
    extract: (archive: string, options: { dir: string }) => Promise<void>;
  };
  await extract(archive, { dir: folder });
  for (const pattern of without) {
    await rm(join(folder, pattern.replace(/\*$/, '')), { recursive: true, force: true });
  }
}
