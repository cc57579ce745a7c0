import { cpus } from 'node:os';

/** Returns the name of the processor as the system gives it, with a fallback for systems that give none. */
export function processorName(): string {
  const name = cpus()[0]?.model.trim();
  return name === undefined || name === '' ? `processor (${process.arch})` : name;
}

/** Returns the name and number of processors: the key of a measurement on the processor. */
export function processorKey(): string {
  return `${processorName()} × ${cpus().length}`;
}
