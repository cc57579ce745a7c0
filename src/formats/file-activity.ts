/**
 * Which files this process reads and writes at the moment. Its main thread may hang in a damaged file; whoever then ends it
 * from outside can name that file, and remove what was not finished.
 */

export interface FileActivity {
  readonly type: 'reading' | 'read' | 'writing' | 'written';
  readonly path: string;
}

let listener: ((activity: FileActivity) => void) | undefined;

/** Has every activity from now on told to `listen`, which must not throw. */
export function watchFiles(listen: (activity: FileActivity) => void): void {
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

/** A file or folder with a temporary name is begun; the function that it returns says that it is gone. */
export function beginWriting(path: string): () => void {
  listener?.({ type: 'writing', path });
  return () => listener?.({ type: 'written', path });
}
