import { expect, it } from 'vitest';
import { cells, plain } from '../testing/reports.ts';
import { devicesReport } from './devices-report.ts';

it('devicesReport lists usable devices, and what the others need', () => {
  const report = devicesReport(
    [
      {
        name: 'cpu',
        description: 'Xeon',
        missing: null,
        threads: 2,
        memoryBytes: 2 ** 33,
        imagesPerSecond: 170.4,
      },
      {
        name: 'webgpu',
        description: 'GPU',
        missing: 'It needs a driver.',
        threads: null,
        memoryBytes: null,
        imagesPerSecond: null,
      },
    ],
    plain,
  );
  expect(cells(report, 'cpu')).toEqual(['cpu', 'Xeon', '2', '8 GiB', '170']);
  expect(report).toContain('webgpu: It needs a driver.');
});
