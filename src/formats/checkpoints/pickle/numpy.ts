import type { Machine } from './machine.ts';
import { isNumpyType, isSequence, type NumpyType, type PickleValue } from './values.ts';
import { narrowed } from './byte-cursor.ts';
import { pickleText } from '../../../text/index.ts';

/** NumPy numbers, which training scripts store among their measurements: read as plain numbers. */

/** `numpy.dtype('f8', False, True)` */
export function numpyType([code]: readonly PickleValue[], machine: Machine): NumpyType {
  if (typeof code !== 'string') throw machine.invalid(pickleText.namelessNumpyType);
  return { kind: 'numpy-type', code, isBigEndian: false };
}

/** The state is (version, byte order, …). */
export function setNumpyState(type: NumpyType, state: PickleValue): void {
  if (isSequence(state)) type.isBigEndian = state.items[1] === '>';
}

const readers: Readonly<
  Record<string, [bytes: number, (view: DataView, isLittle: boolean) => number | bigint | boolean]>
> = {
  b1: [1, (view) => view.getUint8(0) !== 0],
  i1: [1, (view) => view.getInt8(0)],
  u1: [1, (view) => view.getUint8(0)],
  i2: [2, (view, little) => view.getInt16(0, little)],
  u2: [2, (view, little) => view.getUint16(0, little)],
  f2: [2, (view, little) => view.getFloat16(0, little)],
  i4: [4, (view, little) => view.getInt32(0, little)],
  u4: [4, (view, little) => view.getUint32(0, little)],
  f4: [4, (view, little) => view.getFloat32(0, little)],
  i8: [8, (view, little) => narrowed(view.getBigInt64(0, little))],
  u8: [8, (view, little) => narrowed(view.getBigUint64(0, little))],
  f8: [8, (view, little) => view.getFloat64(0, little)],
};

/** `numpy.core.multiarray.scalar(type, bytes)`; anything but a number is kept as the name of its type. */
export function numpyScalar([type, value]: readonly PickleValue[]): PickleValue {
  if (!isNumpyType(type)) return { kind: 'opaque', of: 'numpy.generic' };
  const [length, read] = Object.hasOwn(readers, type.code) ? (readers[type.code] ?? []) : [];
  // Python 2 stores bytes as strings.
  const bytes = typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'latin1')) : value;
  if (read === undefined || !(bytes instanceof Uint8Array) || bytes.length !== length) {
    return { kind: 'opaque', of: `numpy.${type.code}` };
  }
  return read(new DataView(bytes.buffer, bytes.byteOffset, length), !type.isBigEndian);
}
