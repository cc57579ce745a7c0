/** Number from the window's local storage; `fallback` if it is missing or outside of `[low, high]`. */
export function storedNumber(key: string, fallback: number, low: number, high: number): number {
  const value = Number(localStorage.getItem(key) ?? Number.NaN);
  return Number.isFinite(value) && value >= low && value <= high ? value : fallback;
}

export function isStored(key: string): boolean {
  return localStorage.getItem(key) !== null;
}

/** Text from the window's local storage; null if missing. */
export function storedText(key: string): string | null {
  return localStorage.getItem(key);
}

export function store(key: string, value: number | string): void {
  localStorage.setItem(key, String(value));
}
