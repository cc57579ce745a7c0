import process from 'node:process';
import { afterAll, expect } from 'vitest';
import { forbiddenContacts, packetsVariable } from '../../tests/support/no-network/namespace.ts';

// After each file of these tests: nothing that the app did in it left this machine.

const packets = process.env[packetsVariable];

afterAll(async () => {
  if (packets === undefined) return;
  expect(await forbiddenContacts(packets), 'contacts outside this machine').toEqual([]);
});
