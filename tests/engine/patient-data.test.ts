import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/formats/testing/dicom-fixtures.ts';
import { pictureFile, syntax } from '../../src/formats/testing/dicom-fixtures.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { temporaryFolder } from './support.ts';

// No patient data from DICOM files are stored: every file of the workspace is searched.

/** Strings that no other text of a workspace contains. */
const secrets = {
  name: 'QUIXOTE^ALONSO',
  id: 'LAMANCHA-16050116',
  birth: '19470929',
  comment: 'ROCINANTE LIMPS',
  address: 'ARGAMASILLA DE ALBA',
  physician: 'PANZA^SANCHO',
  accession: 'DULCINEA42',
  institution: 'HOSPITAL TOBOSO',
};

function identity(number: number): Entry[] {
  return [
    [0x00080050, 'SH', secrets.accession],
    [0x00080080, 'LO', secrets.institution],
    [0x00080090, 'PN', secrets.physician],
    [0x00100010, 'PN', secrets.name],
    // The first is identified only by name and date of birth.
    [0x00100020, 'LO', number === 0 ? '' : `${secrets.id}-${number}`],
    [0x00100030, 'DA', secrets.birth],
    [0x00101040, 'LO', secrets.address],
    [0x00104000, 'LT', secrets.comment],
    [0x00281050, 'DS', '40'],
    [0x00281051, 'DS', '400'],
    [0x00281055, 'LO', secrets.comment],
  ];
}

describe('a workspace with images of patients', async () => {
  const folder = await temporaryFolder();
  const workspace = join(folder, 'workspace');
  const images = join(folder, 'images');

  /** The text in UTF-8 and UTF-16, as libraries may write it. */
  const found = async (): Promise<string[]> => {
    const entries = await readdir(workspace, { recursive: true, withFileTypes: true });
    const hits: string[] = [];
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      const bytes = entry.isFile() ? await readFile(path) : Buffer.alloc(0);
      for (const secret of Object.values(secrets)) {
        const isWritten = bytes.includes(secret) || bytes.includes(Buffer.from(secret, 'utf16le'));
        if (isWritten || path.includes(secret)) hits.push(`${secret} in ${path}`);
      }
    }
    return hits;
  };

  it('contains none of their data, while it is open and after', async () => {
    await mkdir(images);
    for (let number = 0; number < 4; number++) {
      const picture = { rows: 16, columns: 16, frames: number === 3 ? 3 : 1 };
      const length = 256 * picture.frames;
      const pixels = Uint8Array.from({ length }, (_, index) => (index * (number + 1)) % 256);
      const file = pictureFile(syntax.explicit, picture, pixels, identity(number));
      await writeFile(join(images, `${number}.dcm`), file);
      // Its pixels end too early: the message must not quote it.
      if (number === 0) await writeFile(join(images, 'cut.dcm'), file.subarray(0, file.length - 9));
    }
    // Patient text where the standard expects a defined term.
    const misplaced = { rows: 16, columns: 16, photometric: secrets.name };
    const pixels = new Uint8Array(256);
    const kind = pictureFile(syntax.explicit, misplaced, pixels, identity(5));
    await writeFile(join(images, 'kind.dcm'), kind);
    const coded = pictureFile(secrets.accession, { rows: 16, columns: 16 }, pixels, identity(6));
    await writeFile(join(images, 'syntax.dcm'), coded);
    const engine = await EngineProcess.start(workspace);
    try {
      const { id: project } = await engine.call('project.create', {
        ...{ name: 'CT', domain: 'medical', task: 'single' },
      });
      const request = { project, folder: images, labels: 'none', watch: true } as const;
      const report = await engine.call('image.import', request);
      expect(report).toMatchObject({
        added: 6,
        skipped: ['cut.dcm', 'kind.dcm', 'syntax.dcm'].map((name) => ({
          path: join(images, name),
        })),
      });
      const filter = { report: null } as const;
      const csv = join(folder, 'report.csv');
      await engine.call('image.saveFiles', { project, filter, file: csv });
      // The database, and its log with changes that are not yet in it.
      expect(await readdir(workspace)).toContain('understudy.sqlite-wal');
      expect(await found()).toEqual([]);
      const said = [
        JSON.stringify(engine.heard),
        JSON.stringify(report),
        await readFile(csv, 'utf8'),
      ];
      for (const secret of Object.values(secrets)) expect(said.join('\n')).not.toContain(secret);
    } finally {
      await engine.stop();
    }
    expect(await found()).toEqual([]);
  });

  it('is searched in a way that finds a planted name', async () => {
    await writeFile(join(workspace, 'probe'), `… ${secrets.name} …`);
    expect(await found()).toHaveLength(1);
  });
});
