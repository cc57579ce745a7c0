import { describe, expect, it } from 'vitest';
import { modelSeen, modelShown } from './display-range.ts';
import { isPreset, presetsOf } from './presets.ts';
import { readingAt } from './readout.ts';
import { shownText } from './range-text.ts';
import { viewedImage } from './testing.ts';
import { newTileCache } from './tiles/tile-cache.ts';
import { wantedTileKey } from './tiles/tile-loader.ts';
import { draggedWindow } from './tools/window-tool.ts';

describe('draggedWindow', () => {
  it('is wider to the right and higher downwards, in proportion to its size', () => {
    const from = { center: 40, width: 512 };
    expect(draggedWindow(from, { x: 10, y: -5 }, 1)).toEqual({ center: 30, width: 532 });
    expect(draggedWindow(from, { x: -1e6, y: 0 }, 1).width).toBe(1);
    expect(draggedWindow({ center: 0, width: 8 }, { x: 3, y: 2 }, 1)).toEqual({
      center: 2,
      width: 11,
    });
  });
});

describe('presets', () => {
  const names = (image: Parameters<typeof presetsOf>[0]): string[] =>
    presetsOf(image).map(({ name }) => name);

  it('are those of CT where values are Hounsfield units', () => {
    const window = { center: 50, width: 350, shape: 'linear', name: null } as const;
    const ct = viewedImage({ display: { unit: 'HU', windows: [window] } });
    expect(names(ct)).toEqual([
      ...['File 1', 'Lung', 'Mediastinum', 'Soft tissue', 'Bone', 'Brain', '2–98 %', 'Full range'],
    ]);
    const [own, lung] = presetsOf(ct);
    expect(own && isPreset(own, { range: { kind: 'file' } })).toBe(true);
    expect(lung?.range).toEqual({ kind: 'window', center: -600, width: 1500 });
  });

  it('are stretches elsewhere, and none for a palette', () => {
    expect(names(viewedImage())).toEqual(['2–98 %', 'Full range']);
    expect(names(viewedImage({ interpretation: 'palette' }))).toEqual([]);
  });
});

describe('the model input', () => {
  const scene = viewedImage({
    format: 'tiff',
    bands: 13,
    sampleType: 'uint16',
    interpretation: 'bands',
    display: { colours: [3, 2, 1] },
  });
  const all = { range: 'auto', bands: Array.from({ length: 13 }, (_, band) => band + 1) };

  it('is shown in red, green and blue, and written in full', () => {
    expect(modelShown(scene, all).bands).toEqual([3, 2, 1]);
    expect(shownText(modelSeen(scene, all), true)).toBe(
      'the 2–98 % stretch of each image of bands 1-13',
    );
  });

  it('throws if the image lacks a band', () => {
    const fewer = { ...scene, bands: 12 };
    expect(() => modelShown(fewer, all)).toThrow('band 13 was chosen');
  });
});

describe('readingAt', () => {
  const image = viewedImage({
    width: 1024,
    height: 600,
    sampleType: 'int16' as const,
    levels: [
      { width: 1024, height: 600 },
      { width: 512, height: 300 },
    ],
    display: { rescale: { slope: 2, intercept: -1000 }, unit: 'HU' },
    spacing: { x: 0.5, y: 2, unit: 'mm' },
  });
  const picture = { image, bands: [0], painter: { paint: () => undefined } };
  const cache = newTileCache();
  const put = (level: number, x: number, y: number, width: number, height: number): void => {
    const data = Int16Array.from({ length: width * height }, (_, at) => at % 9000);
    const key = wantedTileKey({ image: 1, level, x, y, bands: [0] });
    cache.set(key, { width, height, bands: 1, data });
  };

  it('has the stored value, its meaning and its position', () => {
    put(0, 1, 1, 512, 88);
    expect(readingAt({ x: 514.7, y: 513.2 }, picture, cache)).toEqual({
      column: 514,
      row: 513,
      stored: [514],
      meaning: 28,
      isMean: false,
      place: { kind: 'mm', at: { x: 257.35, y: 1026.4 } },
    });
  });

  it('is marked as a mean if only a coarser level is loaded', () => {
    expect(readingAt({ x: 20, y: 10 }, picture, cache)?.stored).toBeNull();
    put(1, 0, 0, 512, 300);
    expect(readingAt({ x: 20, y: 10 }, picture, cache)).toMatchObject({
      stored: [(5 * 512 + 10) % 9000],
      isMean: true,
    });
  });

  it('is null outside the image, and has the coordinates of the pixel’s centre', () => {
    expect(readingAt({ x: -0.1, y: 5 }, picture, cache)).toBeNull();
    expect(readingAt({ x: 5, y: 600 }, picture, cache)).toBeNull();
    const geo = { transform: [10, 0, 500, 0, -10, 900], crs: 'EPSG:32632' };
    const placed = { ...picture, image: { ...image, geo, spacing: null } };
    expect(readingAt({ x: 2.9, y: 3.1 }, placed, cache)?.place).toEqual({
      kind: 'coordinates',
      at: { x: 525, y: 865 },
      isDegrees: false,
    });
  });
});
