import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { defineConfig } from 'vitest/config';
import { noNetworkPool } from './tests/support/no-network/pool.ts';

// Long limits: a busy machine is slow, not wrong.
const expected = { poll: { timeout: 120_000 } };

/** Tests beside their source that start processes or threads, or replace modules for all that run beside them. */
const isolated = 'src/**/*.isolated.test.ts';

/** Folder for what the programs of tests keep, outside the user's own. */
const kept = join(tmpdir(), 'understudy-tests');

/** True if each worker opens a display of its own: windows on one display would take the focus from each other. */
const hasOwnDisplays =
  process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;

export default defineConfig({
  test: {
    // What a machine is fastest on must not decide what a test sees.
    env: {
      UNDERSTUDY_DEVICE: 'cpu',
      // Notes of engines on the workspaces of tests do not belong into the user's own folder.
      UNDERSTUDY_USER_DATA: kept,
      // Tests start hundreds of engines and commands; reading their source anew takes half of each start.
      NODE_COMPILE_CACHE: join(kept, 'compiled'),
    },
    reporters: ['default', './scripts/plain-summary.ts'],
    // One a core; by default one core is left idle, half of a small machine.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: './tests/support/fixed-draws.ts',
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: [isolated],
          // Files share a process: starting one for each takes longer than most of them.
          isolate: false,
          // A test without an assertion cannot fail.
          expect: { ...expected, requireAssertions: true },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'integration',
          setupFiles: './tests/support/fixed-draws.ts',
          include: ['tests/**/*.test.ts', isolated],
          expect: expected,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          globalSetup: './e2e/support/setup.ts',
          // Each file in a network namespace, and after each file: nothing left this machine.
          pool: noNetworkPool,
          setupFiles: './e2e/support/no-network.ts',
          expect: expected,
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          // After all else. A window often waits, so that two at a time take little longer than one.
          maxWorkers: hasOwnDisplays ? Math.min(2, availableParallelism()) : 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
