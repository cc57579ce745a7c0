/**
 * Environment of every process that computes with a model. On Linux the C library raises, with each large block that is
 * freed, the size from which it gives blocks back to the system at once, up to 32 MiB. The weights of a vision
 * transformer lie below that, so a process that had opened one teacher of 160 MB and closed it went on holding
 * 700 to 1100 MB; with a fixed size it holds nothing. Training takes as long with 2 MiB. The engine only decodes images
 * and keeps the default, which spares large images new pages. Other
 * systems ignore the variable. It is read when a process starts, so it cannot be set from within.
 *
 * `bin/understudy.mjs` sets the same.
 */
export const nativeMemory = { MALLOC_MMAP_THRESHOLD_: String(2 ** 21) } as const;

/** `environment` with `nativeMemory`, unless a person chose otherwise. */
export function withNativeMemory<Environment extends Readonly<Record<string, string | undefined>>>(
  environment: Environment,
): Environment {
  return { ...nativeMemory, ...environment };
}
