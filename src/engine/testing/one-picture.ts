import process from 'node:process';
import { ImagePool } from '../image-pool/image-pool.ts';

// For a test: renders a picture in a pool that is never closed, and then has nothing to do.

const [path = ''] = process.argv.slice(2);
const pool = new ImagePool({ idleMs: 600_000 });
const preparation = { range: 'auto' };
const bytes = await pool.run('picture', { path, preparation }, { subject: path });
process.stdout.write(`${bytes.length} bytes\n`);
