import { existsSync } from 'node:fs';
import process from 'node:process';
import { downloadOfficial, installedBinary } from './official.ts';
import { preparedBinary, prepareFromRegistry, suitsThisMachine } from './registry-binary.ts';

/** Error for a missing Electron, in a sentence that says what to do. */
export class ElectronMissing extends Error {
  override readonly name = 'ElectronMissing';
}

/**
 * Returns the path of an Electron that starts the app, for development and tests. The npm package `electron`
 * contains no binary and no install script: it downloads a binary at first use, from outside the registry,
 * which a closed network forbids. Therefore tried in this order: the binary named by ELECTRON_EXEC_PATH; the
 * downloaded one; an older one already prepared from the registry; a download; the older one, prepared now.
 */
export async function ensureElectron(say: (line: string) => void = console.log): Promise<string> {
  const named = process.env.ELECTRON_EXEC_PATH;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new ElectronMissing(
      `ELECTRON_EXEC_PATH names ${named}, which does not exist. Correct it or unset it.`,
    );
  }
  // A prepared binary comes before a download: it exists only if a download failed before, and would fail again slowly.
  const ready = installedBinary() ?? preparedBinary();
  if (ready !== undefined) return ready;

  const reasons: string[] = [];
  const ways = suitsThisMachine() ? [downloadOfficial, prepareFromRegistry] : [downloadOfficial];
  for (const way of ways) {
    try {
      return await way(say);
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new ElectronMissing(
    [
      'The window needs Electron, which could not be installed:',
      ...reasons.map((reason) => `  ${reason}`),
      'Start again with a network that allows one of these downloads, or set ELECTRON_EXEC_PATH to the program file ' +
        'of an installed Electron. The command line works without Electron: npm run demo.',
    ].join('\n'),
  );
}
