/**
 * Wraps `work` so that it runs once at a time. All calls during a run share one more run after it, so that many
 * changes in a row cause one or two requests.
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
