/**
 * `npm start` and `npm run dev`: downloads Electron and builds the app if needed, and starts it. `--dev` starts
 * electron-vite's server instead of a build. Arguments after `--` on the command line go to Electron.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { isBuildStale, runElectronVite } from './electron/build.ts';
import { ElectronMissing, ensureElectron } from './electron/ensure.ts';
import { standInNotice } from './electron/registry-binary.ts';

const root = join(import.meta.dirname, '..');
const { DISPLAY, WAYLAND_DISPLAY } = process.env;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) {
    console.error(
      [
        'There is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).',
        '  npm run demo                         distils on drawn images on the command line, without a window',
        '  bash scripts/debian-packages.sh      installs Xvfb, a virtual display, and system libraries',
        '  xvfb-run -a npm start -- --disable-gpu',
        '                                       then starts the window on the virtual display',
      ].join('\n'),
    );
    return 1;
  }
  let electron: string;
  try {
    electron = await ensureElectron();
  } catch (error) {
    if (!(error instanceof ElectronMissing)) throw error;
    console.error(error.message);
    return 1;
  }
  const notice = standInNotice(electron);
  if (notice !== undefined) console.log(notice);
  const passed = args.filter((argument) => argument !== '--dev');
  return args.includes('--dev') ? await develop(electron, passed) : await start(electron, passed);
}

async function start(electron: string, args: readonly string[]): Promise<number> {
  if (isBuildStale()) {
    const code = await runElectronVite(['build', '--logLevel', 'warn']);
    if (code !== 0) return code;
  }
  const child = spawn(electron, [root, ...sandboxing(), ...args], { stdio: 'inherit', cwd: root });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function develop(electron: string, args: readonly string[]): Promise<number> {
  const rest = [...sandboxing(), ...args];
  return runElectronVite(['dev', ...(rest.length === 0 ? [] : ['--', ...rest])], {
    ELECTRON_EXEC_PATH: electron,
  });
}

/**
 * Chromium refuses to run its sandbox as root, the usual user of a container. For development in containers
 * only: on a desktop, do not work as root.
 */
function sandboxing(): string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
