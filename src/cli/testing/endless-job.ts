import process from 'node:process';
import { runCommandLine } from '../run.ts';
import { refusing } from './test-environment.ts';

// A process for tests: a job that continues until it is stopped, and with the argument `deaf` even then.

const deaf = process.argv[2] === 'deaf';

process.exitCode = await runCommandLine(['demo'], {
  engine: {
    ...refusing,
    demo: (_request, { signal }) => {
      process.stdout.write('started\n');
      return new Promise((_resolve, reject) => {
        // Something must keep the process alive.
        const timer = setInterval(() => undefined, 1000);
        if (deaf) return;
        signal.addEventListener('abort', () => {
          clearInterval(timer);
          reject(signal.reason as Error);
        });
      });
    },
  },
  version: '0.0.0',
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signals: process,
  readerGone: new AbortController().signal,
  stopHeard: () => undefined,
  now: () => performance.now(),
  exit: (code) => process.exit(code),
});
