import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/**
 * The decoders of dcmjs-codecs, one WebAssembly module of libijg (JPEG of 8, 12 and 16 bits), CharLS and OpenJPEG. Its
 * binary is driven from here rather than through its JavaScript, which loads all of dcmjs, keeps one instance even
 * after it failed, and drops the warnings that reveal a damaged image.
 */
export type NativeCodec = 'jpeg' | 'jpeg-ls' | 'jpeg-2000';

export interface EncodedFrame {
  readonly bytes: Uint8Array;
  /** Width stated by the codestream, which is checked first: the decoders trust it. */
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Bits of a value, 1 to 16. */
  readonly precision: number;
}

/** Error of a decoder about the codestream. */
export class CodecError extends Error {}

const functions = {
  jpeg: 'DecodeJpeg',
  'jpeg-ls': 'DecodeJpegLs',
  'jpeg-2000': 'DecodeJpeg2000',
} as const satisfies Record<NativeCodec, string>;

/** Memory above which an instance is discarded after use, because its memory can only grow. */
const keptMemory = 2 ** 29;
/** The module can have 2 GiB; some of it holds its own tables. */
const usableMemory = 2 ** 31 - 2 ** 26;

// Colours are converted elsewhere; the decoders return components as coded.
const monochrome2 = 1;

/** Functions of the module that are used: C functions that take and return pointers and numbers. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly _initialize: () => void;
  readonly CreateCodecsContext: () => number;
  readonly ReleaseCodecsContext: (context: number) => void;
  readonly CreateDecoderParameters: () => number;
  readonly ReleaseDecoderParameters: (parameters: number) => void;
  readonly SetColumns: (context: number, value: number) => void;
  readonly SetRows: (context: number, value: number) => void;
  readonly SetBitsAllocated: (context: number, value: number) => void;
  readonly SetBitsStored: (context: number, value: number) => void;
  readonly SetSamplesPerPixel: (context: number, value: number) => void;
  readonly SetPixelRepresentation: (context: number, value: number) => void;
  readonly SetPlanarConfiguration: (context: number, value: number) => void;
  readonly SetPhotometricInterpretation: (context: number, value: number) => void;
  readonly SetEncodedBufferSize: (context: number, value: number) => void;
  readonly GetEncodedBuffer: (context: number) => number;
  readonly GetDecodedBuffer: (context: number) => number;
  readonly GetDecodedBufferSize: (context: number) => number;
  readonly SetConvertColorspaceToRgb: (parameters: number, value: number) => void;
  readonly DecodeJpeg: (context: number, parameters: number) => void;
  readonly DecodeJpegLs: (context: number, parameters: number) => void;
  readonly DecodeJpeg2000: (context: number, parameters: number) => void;
}

type Imports = Record<string, Record<string, (...values: number[]) => number | undefined>>;

/** TypeScript keeps the types of WebAssembly among those of browsers. */
interface WebAssemblyApi {
  readonly compile: (bytes: Uint8Array) => Promise<object>;
  readonly Instance: new (module: object, imports: Imports) => { readonly exports: unknown };
}
const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };

/** Returns true if a frame fits into the module's memory. JPEG 2000 is decoded in 32-bit values. */
export function fitsMemory(codec: NativeCodec, frame: EncodedFrame): boolean {
  const { bytes, width, height, components, precision } = frame;
  const bytesPerValue = (precision <= 8 ? 1 : 2) + (codec === 'jpeg-2000' ? 4 : 0);
  return bytes.length + width * height * components * bytesPerValue <= usableMemory;
}

let compiled: Promise<object> | undefined;
let idle: Exports | undefined;

function compile(): Promise<object> {
  const path = createRequire(import.meta.url).resolve(
    'dcmjs-codecs/build/dcmjs-native-codecs.wasm',
  );
  return readFile(path).then((bytes) => WebAssembly.compile(bytes));
}

/**
 * Decodes one frame into its components, interleaved by pixel: bytes up to 8 bits of precision, else little-endian
 * words.
 *
 * @throws CodecError if the codestream is damaged, or needs more memory than the module can have
 */
