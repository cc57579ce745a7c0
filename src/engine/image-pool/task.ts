/** Progress callbacks of a task. */
export interface TaskContext {
  /** Heartbeat: a task that is silent for long is ended, with its thread. */
  readonly alive: () => void;
  /** Reports the file read next, which is blamed if the thread crashes in the meantime. */
  readonly at: (path: string) => void;
}

/**
 * Function that runs in a thread. Request and result cross as structured clones; UserErrors keep their class.
 */
export type ThreadTask<Request, Result> = (
  request: Request,
  context: TaskContext,
) => Promise<Result>;
