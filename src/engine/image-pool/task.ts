/** What a task has besides its request. */
export interface TaskContext {
  /** Says that the task is at work: one that is silent for long is given up, and its thread with it. */
  readonly alive: () => void;
  /** Says which file is read next: it is the one that a thread which ends meanwhile is lost to. */
  readonly at: (path: string) => void;
}

/** Runs in a thread. Request and result cross as structured clones; UserErrors cross as themselves. */
export type Task<Request, Result> = (request: Request, context: TaskContext) => Promise<Result>;
