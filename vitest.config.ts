import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './scripts/plain-summary.ts'],
    projects: [
      // Long limits: a busy machine is slow, not wrong.
      { test: { name: 'unit', include: ['src/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'integration',
          include: ['tests/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          globalSetup: './e2e/support/setup.ts',
          testTimeout: 600_000,
          hookTimeout: 600_000,
          // One window at a time: two would share the cores, and the focus.
          fileParallelism: false,
        },
      },
    ],
  },
});
