import process from 'node:process';
import { afterAll, afterEach, expect } from 'vitest';
import { forbiddenContacts, packetsVariable } from '../../tests/support/no-network/namespace.ts';

// Checks after each end-to-end test, and once more after its file, when the app has ended, that nothing left this
// computer.

const packets = process.env[packetsVariable];
let known: string[] = [];

async function checkContacts(): Promise<void> {
  if (packets === undefined) return;
  const contacts = await forbiddenContacts(packets);
  const added = contacts.filter((contact) => !known.includes(contact));
  known = contacts;
  expect(added, 'contacts outside this machine').toEqual([]);
}

afterEach(checkContacts);
afterAll(checkContacts);
