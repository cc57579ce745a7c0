import { readFileSync } from 'node:fs';
import process from 'node:process';
import { z } from 'zod';
import { watchActivity } from '../engine/activity.ts';
import { engine } from './engine.ts';
import { run } from './run.ts';

// The command line in its own process: `understudy <command> …`.

const manifest = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')));

// `understudy … | head` closes the pipe, and closing a terminal takes it away (EIO): the work stops, as
// nobody waits for it, and nothing is said.
const reader = new AbortController();
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOSPC') {
      if (output === process.stdout) process.stderr.write('The disk is full: the output is cut.\n');
      process.exit(2);
    }
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    reader.abort();
  });
}

// The launcher was killed: this process got none of its signals, and nobody waits for it any more.
const stopAlone = (): void => {
  reader.abort();
};
process.on('disconnect', stopAlone);
// The channel alone keeps nothing alive. Where there never was one, there is no `connected` either.
process.channel?.unref();
if (Object.hasOwn(process, 'connected') && !process.connected) stopAlone();

/** Tells the launcher (bin/watch-child.mjs) something, where there is one. */
function tell(message: object): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

watchActivity(tell);
setInterval(() => {
  tell({ type: 'alive' });
}, 2000).unref();

process.exitCode = await run(process.argv.slice(2), {
  engine,
  version: manifest.version,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signals: process,
  readerGone: reader.signal,
  stopHeard: () => {
    tell({ type: 'stopping' });
  },
  now: () => performance.now(),
  exit: (code) => process.exit(code),
});
