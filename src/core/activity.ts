/**
 * Activity of this process. Its main thread may hang in a damaged file; the process that then ends it from outside can
 * name that file, remove unfinished files, and distinguish a file that hangs from a computation that takes long.
 */

export type Activity =
  | { readonly type: 'reading' | 'read' | 'writing' | 'written'; readonly path: string }
  /** A step on a device, which may block the thread for minutes. */
  | { readonly type: 'computing' | 'computed' };

let listener: ((activity: Activity) => void) | undefined;

/** Passes each later activity to `listen`, which must not throw. */
export function watchActivity(listen: (activity: Activity) => void): void {
  listener = listen;
}

/** Runs `work`, which reads the file. */
export async function whileReading<T>(path: string, work: () => Promise<T>): Promise<T> {
  listener?.({ type: 'reading', path });
  try {
    return await work();
  } finally {
    listener?.({ type: 'read', path });
  }
}

/** Runs `work`, which computes on a device. */
export async function whileComputing<T>(work: () => Promise<T>): Promise<T> {
  listener?.({ type: 'computing' });
  try {
    return await work();
  } finally {
    listener?.({ type: 'computed' });
  }
}

/** Reports that a file or folder with a temporary name is being written; the returned function reports its removal. */
export function beginWriting(path: string): () => void {
  listener?.({ type: 'writing', path });
  return () => listener?.({ type: 'written', path });
}
