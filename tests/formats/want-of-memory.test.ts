import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { sharp } from '../../src/formats/libvips.ts';
import { temporaryFolder } from '../engine/support.ts';

// The decoders themselves, in a process that may use little more memory than it has.

const folder = await temporaryFolder();
const reader = new URL('../../src/formats/images.ts', import.meta.url).href;
const spared = 200 * 2 ** 20;

/** Returns the message of reading the image when little memory is left. */
function readWithLittle(small: string, large: string): unknown {
  const script = `
    import { execFileSync } from 'node:child_process';
    import { readFileSync } from 'node:fs';
    import { readImage } from ${JSON.stringify(reader)};
    // Threads and libraries are loaded from then on.
    await Promise.all(Array.from({ length: 8 }, () => readImage({ path: ${JSON.stringify(small)} })));
    const [, taken] = /VmSize:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
    const limit = 1024 * Number(taken) + ${spared};
    execFileSync('prlimit', ['--pid', String(process.pid), '--as=' + limit + ':' + limit]);
    const { code, message } = await readImage({ path: ${JSON.stringify(large)} }).catch((error) => error);
    console.log(JSON.stringify({ code, message }));`;
  const answer = execFileSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script],
    { encoding: 'utf8' },
  );
  return JSON.parse(answer);
}

function absence(): string {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' });
    return process.platform === 'linux' ? '' : ' (skipped: no Linux)';
  } catch {
    return ' (skipped: there is no prlimit)';
  }
}

const options = {
  png: { compressionLevel: 1 },
  jpeg: { progressive: true },
  webp: { lossless: true, effort: 0 },
} as const;

it.skipIf(absence() !== '').each(['png', 'jpeg', 'webp'] as const)(
  `an intact %s that does not fit into memory is not called damaged${absence()}`,
  async (format) => {
    const write = async (side: number): Promise<string> => {
      const path = join(folder, `${side}.${format}`);
      const background = { r: 10, g: 90, b: 200 };
      const image = sharp({ create: { width: side, height: side, channels: 3, background } });
      await image.toFormat(format, options[format]).toFile(path);
      return path;
    };
    const large = await write(10_000);
    expect(readWithLittle(await write(64), large)).toEqual({
      code: 'too-large',
      message: `There was not enough memory to read ${large}. Close other programs, or split it into smaller images.`,
    });
  },
);
