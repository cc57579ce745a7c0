import { UserError } from '../../../core/errors.ts';
import type { ListedLabel } from './label-list.ts';
import { classListText } from '../../../text/index.ts';

/**
 * Reads the labels of a `dataset.json` of nnU-Net: `{"background": 0, "tumour": 1, "ignore": 2}` since version 2,
 * `{"0": "background", "1": "tumour"}` before, or a plain list. Returns null for any other file.
 *
 * Skips regions made of several numbers: in masks each of these numbers has its own label.
 *
 * @throws UserError 'invalid-labels'
 */
export function nnunetLabels(json: unknown, path: string): ListedLabel[] | null {
  if (!isRecord(json) || !('labels' in json)) return null;
  const { labels } = json;
  if (Array.isArray(labels)) {
    return labels.map((name, value) => label(typeof name === 'string' ? name : '?', value, path));
  }
  if (!isRecord(labels)) return null;
  return Object.entries(labels).flatMap(([key, value]) => {
    if (typeof value === 'string') return [label(value, Number(key), path)];
    if (Array.isArray(value)) {
      return value.length === 1 ? [label(key, numberIn(value[0]), path)] : [];
    }
    return [label(key, numberIn(value), path)];
  });
}

/** Converts a number or its digits; NaN for any other value. */
function numberIn(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
}

function label(name: string, value: number, path: string): ListedLabel {
  if (Number.isInteger(value) && value >= 0 && value <= 255) {
    return { name: name.trim().normalize('NFC'), value, colour: null };
  }
  throw new UserError('invalid-labels', classListText.labelWithoutNumber(path, name.slice(0, 80)));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
