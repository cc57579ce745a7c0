import { scaleLinear } from 'd3-scale';
import { significant } from '../../lib/format.ts';

/** Padding around the charts over steps, px; equal, so that stacked charts align. */
export const inset = { top: 36, right: 68, bottom: 32, left: 48 };

/** Tick of an axis. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** Axis from `low` to `high` with its ticks. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly isLogarithmic: boolean;
  readonly ticks: readonly Tick[];
}

const label = (value: number): Tick => ({ value, label: significant(value) });

/** Smallest ratio of the largest value to the lower end of the axis. */
const room = 2.5;

/**
 * Axis of a loss: logarithmic, because the last and slowest part of the curve would be flat on a linear one. The lower
 * end leaves room for the loss to fall, so that the axis seldom moves while values arrive.
 */
export function lossAxis(values: readonly number[]): Axis {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return { low: 0, high: 1, isLogarithmic: false, ticks: [] };
  // `reduce` instead of `Math.min(...finite)`: a long run has more points than a call may have arguments.
  const least = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const most = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  if (least > 0) return logAxis(Math.min(least * 0.92, most / room), most * 1.08);
  const scale = scaleLinear()
    .domain([least, most > least ? most : least + 1])
    .nice(4);
  const [low = 0, high = 1] = scale.domain();
  return { low, high, isLogarithmic: false, ticks: scale.ticks(4).map(label) };
}

/** Tick positions within a decade, coarsest first; the first set with at least three ticks is used. */
const decades = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7]];

function logAxis(low: number, high: number): Axis {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
  for (const factors of decades) {
    const ticks = powers
      .flatMap((power) => factors.map((factor) => Number((power * factor).toPrecision(3))))
      .filter((value) => value >= low && value <= high);
    if (ticks.length >= 3) {
      return { low, high, isLogarithmic: true, ticks: [...new Set(ticks)].map(label) };
    }
  }
  // A range much smaller than a decade has evenly spaced ticks.
  const ticks = scaleLinear([low, high], [0, 1]).ticks(4).map(label);
  return { low, high, isLogarithmic: true, ticks };
}

/**
 * Axis of shares in [0, 1], with ends at multiples of 5 %. It covers only the range of the values, so that a gain of
 * one percentage point is visible; the ticks show where it begins.
 */
export function shareAxis(values: readonly number[]): Axis {
  const least = values.reduce((a, b) => Math.min(a, b), 1);
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const high =
    values.length === 0 ? 1 : Math.min(1, Math.max(0.1, Math.ceil(most * 20 + 0.2) / 20));
  const low = Math.max(0, Math.min(high - 0.1, Math.floor(least * 20 - 0.2) / 20));
  const ticks = scaleLinear([low, high], [0, 1])
    .ticks(3)
    .map((value) => ({ value, label: `${Math.round(value * 100)} %` }));
  return { low, high, isLogarithmic: false, ticks };
}

/** About `count` integer ticks from 0 on, and `last` if there is room. */
export function stepTicks(last: number, count: number): readonly Tick[] {
  const marks = scaleLinear([0, last], [0, 1])
    .ticks(Math.min(count, last))
    .filter((value) => Number.isInteger(value));
  const gap = (marks[1] ?? last) - (marks[0] ?? 0);
  const hasRoom = last - (marks.at(-1) ?? 0) >= gap * 0.6;
  return (hasRoom ? [...marks, last] : marks).map(label);
}
