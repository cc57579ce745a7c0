/** Prints rows under a title, columns aligned; numbers to the right. */
export function printTable(title: string, rows: readonly Readonly<Record<string, string>>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const width = (column: string): number =>
    Math.max(column.length, ...rows.map((row) => row[column]?.length ?? 0));
  const line = (cell: (column: string) => string): string =>
    columns
      .map((column, index) =>
        index === 0 ? cell(column).padEnd(width(column)) : cell(column).padStart(width(column)),
      )
      .join('  ');
  console.log(title);
  console.log(line((column) => column));
  for (const row of rows) console.log(line((column) => row[column] ?? ''));
  console.log();
}

/** Returns the shortest of several runs, ms: the speed of the computer without disturbances. */
export async function fastest(runs: number, work: () => Promise<void>): Promise<number> {
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}
