import process from 'node:process';
import { allContacts, forbiddenContacts, packetsVariable } from './namespace.ts';

// Run inside a namespace by a test outside it: prints the contacts so far as JSON.

const packets = process.env[packetsVariable] ?? '';
const [forbidden, all] = [await forbiddenContacts(packets), await allContacts(packets)];
process.stdout.write(JSON.stringify({ forbidden, all }));
