/** Formats numbers, sizes and times with Intl; the unit is separate where it is shown smaller. */

import { amountText as words } from '../text/en/amounts.ts';

const locale = 'en-GB';

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const one = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const digits = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const two = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 });
const fixed = new Map(
  [2, 3].map((count) => [
    count,
    new Intl.NumberFormat(locale, { minimumFractionDigits: count, maximumFractionDigits: count }),
  ]),
);
const dateAndTime = new Intl.DateTimeFormat(locale, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
const ordinals = new Intl.PluralRules(locale, { type: 'ordinal' });
const endings: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' };

/** Formatted number and its unit. */
export interface Amount {
  readonly value: string;
  readonly unit: string;
}

/** Integer with separators: `1,204`. */
export function count(value: number): string {
  return whole.format(value);
}

/** Count with its noun: `1 image`, `1,204 images`. */
export function counted(value: number, single: string, several = `${single}s`): string {
  return `${count(value)} ${Math.round(value) === 1 ? single : several}`;
}

/** Three significant digits, an integer from a thousand on: `0.812`, `21.6`, `1,204`. */
export function significant(value: number): string {
  return Math.abs(value) >= 1000 ? count(value) : digits.format(value);
}

/** Two significant digits: `0.0021`. */
export function twoDigits(value: number): string {
  return two.format(value);
}

/** Fixed number of decimals, so that a changing figure keeps its width: `0.812`. */
export function decimals(value: number, places: 2 | 3): string {
  return fixed.get(places)?.format(value) ?? '';
}

/** Percentage of a share in [0, 1], without the sign: `89.4`. */
export function percent(share: number): string {
  return one.format(share * 100);
}

/** Percentage of equal predictions: `100.0` only if all are equal. */
export function agreementPercent(share: number): string {
  const text = percent(share);
  return share < 1 && text === '100.0' ? words.almostAll : text;
}

/** Range of percentages of two shares in [0, 1]: `86.6–92.0`. */
export function percentRange(low: number, high: number): string {
  return `${percent(low)}–${percent(high)}`;
}

/** Parameter count: `5.4 million`, `820 thousand`. */
export function parameters(value: number): Amount {
  if (value >= 999_500) return { value: digits.format(value / 1e6), unit: words.million };
  if (value >= 10_000) return { value: digits.format(value / 1e3), unit: words.thousand };
  return { value: count(value), unit: '' };
}

/** Size in MB of 10⁶ bytes, in GB from 10 GB on. */
export function megabytes(bytes: number): Amount {
  if (bytes >= 1e10) return { value: significant(bytes / 1e9), unit: 'GB' };
  return { value: significant(bytes / 1e6), unit: 'MB' };
}

export function gigabytes(bytes: number): Amount {
  return bytes < 1e9 ? megabytes(bytes) : { value: one.format(bytes / 1e9), unit: 'GB' };
}

export function milliseconds(value: number): Amount {
  return { value: significant(value), unit: 'ms' };
}

/** Factor or speed with one decimal, an integer from ten on: `1.9`, `12`. */
export function rounded(value: number): string {
  return value >= 9.95 ? count(value) : one.format(value);
}

export function written({ value, unit }: Amount): string {
  return unit === '' ? value : `${value} ${unit}`;
}

/** Estimated duration: `a few seconds`, `about 40 s`, `about 2 h 10 min`. */
export function roughDuration(seconds: number): string {
  if (seconds < 8) return words.fewSeconds;
  if (seconds < 55) return words.aboutSeconds(Math.max(10, Math.round(seconds / 10) * 10));
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return words.aboutMinutes(minutes);
  const tens = Math.round(seconds / 600) * 10;
  const [hours, rest] = [Math.floor(tens / 60), tens % 60];
  if (hours >= 10 || rest === 0) return words.aboutHours(Math.round(seconds / 3600));
  return words.aboutHoursAndMinutes(hours, rest);
}

/** Measured duration: `8 min 31 s`. */
export function duration(seconds: number): string {
  const all = Math.round(seconds);
  if (all < 60) return `${all} s`;
  const minutes = Math.floor(all / 60);
  return minutes < 60
    ? `${minutes} min ${all % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Date: `3 Dec 2026`. */
export function dayOf(time: string): string {
  return date.format(new Date(time));
}

/** Date without the year, and time: `24 Nov, 14:05`. */
export function moment(time: string): string {
  return dateAndTime.format(new Date(time));
}

/** Relative date within a week, absolute before: `today`, `yesterday`, `3 days ago`, `12 Mar 2026`. */
export function day(time: string, now = new Date()): string {
  const then = new Date(time);
  const midnight = (of: Date): number =>
    new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(then)) / 86_400_000);
  if (days <= 0) return words.today;
  if (days === 1) return words.yesterday;
  return days < 7 ? words.daysAgo(days) : date.format(then);
}

/** Ordinal: `2nd`, `3rd`, `11th`. */
export function ordinal(value: number): string {
  return `${value}${endings[ordinals.select(value)] ?? 'th'}`;
}
