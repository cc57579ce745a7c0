/** Form of a table. */
export interface TableOptions {
  /** Number of text columns, aligned left; the other columns are numbers, aligned right. */
  readonly leftColumns: number;
  readonly indent?: string;
  /** Applied to the first row. */
  readonly header?: (text: string) => string;
}

const gap = '  ';

/** Formats rows of cells as lines of text with aligned columns. */
export function table(rows: readonly (readonly string[])[], options: TableOptions): string {
  const { leftColumns, indent = '', header = (text: string) => text } = options;
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column < leftColumns ? cell.padEnd(width) : cell.padStart(width);
    });
    return (indent + cells.join(gap)).trimEnd();
  });
  return lines.map((line, index) => (index === 0 ? header(line) : line)).join('\n');
}
