import process from 'node:process';
import { forbiddenContacts, packetsVariable } from './namespace.ts';

// Run inside a namespace by a test outside it: prints the forbidden contacts as JSON.

process.stdout.write(JSON.stringify(await forbiddenContacts(process.env[packetsVariable] ?? '')));
