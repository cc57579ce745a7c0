import { invalidCheckpoint } from '../problems.ts';
import { pickleText } from '../../../text/index.ts';

/** Maximum length of a string; far longer than any key, class name or setting. */
const textLimit = 2 ** 20;
/** The magic number of PyTorch's old format has ten bytes; much longer integers are hostile. */
const integerLimit = 64;

/** Reads a pickle from front to back; throws `UserError('invalid-file')` if it ends too early. */
export class ByteCursor {
  readonly path: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position: number;

  constructor(bytes: Uint8Array, position: number, path: string) {
    this.path = path;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** A length of eight bytes. Beyond 2^53 it is rounded, but then it is too long anyway. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  /** Floats are the only big-endian values in pickles. */
  float64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  bytes(length: number): Uint8Array {
    if (length > textLimit) throw this.#invalid(pickleText.stringTooLong(length));
    const start = this.#advance(length);
    return this.#bytes.slice(start, start + length);
  }

  utf8(length: number): string {
    if (length > textLimit) throw this.#invalid(pickleText.stringTooLong(length));
    const start = this.#advance(length);
    return decoded(this.#bytes.subarray(start, start + length));
  }

  /** Two's complement, little-endian. */
  integer(length: number): number | bigint {
    if (length > integerLimit) throw this.#invalid(pickleText.integerTooLong(length, integerLimit));
    const start = this.#advance(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#at(start + i));
    return narrowed(BigInt.asIntN(length * 8, value));
  }

  /** Up to the next line feed, which is skipped. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#position);
    if (end < 0) throw this.#cutShort();
    const length = end - this.#position;
    const text = this.utf8(length);
    this.#advance(1);
    return text;
  }

  /** Skips a length that only states a minimum of what follows. */
  frame(): void {
    const length = this.uint64();
    if (length > this.#bytes.length - this.#position) throw this.#cutShort();
  }

  #at(index: number): number {
    return this.#bytes[index] ?? 0;
  }

  #advance(length: number): number {
    const start = this.#position;
    if (length > this.#bytes.length - start) throw this.#cutShort();
    this.#position += length;
    return start;
  }

  #cutShort(): Error {
    return this.#invalid(pickleText.cutShort);
  }

  #invalid(reason: string): Error {
    return invalidCheckpoint(this.path, reason);
  }
}

/** Returns an integer as a number if that is exact. */
export function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Strings are UTF-8; those of Python 2 may be anything. */
function decoded(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
