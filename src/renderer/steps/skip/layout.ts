/** Rectangle of a bar in the block diagram, px. */
interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A block of the teacher, and its place in the student. */
export interface BlockMark {
  /** Index, from 0. */
  readonly block: number;
  readonly isKept: boolean;
  readonly bar: Bar;
  /** Bar in the student's column if the block is kept; otherwise the same as `bar`. */
  readonly lifted: Bar;
  /** SVG path of a thread from a kept block to its copy. */
  readonly thread: string;
  /** SVG path from the kept block and the skipped ones after it, whose work it learns, to its copy. */
  readonly ribbon: string;
  /** Index of the last block that it stands for. */
  readonly last: number;
}

/** Size of the diagram, px. */
export interface DiagramSize {
  readonly width: number;
  readonly height: number;
  /** Space left and right of the bars, for their numbers. */
  readonly margin: number;
}

/** Largest distance between the tops of neighbouring bars, px: a few blocks stay close together. */
const widestPitch = 64;
const thickest = 28;

/**
 * Marks of the teacher's blocks as a column of bars on the left, the student's on the right. Both columns are centred,
 * so that the threads converge towards the smaller one.
 *
 * @param kept indices of the student's blocks, ascending
 */
export function blockMarks(
  depth: number,
  kept: readonly number[],
  stage: DiagramSize,
): readonly BlockMark[] {
  const pitch = Math.min(widestPitch, stage.height / depth);
  const height = Math.min(thickest, Math.max(2, pitch * 0.6));
  const width = Math.min(260, Math.max(48, (stage.width - 2 * stage.margin) * 0.3));
  const row = (index: number, rows: number): number =>
    stage.height / 2 + (index - (rows - 1) / 2) * pitch - height / 2;
  const left = stage.margin;
  const right = stage.width - stage.margin - width;
  return Array.from({ length: depth }, (_, block) => {
    const place = kept.indexOf(block);
    const last = lastOfStretch(block, kept, depth);
    const bar = { x: left, y: row(block, depth), width, height };
    const lifted = place < 0 ? bar : { x: right, y: row(place, kept.length), width, height };
    const from = left + width;
    const end = place < 0 ? bar.y + height : row(last, depth) + height;
    return {
      block,
      isKept: place >= 0,
      bar,
      lifted,
      last,
      thread: threadPath(from, bar.y + height / 2, place < 0 ? from : right, lifted.y + height / 2),
      ribbon: ribbonPath(
        [from, bar.y, end],
        [place < 0 ? from : right, lifted.y, lifted.y + height],
      ),
    };
  });
}

/** Last block that a kept one stands for: that before the next kept one. */
export function lastOfStretch(block: number, kept: readonly number[], depth: number): number {
  const place = kept.indexOf(block);
  return place < 0 ? block : (kept[place + 1] ?? depth) - 1;
}

/** The kept block that learns the work of a skipped one. */
export function standIn(block: number, kept: readonly number[]): number {
  return kept.findLast((other) => other <= block) ?? 0;
}

const number = (value: number): string => String(Math.round(value * 10) / 10);

function threadPath(fromX: number, fromY: number, toX: number, toY: number): string {
  const middle = (fromX + toX) / 2;
  const points = [fromX, fromY, middle, fromY, middle, toY, toX, toY].map(number);
  return `M${points.slice(0, 2).join(' ')}C${points.slice(2).join(' ')}`;
}

/** SVG path of a ribbon between two ends, each [x, top, bottom]. */
function ribbonPath(
  from: readonly [number, number, number],
  to: readonly [number, number, number],
): string {
  const middle = number((from[0] + to[0]) / 2);
  const [fromX, fromTop, fromBottom] = from.map(number) as [string, string, string];
  const [toX, toTop, toBottom] = to.map(number) as [string, string, string];
  return (
    `M${fromX} ${fromTop}C${middle} ${fromTop} ${middle} ${toTop} ${toX} ${toTop}` +
    `L${toX} ${toBottom}C${middle} ${toBottom} ${middle} ${fromBottom} ${fromX} ${fromBottom}Z`
  );
}

/** Blocks, from 0, whose numbers are shown; only every 2nd or 5th if there are too many for the height. */
export function numbered(depth: number, height: number): readonly number[] {
  const pitch = Math.min(widestPitch, height / depth);
  const every = pitch >= 15 ? 1 : pitch >= 7.5 ? 2 : 5;
  return Array.from({ length: depth }, (_, block) => block).filter((block) => block % every === 0);
}
