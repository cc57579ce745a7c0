/** `85.0 %`; `-` where nothing was measured. */
export function percentText(share: number | null): string {
  return share === null ? '-' : `${(100 * share).toFixed(1)} %`;
}
