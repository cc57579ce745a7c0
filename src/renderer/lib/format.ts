/** Numbers and times as a person reads them. */

const locale = 'en-GB';
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });

/** `1,204` */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** `1 image`, `1,204 images` */
export function plural(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `12.4 MB`; decimal units, as files are shown elsewhere on the machine. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const number = value >= 100 || unit === 0 ? whole.format(value) : tenth.format(value);
  return `${number} ${units[unit] ?? 'B'}`;
}

/** `40 s`, `4 min`, `2 h 10 min`: as exact as an estimate can be. */
export function formatSeconds(seconds: number): string {
  if (seconds < 1) return 'less than 1 s';
  if (seconds < 10) return `${Math.round(seconds)} s`;
  if (seconds < 55) return `${5 * Math.round(seconds / 5)} s`;
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  const hours = Math.floor(minutes / 60);
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** `today`, `yesterday`, `3 days ago`, `12 Mar 2026` */
export function formatDay(iso: string, now = new Date()): string {
  const then = new Date(iso);
  const midnight = (date: Date): number =>
    new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(then)) / 86_400_000);
  if (days <= 0) return 'today';
  if (days === 1) return 'yesterday';
  if (days < 7) return `${days} days ago`;
  return day.format(then);
}
