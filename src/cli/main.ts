import { readFileSync } from 'node:fs';
import process from 'node:process';
import { z } from 'zod';
import { watchActivity } from '../engine/activity.ts';
import { engine } from './engine.ts';
import { runCommandLine } from './run.ts';

// The command line in its own process: `understudy <command> …`.

const manifest = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')));

// `understudy … | head` closes the pipe (EPIPE), and closing a terminal removes it (EIO): no reader is left, so the work
// stops without a message.
const reader = new AbortController();
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOSPC') {
      if (output === process.stdout)
        process.stderr.write('The disk is full: the output is incomplete.\n');
      process.exit(2);
    }
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    reader.abort();
  });
}

// The launcher was killed: its signals no longer arrive here, and no user waits for the result.
const stopAlone = (): void => {
  reader.abort();
};
process.on('disconnect', stopAlone);
// The channel alone must not keep the process alive. A process started without one has no `connected` property.
process.channel?.unref();
if (Object.hasOwn(process, 'connected') && !process.connected) stopAlone();

/** Sends a message to the launcher (bin/watch-child.mjs), if a launcher started this process. */
function send(message: object): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

watchActivity(send);
setInterval(() => {
  send({ type: 'alive' });
}, 2000).unref();

process.exitCode = await runCommandLine(process.argv.slice(2), {
  engine,
  version: manifest.version,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signals: process,
  readerGone: reader.signal,
  stopHeard: () => {
    send({ type: 'stopping' });
  },
  now: () => performance.now(),
  exit: (code) => process.exit(code),
});
