/**
 * Functions that undo differences between neighbouring pixels, in place. `bytes` holds whole rows of `rowLength` values
 * of `size` bytes; `samples` values make a pixel.
 */

/** Predictor 2 (TIFF 6.0, section 14): whole-number sums along a row, in the machine's byte order. */
export function undoDifferences(
  bytes: Uint8Array<ArrayBuffer>,
  rowLength: number,
  samples: number,
  size: number,
): void {
  const { buffer, byteOffset } = bytes;
  const length = bytes.length / size;
  if (size === 8) {
    sumLong(new BigUint64Array(buffer, byteOffset, length), rowLength, samples);
  } else if (size === 4) {
    sum(new Uint32Array(buffer, byteOffset, length), rowLength, samples);
  } else if (size === 2) {
    sum(new Uint16Array(buffer, byteOffset, length), rowLength, samples);
  } else {
    sum(bytes, rowLength, samples);
  }
}

/** Adds the differences up; sums wrap around at the limits of the array's type. */
function sum(
  values: Uint8Array | Uint16Array | Uint32Array,
  rowLength: number,
  samples: number,
): void {
  for (let row = 0; row < values.length; row += rowLength) {
    const end = row + rowLength;
    for (let i = row + samples; i < end; i++) {
      values[i] = (values[i] ?? 0) + (values[i - samples] ?? 0);
    }
  }
}

function sumLong(values: BigUint64Array, rowLength: number, samples: number): void {
  for (let row = 0; row < values.length; row += rowLength) {
    const end = row + rowLength;
    for (let i = row + samples; i < end; i++) {
      values[i] = (values[i] ?? 0n) + (values[i - samples] ?? 0n);
    }
  }
}

/**
 * Predictor 3 (TIFF Technical Note 3): a row holds the highest bytes of all its values, then the next lower, and so on,
 * as differences of bytes. The result has the highest byte of each value first.
 */
export function undoFloatDifferences(
  bytes: Uint8Array<ArrayBuffer>,
  rowLength: number,
  samples: number,
  size: number,
): void {
  const rowBytes = rowLength * size;
  sum(bytes, rowBytes, samples);
  const planes = new Uint8Array(rowBytes);
  for (let row = 0; row < bytes.length; row += rowBytes) {
    planes.set(bytes.subarray(row, row + rowBytes));
    for (let i = 0; i < rowLength; i++) {
      for (let byte = 0; byte < size; byte++) {
        bytes[row + i * size + byte] = planes[byte * rowLength + i] ?? 0;
      }
    }
  }
}
