/** Small preferences of this window, kept by the browser; a bad or missing value is the default. */

export function storedNumber(key: string, fallback: number, low: number, high: number): number {
  const value = Number(localStorage.getItem(key) ?? Number.NaN);
  return Number.isFinite(value) && value >= low && value <= high ? value : fallback;
}

export function store(key: string, value: number): void {
  localStorage.setItem(key, String(value));
}
