import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../src/core/errors.ts';
import { countWork } from '../../support/work-time.ts';
import type { Case } from './case.ts';

/** Readers that fail in every way once a file is changed, to test that such failures are detected. */

const held: Buffer[] = [];

const faults: Readonly<Record<string, () => void>> = {
  refuses: () => {
    throw new UserError('invalid-file', 'This file is damaged.');
  },
  defect: () => {
    throw new TypeError('x is not a function');
  },
  hangs: () => {
    for (;;);
  },
  slow: () => {
    const worked = countWork();
    while (worked() < 1000);
  },
  crashes: () => {
    process.abort();
  },
  greedy: () => void held.push(Buffer.alloc(3e8, 1)),
};

export function faultCases(): Case[] {
  const sound = Buffer.from('a sound file that nobody has changed');
  return Object.entries(faults).map(([name, fail]) => ({
    name,
    ...{ path: 'file', form: 'bytes', content: sound },
    read: async (folder) => {
      if (!(await readFile(join(folder, 'file'))).equals(sound)) fail();
    },
  }));
}
