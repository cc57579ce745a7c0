/** Value representations by how explicit files write their lengths (PS3.5, 7.1.2). */
const short = [
  ...['AE', 'AS', 'AT', 'CS', 'DA', 'DS', 'DT', 'FD', 'FL', 'IS', 'LO', 'LT', 'PN'],
  ...['SH', 'SL', 'SS', 'ST', 'TM', 'UI', 'UL', 'US'],
];
const long = [...['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']];
const longVrs: ReadonlySet<string> = new Set(long);
const vrs: ReadonlySet<string> = new Set([...short, ...long]);

export function isVr(text: string): boolean {
  return vrs.has(text);
}

/** Returns true if the length takes four bytes. */
export function isLongVr(vr: string): boolean {
  return longVrs.has(vr);
}
