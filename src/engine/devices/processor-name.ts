import { cpus } from 'node:os';

/** As the system names it; some systems name none. */
export function processorName(): string {
  const name = cpus()[0]?.model.trim();
  return name === undefined || name === '' ? `processor (${process.arch})` : name;
}

/** The same, with how many of them there are: what a measurement on the processor is of. */
export function processorKey(): string {
  return `${processorName()} × ${cpus().length}`;
}
