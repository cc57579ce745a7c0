import { UserError } from '../../../core/errors.ts';
import type { Size } from '../../../core/mask/tiles.ts';
import type { Shape } from '../layers.ts';
import { isRecord, type CocoAnnotation } from './parse.ts';
import { polygonRuns } from './polygon.ts';
import { checkRuns, decodeRuns, type RunLengths } from './rle.ts';
import { runShape } from './run-shape.ts';

/** Length of all outlines of an image, px: more takes too long to walk along, and no one has drawn it. */
const outlineLimit = 20_000_000;

/** What may still be spent on an image. */
export interface OutlineBudget {
  left: number;
}

export function outlineBudget(): OutlineBudget {
  return { left: outlineLimit };
}

/**
 * The areas of an annotation: outlines, or run lengths as numbers or text.
 *
 * @param name of the annotation and its file. @throws UserError 'invalid-labels', 'too-large'
 */
export function shapesOf(
  { segmentation }: CocoAnnotation,
  value: number,
  image: Size,
  name: string,
  budget: OutlineBudget,
): Shape[] {
  const runs = Array.isArray(segmentation)
    ? segmentation.map((outline) => outlineRuns(outline, image, name, budget))
    : [storedRuns(segmentation, image, name)];
  if (runs.length === 0) throw withoutOutline(name);
  return runs.flatMap((each) => runShape(each, value, image) ?? []);
}

function storedRuns(segmentation: unknown, image: Size, name: string): RunLengths {
  if (!isRecord(segmentation)) throw withoutOutline(name);
  const { size, counts } = segmentation;
  const [height, width] = Array.isArray(size) ? (size as unknown[]) : [];
  if (height !== image.height || width !== image.width) {
    throw wrong(
      name,
      `has run lengths of ${String(width)} × ${String(height)} pixels, and the image has ${image.width} × ${image.height}`,
    );
  }
  if (typeof counts === 'string') return checkRuns(decodeRuns(counts, name), image, name);
  if (Array.isArray(counts)) return checkRuns(counts, image, name);
  throw withoutOutline(name);
}

function outlineRuns(
  outline: unknown,
  image: Size,
  name: string,
  budget: OutlineBudget,
): RunLengths {
  if (!Array.isArray(outline) || !outline.every((one) => Number.isFinite(one))) {
    throw wrong(name, 'has an outline with something that is no number');
  }
  const points = outline as number[];
  if (points.length < 6 || points.length % 2 !== 0) {
    throw wrong(name, 'has an outline of fewer than three points');
  }
  const isFar = points.some((place, at) => {
    const side = at % 2 === 0 ? image.width : image.height;
    return place < -side || place > 2 * side;
  });
  if (isFar) throw wrong(name, 'has an outline far outside the image');
  budget.left -= lengthOf(points);
  if (budget.left < 0) {
    throw new UserError(
      'too-large',
      `${name} and those before it have outlines of more than ${outlineLimit} pixels. Export them as run lengths.`,
    );
  }
  return polygonRuns(points, image);
}

function lengthOf(points: readonly number[]): number {
  let length = 0;
  for (let at = 0; at < points.length; at += 2) {
    const next = (at + 2) % points.length;
    const across = Math.abs((points[next] ?? 0) - (points[at] ?? 0));
    length += Math.max(across, Math.abs((points[next + 1] ?? 0) - (points[at + 1] ?? 0)));
  }
  return length;
}

function withoutOutline(name: string): UserError {
  return wrong(name, 'has neither an outline nor run lengths, so the mask would lack it');
}

function wrong(name: string, why: string): UserError {
  return new UserError('invalid-labels', `${name} ${why}. Correct it and export again.`);
}
