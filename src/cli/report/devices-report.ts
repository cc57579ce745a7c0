import type { DeviceDescription } from '../../contract/descriptions.ts';
import { count, significant } from '../figures.ts';
import type { TextStyles } from '../text-styles.ts';
import { printable, shortened, wrap } from '../text.ts';
import { table } from './table.ts';

/** Lists the usable devices of this computer, and what the others need. */
export function devicesReport(devices: readonly DeviceDescription[], paint: TextStyles): string {
  const usable = devices.filter(({ missing }) => missing === null);
  const rows = usable.map(({ name, description, threads, memoryBytes, imagesPerSecond }) => [
    name,
    shortened(printable(description), 48),
    threads === null ? '' : count(threads),
    memoryBytes === null ? '' : `${significant(memoryBytes / 2 ** 30)} GiB`,
    imagesPerSecond === null ? '' : significant(imagesPerSecond),
  ]);
  const header = ['Device', 'Description', 'Threads', 'Memory', 'Images/s'];
  const shown = table([header, ...rows], {
    leftColumns: 2,
    header: (line) => paint.strong(line),
  });
  const missing = devices.flatMap(({ name, missing: reason }) =>
    reason === null ? [] : [wrap(`${name}: ${printable(reason)}`, 96, '  ')],
  );
  return [shown, ...missing].join('\n');
}
