import type { ViewedImage } from '../../contract/image-view.ts';
import { text } from '../text/index.ts';
import type { DecidedRange, ShownBands } from './display-range.ts';

export interface Preset {
  readonly name: string;
  readonly range: DecidedRange;
}

/** Display presets of an image: the file's windows, common CT windows, 2–98 % and full range. */
export function presetsOf(image: ViewedImage): Preset[] {
  if (image.interpretation === 'palette') return [];
  const words = text.viewer.display;
  const { windows, voiTable, unit } = image.display;
  const own: Preset[] =
    voiTable === null
      ? windows.slice(0, 6).map(({ center, width, name }, index) => ({
          name: words.file(name, index),
          // The file's default is the first window, with its own VOI LUT function.
          range: index === 0 ? { kind: 'file' } : { kind: 'window', center, width },
        }))
      : [{ name: words.file(null, 0), range: { kind: 'file' } }];
  const usual: Preset[] =
    unit === 'HU'
      ? text.preparation.presets.map(({ name, center, width }) => ({
          name,
          range: { kind: 'window', center, width },
        }))
      : [];
  return [
    ...own,
    ...usual,
    { name: words.own98, range: { kind: 'percentile', low: 2, high: 98 } },
    { name: words.full, range: { kind: 'full' } },
  ];
}

export function isPreset(preset: Preset, { range }: Pick<ShownBands, 'range'>): boolean {
  return JSON.stringify(preset.range) === JSON.stringify(range);
}
