import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname, '..', '..');

const results = ['out/main/main.js', 'out/preload/preload.cjs', 'out/renderer/index.html'];

/** Builds without the engine, because development runs it from its sources. */
const sources = [
  'src/contract',
  'src/core',
  'src/main',
  'src/preload',
  'src/renderer',
  'electron.vite.config.ts',
  'package.json',
];

/** File that Electron starts. */
export const mainFile = join(root, 'out', 'main', 'main.js');

/** Returns true if something is missing in `out`, or was built from older sources. */
export function isBuildStale(): boolean {
  const built = results.map((file) => join(root, file));
  if (!built.every((file) => existsSync(file))) return true;
  const oldest = Math.min(...built.map((file) => statSync(file).mtimeMs));
  return Math.max(...sources.map((path) => newestIn(join(root, path)))) > oldest;
}

function newestIn(path: string): number {
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  const inside = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return Math.max(0, ...inside.map((name) => statSync(join(path, name)).mtimeMs));
}

/** Runs electron-vite; resolves with its exit code. */
export function runElectronVite(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const folder = dirname(createRequire(import.meta.url).resolve('electron-vite/package.json'));
  const child = spawn(process.execPath, [join(folder, 'bin', 'electron-vite.js'), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}
