/**
 * `work`, once at a time: calls that come while it runs are all answered by one more run after it, so that
 * many changes in a row ask for what they led to only once or twice.
 */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const run = (): Promise<void> => {
    if (running === undefined) {
      running = work().finally(() => {
        running = undefined;
      });
      return running;
    }
    next ??= running.then(again, again);
    return next;
  };
  const again = (): Promise<void> => {
    next = undefined;
    return run();
  };
  return run;
}
