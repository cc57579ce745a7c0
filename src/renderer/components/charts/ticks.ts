import { scaleLinear } from 'd3-scale';
import { significant } from '../../lib/format.ts';

/** Around a chart over steps, px: charts below each other have one scale. */
export const inset = { top: 36, right: 68, bottom: 32, left: 48 };

/** A mark of an axis. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** An axis of positive values from `low` to `high`, with marks that can be read. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly isLogarithmic: boolean;
  readonly ticks: readonly Tick[];
}

const label = (value: number): Tick => ({ value, label: significant(value) });

/** Below the largest value there is room for at least this factor. */
const room = 2.5;

/**
 * The axis of a loss: logarithmic, as the last and slowest part of the curve would lie flat on the floor
 * of a linear one. It begins with room to fall into, so that it seldom moves while values come.
 */
export function lossAxis(values: readonly number[]): Axis {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return { low: 0, high: 1, isLogarithmic: false, ticks: [] };
  // Not as arguments of one call: a long run has more points than a call may have.
  const least = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const most = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  if (least > 0) return logAxis(Math.min(least * 0.92, most / room), most * 1.08);
  const scale = scaleLinear()
    .domain([least, most > least ? most : least + 1])
    .nice(4);
  const [low = 0, high = 1] = scale.domain();
  return { low, high, isLogarithmic: false, ticks: scale.ticks(4).map(label) };
}

/** Steps of a decade that read well, the coarsest first that gives at least three marks. */
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
  // Within less than a decade even steps read better than none.
  const ticks = scaleLinear([low, high], [0, 1]).ticks(4).map(label);
  return { low, high, isLogarithmic: true, ticks };
}

/**
 * The axis of shares in [0, 1], in steps of 5 %: as much of it as the values need, so that a gain of a
 * point can be seen, and never more than that it takes to be honest about it: its marks say where it begins.
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

/** Marks of whole numbers from 0 on, some `count` of them; `last` as well where it has room. */
export function stepTicks(last: number, count: number): readonly Tick[] {
  const marks = scaleLinear([0, last], [0, 1])
    .ticks(Math.min(count, last))
    .filter((value) => Number.isInteger(value));
  const gap = (marks[1] ?? last) - (marks[0] ?? 0);
  const hasRoom = last - (marks.at(-1) ?? 0) >= gap * 0.6;
  return (hasRoom ? [...marks, last] : marks).map(label);
}
