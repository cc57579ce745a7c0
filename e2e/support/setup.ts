import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ensureElectron } from '../../scripts/electron/ensure.ts';

/**
 * Checks before the first test that this computer has what the tests need, so that none of them waits for a download.
 * On Debian as root, for example in a container, missing packages are installed; on other systems the tests report
 * what is missing.
 */
export async function setup(): Promise<void> {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  const isBare = process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY;
  if (isBare && process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    const script = join(import.meta.dirname, '..', '..', 'scripts', 'debian-packages.sh');
    spawnSync('bash', [script], { stdio: 'inherit' });
  }
  await ensureElectron();
}
