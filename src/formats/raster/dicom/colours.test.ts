import { describe, expect, it } from 'vitest';
import { openDicom } from './dicom.ts';
import { valuesOf } from '../testing/reading.ts';
import { testImages } from '../testing/test-folder.ts';
import {
  encapsulated,
  encapsulatedFile,
  pictureFile,
  rleFrame,
  syntax,
  type DicomImageSpec,
} from '../../testing/dicom-fixtures.ts';
import { defaultLimits } from '../image-file.ts';

const { open: opened, write: temporaryFile } = testImages(openDicom);

describe('colours', () => {
  const colour: DicomImageSpec = { rows: 1, columns: 4, samples: 3, photometric: 'RGB' };
  const pixels = [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7];

  it('are read as RGB by pixel and by plane', async () => {
    const byPixel = await opened(pictureFile(syntax.explicit, colour, Buffer.from(pixels)));
    expect(byPixel.header).toMatchObject({ bands: 3, interpretation: 'rgb' });
    expect(await valuesOf(byPixel)).toEqual(pixels);
    const planes = [0, 1, 2].flatMap((sample) => pixels.filter((_, i) => i % 3 === sample));
    const byPlane = await opened(
      pictureFile(syntax.explicit, { ...colour, planar: 1 }, Buffer.from(planes)),
    );
    expect(await valuesOf(byPlane)).toEqual(pixels);
  });

  // BT.601 over all 256 values, calculated by hand: red, green, blue, and a grey.
  const ybr = [76, 85, 255, 150, 44, 21, 29, 255, 107, 100, 128, 128];
  const rgb = [254, 0, 0, 0, 255, 1, 0, 0, 254, 100, 100, 100];

  it('are converted from YBR_FULL to RGB', async () => {
    const file = await opened(
      pictureFile(syntax.explicit, { ...colour, photometric: 'YBR_FULL' }, Buffer.from(ybr)),
    );
    expect(await valuesOf(file)).toEqual(rgb);
    expect(file.header.notes).toEqual([]);
  });

  it('stay luma and chromas on request, with a note', async () => {
    const ofKind = (photometric: string): DicomImageSpec => ({ ...colour, photometric });
    const plane = (sample: number): Uint8Array =>
      Buffer.from(ybr.filter((_, i) => i % 3 === sample));
    const inRuns = encapsulated([rleFrame([0, 1, 2].map(plane))]);
    for (const bytes of [
      pictureFile(syntax.explicit, ofKind('YBR_FULL'), Buffer.from(ybr)),
      encapsulatedFile(syntax.rle, ofKind('YBR_FULL'), inRuns),
    ]) {
      const file = await opened(bytes);
      const region = { x: 1, y: 0, width: 3, height: 1 };
      const { data } = await file.read({ colours: 'stored', region, bands: [0, 2] });
      expect([...data]).toEqual([150, 21, 29, 107, 100, 128]);
      expect(file.header.notes).toEqual([expect.stringContaining('luma and chroma,')]);
      expect(await valuesOf(file)).toEqual(rgb);
      expect(file.header.notes).toHaveLength(1);
    }
    const plain = await opened(pictureFile(syntax.explicit, colour, Buffer.from(pixels)));
    expect([...(await plain.read({ colours: 'stored' })).data]).toEqual(pixels);
    expect(plain.header.notes).toEqual([]);
  });

  it('are converted from luma from 16 and chroma to 240 to RGB', async () => {
    const file = await opened(
      pictureFile(
        syntax.explicit,
        { ...colour, columns: 2, photometric: 'YBR_PARTIAL_422' },
        Buffer.from([16, 235, 128, 128]),
      ),
    );
    expect(await valuesOf(file)).toEqual([0, 0, 0, 255, 255, 255]);
  });

  it('share chromas between two pixels', async () => {
    const shared = Buffer.from([76, 150, 85, 255, 29, 100, 255, 107]);
    const file = await opened(
      pictureFile(syntax.explicit, { ...colour, photometric: 'YBR_FULL_422' }, shared),
    );
    const whole = await opened(
      pictureFile(
        syntax.explicit,
        { ...colour, photometric: 'YBR_FULL' },
        Buffer.from([76, 85, 255, 150, 85, 255, 29, 255, 107, 100, 255, 107]),
      ),
    );
    expect(await valuesOf(file)).toEqual(await valuesOf(whole));
  });

  it('follow the length if chromas are declared as shared but are not', async () => {
    const file = await opened(
      pictureFile(syntax.explicit, { ...colour, photometric: 'YBR_FULL_422' }, Buffer.from(ybr)),
    );
    expect(file.header.notes).toEqual([expect.stringContaining('its own chroma values')]);
    expect(await valuesOf(file)).toEqual(rgb);
  });

  it.each([
    [{ ...colour, photometric: 'ARGB' }, 'unsupported'],
    [{ ...colour, photometric: 'YBR_PARTIAL_420' }, 'unsupported'],
    [{ ...colour, photometric: 'YBR_RCT' }, 'invalid-file'],
    [{ ...colour, photometric: 'MONOCHROME2' }, 'invalid-file'],
    [{ ...colour, columns: 3, photometric: 'YBR_FULL_422' }, 'invalid-file'],
  ] as const)('are refused for %o', async (picture, code) => {
    const path = await temporaryFile(pictureFile(syntax.explicit, picture, new Uint8Array(8)));
    await expect(openDicom(path, defaultLimits)).rejects.toMatchObject({ code });
  });
});
