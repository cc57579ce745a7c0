import { UserError } from '../../../core/errors.ts';
import type { Size } from '../../../core/mask/tiles.ts';
import type { MaskShape } from '../layers.ts';
import { isRecord, type CocoAnnotation } from './parse.ts';
import { cocoPolygonRuns } from './polygon.ts';
import { checkRuns, decodeCocoRuns, type RunLengths } from './rle.ts';
import type { WorkBudget } from '../work-budget.ts';
import { runShape } from './run-shape.ts';
import { cocoText } from '../../../text/index.ts';

/** Steps of walking along an outline for each of its pixels. */
const stepsOfPixel = 5;

/**
 * Returns the areas of an annotation: outlines, or run lengths as numbers or text.
 *
 * @param name annotation and its file. @throws UserError 'invalid-labels', 'too-large'
 */
export function annotationShapes(
  { segmentation }: CocoAnnotation,
  value: number,
  image: Size,
  name: string,
  budget: WorkBudget,
): MaskShape[] {
  const runs = Array.isArray(segmentation)
    ? segmentation.map((outline) => outlineRuns(outline, image, name, budget))
    : [storedRuns(segmentation, image, name, budget)];
  if (runs.length === 0) throw withoutOutline(name);
  return runs.flatMap((each) => runShape(each, value, image) ?? []);
}

function storedRuns(
  segmentation: unknown,
  image: Size,
  name: string,
  budget: WorkBudget,
): RunLengths {
  if (!isRecord(segmentation)) throw withoutOutline(name);
  const { size, counts } = segmentation;
  const [height, width] = Array.isArray(size) ? (size as unknown[]) : [];
  if (height !== image.height || width !== image.width) {
    throw wrong(name, cocoText.runsOfOtherSize(statedSide(width), statedSide(height), image));
  }
  budget.spend(lengthOfRuns(counts));
  if (typeof counts === 'string') return checkRuns(decodeCocoRuns(counts, name), image, name);
  if (Array.isArray(counts)) return checkRuns(counts, image, name);
  throw withoutOutline(name);
}

function outlineRuns(outline: unknown, image: Size, name: string, budget: WorkBudget): RunLengths {
  if (!Array.isArray(outline) || !outline.every((one) => Number.isFinite(one))) {
    throw wrong(name, cocoText.outlineNotNumbers);
  }
  const points = outline as number[];
  if (points.length < 6 || points.length % 2 !== 0) {
    throw wrong(name, cocoText.outlineTooShort);
  }
  const isFar = points.some((place, at) => {
    const side = at % 2 === 0 ? image.width : image.height;
    return place < -side || place > 2 * side;
  });
  if (isFar) throw wrong(name, cocoText.outlineFarOutside);
  budget.spend(points.length + stepsOfPixel * lengthOf(points));
  return cocoPolygonRuns(points, image);
}

function lengthOfRuns(counts: unknown): number {
  return typeof counts === 'string' || Array.isArray(counts) ? counts.length : 0;
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
  return wrong(name, cocoText.noOutline);
}

function wrong(name: string, why: string): UserError {
  return new UserError('invalid-labels', cocoText.wrongAnnotation(name, why));
}

/** Returns a stated side for a message, whatever the file has in its place. */
function statedSide(value: unknown): string {
  return typeof value === 'number' ? String(value) : '?';
}
