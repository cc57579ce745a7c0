/** Encoders for the tests: what the readers undo, written from the same paragraphs of the standard. */

/** LZW of TIFF 6.0, section 13: codes of 9 to 12 bits, a clear code first and when the table is full. */
export function encodeLzw(bytes: Uint8Array): Buffer {
  const codes = new BitWriter();
  let table = new Map<string, number>();
  let width = 9;
  const clear = (): void => {
    codes.add(256, width);
    table = new Map(Array.from({ length: 256 }, (_, byte) => [String.fromCharCode(byte), byte]));
    width = 9;
  };
  clear();
  // Two entries have no text: the codes for clear and end.
  const next = (): number => table.size + 2;
  let text = '';
  for (const byte of bytes) {
    const longer = text + String.fromCharCode(byte);
    if (table.has(longer)) {
      text = longer;
      continue;
    }
    codes.add(table.get(text) ?? 0, width);
    table.set(longer, next());
    if (next() === 1 << width) width++;
    if (next() === 4095) clear();
    text = String.fromCharCode(byte);
  }
  if (text !== '') {
    codes.add(table.get(text) ?? 0, width);
    table.set(`${text}end`, next());
    if (next() === 1 << width && width < 12) width++;
  }
  codes.add(257, width);
  return codes.bytes();
}

class BitWriter {
  readonly #bytes: number[] = [];
  #held = 0;
  #count = 0;

  add(value: number, width: number): void {
    this.#held = (this.#held << width) | value;
    this.#count += width;
    while (this.#count >= 8) {
      this.#count -= 8;
      this.#bytes.push((this.#held >> this.#count) & 255);
      this.#held &= (1 << this.#count) - 1;
    }
  }

  bytes(): Buffer {
    if (this.#count > 0) this.add(0, 8 - this.#count);
    return Buffer.from(this.#bytes);
  }
}

/** PackBits of TIFF 6.0, section 9: runs of two or more equal bytes, and what lies between. */
export function encodePackBits(bytes: Uint8Array): Buffer {
  const output: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const run = runLength(bytes, at);
    if (run > 1) {
      output.push(257 - run, bytes[at] ?? 0);
      at += run;
      continue;
    }
    let end = at + 1;
    while (end < bytes.length && end - at < 128 && runLength(bytes, end) < 2) end++;
    output.push(end - at - 1, ...bytes.subarray(at, end));
    at = end;
  }
  return Buffer.from(output);
}

function runLength(bytes: Uint8Array, at: number): number {
  let end = at + 1;
  while (end < bytes.length && end - at < 128 && bytes[end] === bytes[at]) end++;
  return end - at;
}

/** Bits of values, whole rows: bytes in file order, other depths packed from the highest bit. */
export function packRows(
  patterns: readonly bigint[],
  rowLength: number,
  bits: number,
  isLittleEndian: boolean,
): Buffer {
  const rows: Buffer[] = [];
  for (let start = 0; start < patterns.length; start += rowLength) {
    const row = patterns.slice(start, start + rowLength);
    const writer = new BitWriter();
    for (const pattern of row) {
      if (bits % 8 !== 0) writer.add(Number(pattern), bits);
      else for (const byte of bytesOf(pattern, bits / 8, isLittleEndian)) writer.add(byte, 8);
    }
    rows.push(writer.bytes());
  }
  return Buffer.concat(rows);
}

function bytesOf(pattern: bigint, size: number, isLittleEndian: boolean): number[] {
  const bytes = Array.from({ length: size }, (_, i) => Number((pattern >> BigInt(8 * i)) & 255n));
  return isLittleEndian ? bytes : bytes.reverse();
}

/** Predictor 2: every value less the one a pixel before it in its row. */
export function differences(
  patterns: readonly bigint[],
  rowLength: number,
  samples: number,
  bits: number,
): bigint[] {
  return patterns.map((pattern, i) => {
    const isFirst = i % rowLength < samples;
    return isFirst ? pattern : BigInt.asUintN(bits, pattern - (patterns[i - samples] ?? 0n));
  });
}

/** Predictor 3: the highest bytes of a row first, then the next, as differences of bytes. */
export function floatDifferences(
  patterns: readonly bigint[],
  rowLength: number,
  samples: number,
  bits: number,
): Buffer {
  const size = bits / 8;
  const rows: Buffer[] = [];
  for (let start = 0; start < patterns.length; start += rowLength) {
    const row = patterns.slice(start, start + rowLength);
    const planes = Array.from({ length: size }, (_, plane) =>
      row.map((pattern) => bytesOf(pattern, size, false)[plane] ?? 0),
    ).flat();
    rows.push(
      Buffer.from(
        planes.map((byte, i) => (i < samples ? byte : byte - (planes[i - samples] ?? 0))),
      ),
    );
  }
  return Buffer.concat(rows);
}

/** Values as the bits that are stored. */
export function bitPatterns(values: readonly number[], format: 1 | 2 | 3, bits: number): bigint[] {
  const view = new DataView(new ArrayBuffer(8));
  return values.map((value) => {
    if (format !== 3) return BigInt.asUintN(bits, BigInt(value));
    if (bits === 16) view.setFloat16(0, value);
    else if (bits === 32) view.setFloat32(0, value);
    else view.setFloat64(0, value);
    return view.getBigUint64(0) >> BigInt(64 - bits);
  });
}
