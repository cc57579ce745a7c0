import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { app } from 'electron';
import { z } from 'zod';
import type { Result } from '../../contract/app.ts';
import { root } from '../paths.ts';

const manifest = z.object({
  version: z.string(),
  /** Build information, which packages may lack. */
  devDependencies: z.object({ electron: z.string().optional() }).optional(),
});

/** Describes the software that the app runs on and the location of its data. */
export async function describeApp(workspace: string, log: string): Promise<Result<'shell.about'>> {
  const { version, devDependencies } = manifest.parse(
    JSON.parse(await readFile(join(root, 'package.json'), 'utf8')),
  );
  const { electron, chrome, node } = process.versions;
  const intended = devDependencies?.electron ?? electron;
  return {
    version,
    electron,
    chromium: chrome,
    node,
    system: `${process.platform} ${release()}, ${process.arch}`,
    workspace,
    log,
    standsInFor: app.isPackaged || intended === electron ? null : intended,
  };
}
