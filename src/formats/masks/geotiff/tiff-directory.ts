/** Bytes of one value of the types that are written. */
const sizes = { 2: 1, 3: 2, 4: 4, 12: 8, 16: 8 } as const;

/** A field of a directory: 2 text, 3, 4 and 16 whole numbers of 16, 32 and 64 bits, 12 double precision. */
export interface WrittenField {
  readonly tag: number;
  readonly type: keyof typeof sizes;
  /** Values of the field; the bytes of a text. */
  readonly values: ArrayLike<number>;
}

/** Bytes before everything else: the byte order, the kind of file, and the offset of the directory. */
export function tiffHeader(directory: number, isBig: boolean): Buffer {
  const header = Buffer.alloc(isBig ? 16 : 8);
  header.write('II', 'latin1');
  header.writeUInt16LE(isBig ? 43 : 42, 2);
  if (isBig) {
    // Bytes of an offset, and a zero.
    header.writeUInt16LE(8, 4);
    header.writeBigUInt64LE(BigInt(directory), 8);
  } else {
    header.writeUInt32LE(directory, 4);
  }
  return header;
}

/**
 * A directory and the lists that it points to, as one piece at offset `start` (TIFF 6.0, section 2;
 * BigTIFF). Little-endian; no directory follows it.
 *
 * @param start even
 */
export function tiffDirectory(
  fields: readonly WrittenField[],
  start: number,
  isBig: boolean,
): Buffer {
  const sorted = [...fields].sort((a, b) => a.tag - b.tag);
  const [countBytes, entryBytes, room] = isBig ? [8, 20, 8] : [2, 12, 4];
  const head = Buffer.alloc(countBytes + sorted.length * entryBytes + room);
  if (isBig) head.writeBigUInt64LE(BigInt(sorted.length));
  else head.writeUInt16LE(sorted.length);
  const lists: Buffer[] = [];
  let end = head.length;
  for (const [index, field] of sorted.entries()) {
    const at = countBytes + index * entryBytes;
    head.writeUInt16LE(field.tag, at);
    head.writeUInt16LE(field.type, at + 2);
    putOffset(head, at + 4, field.values.length, isBig);
    const bytes = valueBytes(field);
    const valueAt = at + (isBig ? 12 : 8);
    if (bytes.length <= room) {
      bytes.copy(head, valueAt);
      continue;
    }
    // Lists begin at even offsets.
    end += end % 2;
    putOffset(head, valueAt, start + end, isBig);
    const before = lists.reduce((sum, list) => sum + list.length, head.length);
    lists.push(Buffer.alloc(end - before), bytes);
    end += bytes.length;
  }
  return Buffer.concat([head, ...lists]);
}

function putOffset(target: Buffer, at: number, value: number, isBig: boolean): void {
  if (isBig) target.writeBigUInt64LE(BigInt(value), at);
  else target.writeUInt32LE(value, at);
}

function valueBytes({ type, values }: WrittenField): Buffer {
  const size = sizes[type];
  const bytes = Buffer.alloc(values.length * size);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const at = i * size;
    if (type === 2) bytes.writeUInt8(value, at);
    else if (type === 3) bytes.writeUInt16LE(value, at);
    else if (type === 4) bytes.writeUInt32LE(value, at);
    else if (type === 12) bytes.writeDoubleLE(value, at);
    else bytes.writeBigUInt64LE(BigInt(value), at);
  }
  return bytes;
}
