import type { Interval } from '../contract/results.ts';

const enDash = '–';

/** A share as `93.4 %`. */
export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** `93.4 % (92.1–94.6)`, the value with its 95 % interval; or the value alone if the interval has no width. */
export function percentInterval({ value, low, high }: Interval): string {
  if (low === high) return percent(value);
  return `${percent(value)} (${(low * 100).toFixed(1)}${enDash}${(high * 100).toFixed(1)})`;
}

/** `0.934 (0.921–0.946)`, as `percentInterval`. */
export function shareInterval({ value, low, high }: Interval): string {
  if (low === high) return value.toFixed(3);
  return `${value.toFixed(3)} (${low.toFixed(3)}${enDash}${high.toFixed(3)})`;
}

/** `1,204`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `1 image`, `2 images`. */
export function counted(value: number, one: string, several = `${one}s`): string {
  return `${count(value)} ${Math.round(value) === 1 ? one : several}`;
}

/** `5.4 million`, `820 thousand`. */
export function parameters(value: number): string {
  if (value >= 999_500) return `${significant(value / 1e6)} million`;
  return value >= 10_000 ? `${significant(value / 1e3)} thousand` : count(value);
}

/** Bytes as `21.6 MB` of a million bytes each. */
export function megabytes(bytes: number): string {
  return `${significant(bytes / 1e6)} MB`;
}

/** Milliseconds as `2.31 ms`. */
export function milliseconds(value: number): string {
  return `${significant(value)} ms`;
}

/** Three significant digits, without an exponent: `0.0123`, `2.31`, `148`, `12,345`. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return value.toLocaleString('en-US', {
    maximumSignificantDigits: Math.abs(value) >= 1000 ? 21 : 3,
    maximumFractionDigits: Math.abs(value) >= 1000 ? 0 : 20,
    roundingPriority: 'lessPrecision',
  });
}

/** `8 min 31 s`; below ten seconds with a decimal. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${count(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}