export async function decodeNatively(
  codec: NativeCodec,
  frame: EncodedFrame,
): Promise<Uint8Array<ArrayBuffer>> {
  compiled ??= compile();
  const module = await compiled;
  const exports = idle ?? instantiate(module);
  // A failure leaves its memory in an unknown state: the next frame then gets a new instance.
  idle = undefined;
  const decoded = run(exports, codec, frame);
  if (exports.memory.buffer.byteLength <= keptMemory) idle = exports;
  return decoded;
}

function run(exports: Exports, codec: NativeCodec, frame: EncodedFrame): Uint8Array<ArrayBuffer> {
  try {
    const context = describe(exports, frame);
    const parameters = exports.CreateDecoderParameters();
    exports.SetConvertColorspaceToRgb(parameters, 0);
    exports[functions[codec]](context, parameters);
    const start = exports.GetDecodedBuffer(context);
    const size = exports.GetDecodedBufferSize(context);
    const decoded = new Uint8Array(exports.memory.buffer.slice(start, start + size));
    exports.ReleaseDecoderParameters(parameters);
    exports.ReleaseCodecsContext(context);
    return decoded;
  } catch (error) {
    // Any error of the module, a trap or full memory, is caused by the codestream.
    throw error instanceof CodecError ? error : new CodecError(String(error));
  }
}

function describe(exports: Exports, frame: EncodedFrame): number {
  const context = exports.CreateCodecsContext();
  exports.SetColumns(context, frame.width);
  exports.SetRows(context, frame.height);
  exports.SetBitsAllocated(context, frame.precision <= 8 ? 8 : 16);
  exports.SetBitsStored(context, frame.precision);
  exports.SetSamplesPerPixel(context, frame.components);
  exports.SetPixelRepresentation(context, 0);
  exports.SetPlanarConfiguration(context, 0);
  exports.SetPhotometricInterpretation(context, monochrome2);
  exports.SetEncodedBufferSize(context, frame.bytes.length);
  new Uint8Array(exports.memory.buffer).set(frame.bytes, exports.GetEncodedBuffer(context));
  return context;
}

function instantiate(module: object): Exports {
  const text = (at: number, length: number): string =>
    Buffer.from(exports.memory.buffer, at, Math.min(length, 300)).toString('latin1');
  const imports: Imports = {
    env: {
      onCodecsException: (at = 0, length = 0) => {
        throw new CodecError(text(at, length));
      },
      onCodecsInfo: (at = 0, length = 0) => {
        const said = text(at, length);
        if (isComplaint(said)) throw new CodecError(said);
        return undefined;
      },
      onCodecsTrace: () => undefined,
      emscripten_notify_memory_growth: () => undefined,
    },
    wasi_snapshot_preview1: {
      proc_exit: (code) => {
        throw new CodecError(`the decoder ended with ${String(code)}`);
      },
      clock_time_get: () => 0,
      environ_sizes_get: (count = 0, size = 0) => {
        const memory = new DataView(exports.memory.buffer);
        memory.setUint32(count, 0, true);
        memory.setUint32(size, 0, true);
        return 0;
      },
      environ_get: () => 0,
      // Printed text is discarded; the size written is the one requested.
      fd_write: (_file, vectors = 0, count = 0, written = 0) => {
        const memory = new DataView(exports.memory.buffer);
        let size = 0;
        for (let i = 0; i < count; i++) size += memory.getUint32(vectors + 8 * i + 4, true);
        memory.setUint32(written, size, true);
        return 0;
      },
      fd_seek: () => 0,
      fd_close: () => 0,
    },
  };
  const exports = new WebAssembly.Instance(module, imports).exports as Exports;
  exports._initialize();
  return exports;
}

/**
 * libijg continues after damage, and fills missing pixels with grey; only its messages show it. Surplus bytes before a
 * marker are harmless.
 */
function isComplaint(message: string): boolean {
  if (message.includes('extraneous bytes before marker')) return false;
  return /Corrupt JPEG data|Premature end|Inconsistent progression/.test(message);
}
