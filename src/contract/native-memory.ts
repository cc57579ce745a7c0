/**
 * Environment of every process that computes with a model. glibc raises its mmap threshold with each large block that
 * is freed, up to 32 MiB. The weights of a vision transformer are smaller, so a process that had opened one teacher
 * of 160 MB and closed it kept 700 to 1100 MB; with a fixed threshold it keeps nothing. Training takes as long with 2
 * MiB. The engine only decodes images and keeps the default, which spares large images new pages. Other systems
 * ignore the variable. It is read when a process starts, so it cannot be set from inside.
 *
 * `bin/understudy.mjs` sets the same variable.
 */
export const nativeMemory = { MALLOC_MMAP_THRESHOLD_: String(2 ** 21) } as const;

/** Returns `environment` with `nativeMemory`, unless the user has set it. */
export function withNativeMemory<Environment extends Readonly<Record<string, string | undefined>>>(
  environment: Environment,
): Environment {
  return { ...nativeMemory, ...environment };
}
