import { imageSignature } from '../image-signature.ts';
import { headerLimit } from '../safetensors-header.ts';

/** What a file is by its content: one of the containers that are read, or something else. */
export type FileKind =
  | { readonly container: 'safetensors' }
  | { readonly container: 'zip' }
  | { readonly container: 'pickle' }
  | { readonly container: 'json' }
  | OtherKind;

export interface OtherKind {
  readonly container: null;
  /** Follows on "is". */
  readonly looksLike: string;
  /** A sentence. */
  readonly advice: string;
}

/** Bytes of a file's beginning and end that `fileKind` wants. */
export const headLength = 512;
export const tailLength = 8;

const chooseAnother = 'Choose a checkpoint of PyTorch or safetensors.';
const download = 'Download the file itself.';
const convert = 'Save the model as safetensors.';
const unpack = 'Unpack it and choose the checkpoint in it.';

interface Mark {
  readonly at?: number;
  /** One character a byte. */
  readonly bytes: string;
  readonly looksLike: string;
  readonly advice: string;
}

/** What people have taken for a teacher's weights. */
const marks: readonly Mark[] = [
  {
    bytes: 'version https://git-lfs',
    looksLike: 'only the pointer that Git LFS keeps in place of a large file',
    advice: 'Fetch the file itself with "git lfs pull".',
  },
  { bytes: '\x89HDF', looksLike: 'an HDF5 file, as Keras writes them', advice: convert },
  { bytes: 'GGUF', looksLike: 'a GGUF file, as llama.cpp reads them', advice: chooseAnother },
  { bytes: 'tjgg', looksLike: 'a GGML file, as llama.cpp read them', advice: chooseAnother },
  { bytes: '\x93NUMPY', looksLike: 'an array of NumPy', advice: chooseAnother },
  { at: 4, bytes: 'TFL3', looksLike: 'a model for TensorFlow Lite', advice: chooseAnother },
  { bytes: '\x1f\x8b', looksLike: 'a gzip archive', advice: unpack },
  { bytes: '\x28\xb5\x2f\xfd', looksLike: 'a Zstandard archive', advice: unpack },
  { bytes: '\xfd7zXZ', looksLike: 'an xz archive', advice: unpack },
];

/** A table of Google's LevelDB, in which TensorFlow keeps the index of a checkpoint. */
const tableMagic = '\x57\xfb\x80\x8b\x24\x75\x47\xdb';

/** How a pickle of protocol 0 or 1 begins that holds PyTorch's magic number. */
const textMagic = 'L119547037146038801333356L\n';

/**
 * The kind of a file by its first bytes, its last ones, and where those say nothing by its name.
 *
 * @param size of the file in bytes
 */
export function fileKind(head: Uint8Array, tail: Uint8Array, size: number, path: string): FileKind {
  const text = Buffer.from(head).toString('latin1');
  if (size === 0) return other('an empty file', download);
  const container = containerOf(text, head);
  if (container !== undefined) return container;
  for (const { at = 0, bytes, looksLike, advice } of marks) {
    if (text.startsWith(bytes, at)) return other(looksLike, advice);
  }
  if (text.startsWith('ustar', 257)) return tarKind(text);
  if (Buffer.from(tail).toString('latin1') === tableMagic || /\.data-\d{5}-of-\d{5}$/.test(path)) {
    return other('a part of a TensorFlow checkpoint', convert);
  }
  // Protobuf: field 1 is ONNX's version, and the name of the program that wrote it follows.
  if (head[0] === 8 && head[2] === 0x12 && /^.(?:pytorch|\w*onnx)/s.test(text.slice(3))) {
    return other('an ONNX model', convert);
  }
  if (/\.onnx$/i.test(path)) return other('an ONNX model', convert);
  if (/saved_model\.pb$/i.test(path)) return other('a model of TensorFlow', convert);
  const image = imageSignature(head);
  if (image) return other(`a file of kind ${image.name}`, chooseAnother);
  if (/^\s*<(?:!doctype\s+html|html)/i.test(text)) return other('a web page', download);
  if (isText(text)) return other('a text file', chooseAnother);
  // Its reader says what is wrong with it.
  if (/\.safetensors$/i.test(path)) return { container: 'safetensors' };
  return other('a file of an unknown kind', chooseAnother);
}

function containerOf(text: string, head: Uint8Array): FileKind | undefined {
  // The last is an archive without entries.
  const isZip = text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06');
  if (isZip) return { container: 'zip' };
  // A pickle begins with the number of its protocol.
  const [first, protocol = 0] = head;
  const hasProtocol = first === 0x80 && protocol >= 2 && protocol <= 5;
  if (hasProtocol || text.startsWith(textMagic)) return { container: 'pickle' };
  if (text[8] === '{' && headerLength(head) <= headerLimit) return { container: 'safetensors' };
  return /^(?:\xef\xbb\xbf)?\s*\{/.test(text) ? { container: 'json' } : undefined;
}

function headerLength({ buffer, byteOffset }: Uint8Array): number {
  return Number(new DataView(buffer, byteOffset).getBigUint64(0, true));
}

/** PyTorch wrote tar archives before 0.2, with these entries; few are left, none of a transformer. */
function tarKind(text: string): FileKind {
  if (!/^(?:\.\/)?(?:sys_info|pickle|storages|tensors)\0/.test(text)) {
    return other('a tar archive', unpack);
  }
  return other(
    'a checkpoint in the tar form of PyTorch before 0.2',
    'Load it in a current PyTorch and save it again.',
  );
}

/** Whether there is no byte that texts do not have. */
function isText(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what tells
  return !/[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text);
}

function other(looksLike: string, advice: string): OtherKind {
  return { container: null, looksLike, advice };
}
