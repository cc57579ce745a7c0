/**
 * What this process is at. Its main thread may hang in a damaged file; whoever then ends the process from outside can
 * name that file, remove what was not finished, and tell a file that hangs from a step that takes its time.
 */

export type Activity =
  | { readonly type: 'reading' | 'read' | 'writing' | 'written'; readonly path: string }
  /** A step on a device, which may block the thread for minutes. */
  | { readonly type: 'computing' | 'computed' };

let listener: ((activity: Activity) => void) | undefined;

/** Has each activity from now on told to `listen`, which must not throw. */
export function watchActivity(listen: (activity: Activity) => void): void {
  listener = listen;
}

/** Does `work`, which reads the file. */
export async function whileReading<T>(path: string, work: () => Promise<T>): Promise<T> {
  listener?.({ type: 'reading', path });
  try {
    return await work();
  } finally {
    listener?.({ type: 'read', path });
  }
}

/** Does `work`, which computes on a device. */
export async function whileComputing<T>(work: () => Promise<T>): Promise<T> {
  listener?.({ type: 'computing' });
  try {
    return await work();
  } finally {
    listener?.({ type: 'computed' });
  }
}

/** A file or folder with a temporary name is begun; the function that it returns says that it is gone. */
export function beginWriting(path: string): () => void {
  listener?.({ type: 'writing', path });
  return () => listener?.({ type: 'written', path });
}
