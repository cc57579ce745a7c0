import type { DeviceDescription } from '../../contract/descriptions.ts';
import { count, significant } from '../figures.ts';
import type { Paint } from '../paint.ts';
import { printable, shortened } from '../text.ts';
import { table } from './table.ts';

/** What this machine can compute with. */
export function devicesReport(devices: readonly DeviceDescription[], paint: Paint): string {
  const rows = devices.map(({ name, description, threads, memoryBytes, gigaflops }) => [
    name,
    shortened(printable(description), 48),
    count(threads),
    `${significant(memoryBytes / 2 ** 30)} GiB`,
    significant(gigaflops),
  ]);
  return table([['Device', 'What it is', 'Threads', 'Memory', 'GFLOP/s'], ...rows], {
    leftColumns: 2,
    header: (line) => paint.strong(line),
  });
}
