import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { downloadFile } from '../catalogue/download.ts';
import type { Downloaded } from '../catalogue/finish-download.ts';
import { openFileServer, sha256Of, someContent } from './file-server.ts';
import type { FileServer } from './file-server.ts';

/** Content of the file to download, and its SHA-256. */
export const content = someContent();
export const sha256 = sha256Of(content);
export const patience = { attempts: 3, pauseMs: 5, silenceMs: 3000 };

interface Wish {
  readonly sha256?: string | null;
  readonly signal?: AbortSignal;
  readonly report?: (done: number, total: number | null) => void;
  readonly proxy?: string;
  readonly url?: string;
  readonly listed?: number;
  readonly check?: (path: string) => Promise<void>;
  readonly plainHttp?: boolean;
}

interface Downloads {
  /** Known once the tests begin. */
  readonly server: FileServer;
  /** Where the file is downloaded to; new for each test, which may change it. */
  file: string;
  /** Downloads the file from the server, or as a test specifies. */
  readonly fetchIt: (wish?: Wish) => Promise<Downloaded>;
  /** Names of the files next to the downloaded one. */
  readonly here: () => Promise<string[]>;
  /** Expects the whole file, and nothing next to it. */
  readonly requireWhole: () => Promise<void>;
}

/** Returns a server and a folder for downloads from it, for the tests of a file. */
export function downloads(): Downloads {
  let folder = '';
  let server: FileServer;
  let names = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-download-'));
    server = await openFileServer();
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    made.file = join(folder, `${names++}`, 'teacher.bin');
    server.ranges = [];
    server.authorizations = [];
  });
  afterEach(() => {
    server.hangUp();
  });
  const here = (): Promise<string[]> => readdir(join(made.file, '..'));
  const made: Downloads = {
    get server() {
      return server;
    },
    file: '',
    here,
    fetchIt: (wish = {}) => {
      const { signal = new AbortController().signal, report = () => undefined } = wish;
      const { url = `${server.base}/teacher.bin`, proxy = null } = wish;
      const known = wish.sha256 === undefined ? sha256 : wish.sha256;
      const { listed = null, check = () => Promise.resolve() } = wish;
      const { plainHttp = false } = wish;
      const { file } = made;
      const download = { url, file, sha256: known, listed, proxy, plainHttp, check };
      return downloadFile(download, { signal, report }, patience);
    },
    requireWhole: async () => {
      expect((await readFile(made.file)).equals(content)).toBe(true);
      expect(await here()).toEqual(['teacher.bin']);
    },
  };
  return made;
}
