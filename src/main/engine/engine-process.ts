import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import process from 'node:process';
import type { EngineRequest } from '../../contract/app.ts';

export interface EngineProgram {
  /** A plain Node 24: see docs/architecture.md for why it is not Electron's. */
  readonly node: string;
  readonly entry: string;
}

/** Folder of the projects. */
export interface WorkspaceFolder {
  readonly folder: string;
  /** There were projects in it before: the engine begins no new workspace where they are missing. */
  readonly isKnown: boolean;
}

/**
 * Starts the engine on a workspace.
 *
 * @param onOutput receives what it prints; it has nothing to print in the ordinary course
 */
export function startEngineProcess(
  { node, entry }: EngineProgram,
  { folder, isKnown }: WorkspaceFolder,
  onOutput: (text: string) => void,
): ChildProcess {
  const child = spawn(
    node,
    // Early releases of Node 24 warn that running TypeScript is experimental.
    [
      '--disable-warning=ExperimentalWarning',
      entry,
      ...['--workspace', folder],
      ...(isKnown ? ['--known'] : []),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Pictures cross as bytes; the default would write them out as JSON.
      serialization: 'advanced',
      windowsHide: true,
      env: environment(),
    },
  );
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', onOutput);
  }
  return child;
}

/** Ours, without what is meant for Electron or a debugger. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, ELECTRON_RUN_AS_NODE: undefined, NODE_OPTIONS: undefined };
}

/** Asks a process to end; kills it when it has not after `limitMs`. */
export async function endProcess(child: ChildProcess, limitMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    const request: EngineRequest = { kind: 'shutdown' };
    if (child.connected) child.send(request, () => undefined);
  });
}
