import { imageSignature } from '../image-signature.ts';
import { headerLimit } from '../safetensors/safetensors-header.ts';
import { fileKindText } from '../../text/index.ts';

/** Kind of a file by its content: a supported container, or something else. */
export type FileKind =
  | { readonly container: 'safetensors' }
  | { readonly container: 'zip' }
  | { readonly container: 'pickle' }
  | { readonly container: 'json' }
  | OtherKind;

export interface OtherKind {
  readonly container: null;
  /** Continues "is …". */
  readonly looksLike: string;
  /** A complete sentence. */
  readonly advice: string;
}

/** Number of bytes of a file's beginning and end that `fileKind` needs. */
export const headLength = 512;
export const tailLength = 8;

const { chooseAnother, download, convert, unpack } = fileKindText;

interface Mark {
  readonly at?: number;
  /** Bytes of the signature, one character each. */
  readonly bytes: string;
  readonly looksLike: string;
  readonly advice: string;
}

/** Signatures of files that users have mistaken for a teacher's weights. */
const marks: readonly Mark[] = [
  {
    bytes: 'version https://git-lfs',
    looksLike: fileKindText.lfsPointer,
    advice: fileKindText.downloadWithLfs,
  },
  { bytes: '\x89HDF', looksLike: fileKindText.hdf5, advice: convert },
  { bytes: 'GGUF', looksLike: fileKindText.gguf, advice: chooseAnother },
  { bytes: 'tjgg', looksLike: fileKindText.ggml, advice: chooseAnother },
  { bytes: '\x93NUMPY', looksLike: fileKindText.numpy, advice: chooseAnother },
  { at: 4, bytes: 'TFL3', looksLike: fileKindText.tensorFlowLite, advice: chooseAnother },
  { bytes: '\x1f\x8b', looksLike: fileKindText.gzip, advice: unpack },
  { bytes: '\x28\xb5\x2f\xfd', looksLike: fileKindText.zstandard, advice: unpack },
  { bytes: '\xfd7zXZ', looksLike: fileKindText.xz, advice: unpack },
];

/** A LevelDB table (Google), in which TensorFlow keeps the index of a checkpoint. */
const tableMagic = '\x57\xfb\x80\x8b\x24\x75\x47\xdb';

/** Beginning of a pickle of protocol 0 or 1 with PyTorch's magic number. */
const textMagic = 'L119547037146038801333356L\n';

/**
 * Determines the kind of a file from its first bytes, its last bytes or, failing these, its name.
 *
 * @param size of the file in bytes
 */
export function fileKind(head: Uint8Array, tail: Uint8Array, size: number, path: string): FileKind {
  const text = Buffer.from(head).toString('latin1');
  if (size === 0) return other(fileKindText.empty, download);
  const container = containerOf(text, head);
  if (container !== undefined) return container;
  for (const { at = 0, bytes, looksLike, advice } of marks) {
    if (text.startsWith(bytes, at)) return other(looksLike, advice);
  }
  if (text.startsWith('ustar', 257)) return tarKind(text);
  if (Buffer.from(tail).toString('latin1') === tableMagic || /\.data-\d{5}-of-\d{5}$/.test(path)) {
    return other(fileKindText.tensorFlowPart, convert);
  }
  // Protobuf: field 1 is ONNX's version, and the name of the program that wrote it follows.
  if (head[0] === 8 && head[2] === 0x12 && /^.(?:pytorch|\w*onnx)/s.test(text.slice(3))) {
    return other(fileKindText.onnx, convert);
  }
  if (/\.onnx$/i.test(path)) return other(fileKindText.onnx, convert);
  if (/saved_model\.pb$/i.test(path)) return other(fileKindText.tensorFlow, convert);
  const image = imageSignature(head);
  if (image) return other(fileKindText.image(image.name), chooseAnother);
  if (/^\s*<(?:!doctype\s+html|html)/i.test(text)) return other(fileKindText.webPage, download);
  if (isText(text)) return other(fileKindText.text, chooseAnother);
  // Its reader reports what is wrong with it.
  if (/\.safetensors$/i.test(path)) return { container: 'safetensors' };
  return other(fileKindText.unknown, chooseAnother);
}

function containerOf(text: string, head: Uint8Array): FileKind | undefined {
  // The last one is an archive without entries.
  const isZip = text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06');
  if (isZip) return { container: 'zip' };
  // A pickle begins with its protocol number.
  const [first, protocol = 0] = head;
  const hasProtocol = first === 0x80 && protocol >= 2 && protocol <= 5;
  if (hasProtocol || text.startsWith(textMagic)) return { container: 'pickle' };
  if (text[8] === '{' && headerLength(head) <= headerLimit) return { container: 'safetensors' };
  return /^(?:\xef\xbb\xbf)?\s*\{/.test(text) ? { container: 'json' } : undefined;
}

function headerLength({ buffer, byteOffset }: Uint8Array): number {
  return Number(new DataView(buffer, byteOffset).getBigUint64(0, true));
}

/** PyTorch wrote tar archives before 0.2, with these entries; few are left, none of them a transformer. */
function tarKind(text: string): FileKind {
  if (!/^(?:\.\/)?(?:sys_info|pickle|storages|tensors)\0/.test(text)) {
    return other(fileKindText.tar, unpack);
  }
  return other(fileKindText.oldTar, fileKindText.saveAgain);
}

/** Returns true if a string has only characters that occur in text files. */
function isText(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what tells
  return !/[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text);
}

function other(looksLike: string, advice: string): OtherKind {
  return { container: null, looksLike, advice };
}
