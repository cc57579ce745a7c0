import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countWork } from '../../../../tests/support/work-time.ts';
import { UserError, type ErrorCode } from '../../../core/errors.ts';
import {
  bytes,
  dict,
  made,
  named,
  persistent,
  pickled,
  tuple,
  type Pickled,
} from '../../testing/torch-fixtures.ts';
import { storageOf } from './tensors.ts';
import { noPersistent, unpickle } from './unpickle.ts';
import { isDict, isSequence, type PickleValue } from './values.ts';

const run = (pickle: Buffer): PickleValue => unpickle(pickle, 'a.pth', noPersistent).value;

/** Values converted to plain JavaScript. */
function plain(value: PickleValue): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (isSequence(value)) return value.items.map(plain);
  if (isDict(value)) return Object.fromEntries([...value.entries].map(([k, v]) => [k, plain(v)]));
  return value;
}

function refusal(pickle: Buffer): UserError {
  try {
    run(pickle);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

const expectRefusal = (pickle: Buffer, code: ErrorCode, message: RegExp): void => {
  const error = refusal(pickle);
  expect(error.message).toMatch(message);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/^(?:a\.pth|The description of the tensors in a\.pth) .*\.$/);
};

const numpyDouble = made('numpy', 'dtype', ['f8', false, true], tuple(3, '<', null, null, null));
const bigEndian = made('numpy', 'dtype', ['i4', false, true], tuple(3, '>', null, null, null));

describe('values', () => {
  const values: [name: string, value: Pickled, plain: unknown][] = [
    ['None', null, null],
    ['booleans', [true, false], [true, false]],
    [
      'integers',
      [0, -1, 255, 70_000, 2 ** 40, -(2 ** 31) + 1],
      [0, -1, 255, 70_000, 2 ** 40, -2147483647],
    ],
    ['beyond 2^53', -(2n ** 70n), -(2n ** 70n)],
    ['floats', [0.5, -1e300, Infinity], [0.5, -1e300, Infinity]],
    ['texts', ['', 'é€𝄞', '\ufeffx'], ['', 'é€𝄞', '\ufeffx']],
    ['bytes', bytes('a\xff'), 'a\xff'],
    ['bytes of protocol 2', made('_codecs', 'encode', ['a\xff', 'latin1']), 'a\xff'],
    ['tuples', tuple(1, tuple()), [1, []]],
    ['a dictionary', dict({ a: 1, b: [2] }), { a: 1, b: [2] }],
    ['OrderedDict', made('collections', 'OrderedDict', [], dict({ _metadata: 1 })), {}],
    ['OrderedDict of pairs', made('collections', 'OrderedDict', [[['a', 1]]]), { a: 1 }],
    ['a set', made('__builtin__', 'set', [[1, 2]]), [1, 2]],
    ['Namespace', made('argparse', 'Namespace', [], dict({ model: 'vit' })), { model: 'vit' }],
    ['torch.Size', made('torch', 'Size', [tuple(2, 3)]), [2, 3]],
    ['torch.device', made('torch', 'device', ['cuda', 0]), 'cuda:0'],
    ['torch.float16', named('torch', 'float16'), { kind: 'name', name: 'torch.float16' }],
    [
      "NumPy's numbers",
      [
        made('numpy.core.multiarray', 'scalar', [numpyDouble, bytes('\0\0\0\0\0\0\x04\x40')]),
        made('numpy._core.multiarray', 'scalar', [bigEndian, bytes('\0\0\x01\0')]),
      ],
      [2.5, 256],
    ],
    ['a queue', made('collections', 'deque', [tuple(1, 2), 5]), [1, 2]],
    [
      'a range',
      made('__builtin__', 'xrange', [0, 3, 1]),
      { kind: 'opaque', of: 'builtins.xrange' },
    ],
    ['a slice', made('builtins', 'slice', [1, 2, null]), { kind: 'opaque', of: 'builtins.slice' }],
    [
      'a time zone',
      made('datetime', 'timezone', [made('datetime', 'timedelta', [0])]),
      { kind: 'opaque', of: 'datetime.timezone' },
    ],
    [
      'a complex number',
      made('builtins', 'complex', [1, 2]),
      { kind: 'opaque', of: 'builtins.complex' },
    ],
    ["a type of NumPy's", named('numpy', 'float32'), { kind: 'name', name: 'numpy.float32' }],
    [
      'torch.strided',
      made('torch.serialization', '_get_layout', ['torch.strided']),
      { kind: 'opaque', of: 'torch.strided' },
    ],
    ['a path', made('pathlib', 'PosixPath', ['/']), { kind: 'opaque', of: 'pathlib.PosixPath' }],
  ];
  test.each(values)('%s', (_, value, expected) => {
    expect(plain(run(pickled(value, 2)))).toEqual(expected);
    expect(plain(run(pickled(value, 4)))).toEqual(expected);
  });

  // Pickles as written by Python, except for those that the writer above can make.
  // oxfmt-ignore
  const texts: [name: string, pickle: string, plain: unknown][] = [
    ['protocol 0', '(dp0\nVa\np1\n(lp2\nI1\naI01\naF1.5\naNasS"it\'s\\n"\np3\nL12L\ns.', { a: [1, true, 1.5, null], "it's\n": 12 }],
    ['protocol 0 with marks', '((I1\nI00\nt(VA\\u20acB\nI-2\nd(I3\nltp0\n0g0\n.', [[1, false], { 'A€B': -2 }, [3]]],
    ['floats that are none', '(Finf\nF-inf\nFnan\nl.', [Infinity, -Infinity, NaN]],
    ['objects of protocol 0', '(icollections\nOrderedDict\n.', {}],
    ['objects by class', '(ccollections\nOrderedDict\no.', {}],
    ['a class reconstructed', 'ccopy_reg\n_reconstructor\n(cargparse\nNamespace\nc__builtin__\nobject\nNtR(dVx\nI1\nsb.', { x: 1 }],
    ['memo of protocol 2', '\x80\x02}q\0(U\x01aq\x01h\x01U\x01bj\x01\0\0\0u.', { a: 'a', b: 'a' }],
    ['memo of protocol 4', '\x80\x04\x95\x0a\0\0\0\0\0\0\0]\x94(\x8c\x01a\x94h\x01e.', ['a', 'a']],
    ['short tuples', '\x80\x02K\x01\x85K\x02K\x03\x86NNN\x87\x87.', [[1], [2, 3], [null, null, null]]],
    ['sets and frozen sets', '\x80\x04(\x8f(K\x01\x90(K\x02\x91t.', [[1], [2]]],
    ['bytes of protocols 3 to 5', '\x80\x05(C\x01aB\x01\0\0\0b\x8e\x01\0\0\0\0\0\0\0c\x96\x01\0\0\0\0\0\0\0dt.', ['a', 'b', 'c', 'd']],
    ['long texts', '\x80\x04\x8d\x01\0\0\0\0\0\0\0a.', 'a'],
    ['long integers', '\x80\x02(\x8a\0\x8a\x01\xff\x8b\x02\0\0\0\0\x01M\x01\x02t.', [0, -1, 256, 513]],
    ['texts of Python 2', '\x80\x02(T\x01\0\0\0\xffU\x02\xc3\xa9t.', ['\xff', 'é']],
    ['new objects', '\x80\x02cargparse\nNamespace\n)\x81}U\x01aK\x01sb.', { a: 1 }],
    ['new objects with named arguments', '\x80\x04cargparse\nNamespace\n)}\x92.', {}],
    ['POP, DUP and POP_MARK', '\x80\x02K\x01K\x020(K\x03120\x85.', [1]],
    ['attributes of what is opaque', '\x80\x02cpathlib\nPath\n)R}U\x01aK\x01sbU\x01bK\x02s.', { kind: 'opaque', of: 'pathlib.Path' }],
  ];
  test.each(texts)('%s', (_, pickle, expected) => {
    expect(plain(run(bytes(pickle)))).toEqual(expected);
  });

  test('returns where the pickle ends', () => {
    const two = Buffer.concat([pickled(1), pickled('b')]);
    const first = unpickle(two, 'a.pth', noPersistent);
    expect(first.value).toBe(1);
    expect(unpickle(two, 'a.pth', noPersistent, { start: first.end })).toEqual({
      value: 'b',
      end: two.length,
    });
  });
});

describe('names', () => {
  test.each([
    ['posix', 'system'],
    ['builtins', 'eval'],
    ['__builtin__', 'getattr'],
    ['torch.storage', '_load_from_bytes'],
    ['torch', 'load'],
    ['os.path', 'join'],
    ['collections', 'OrderedDict.__init__'],
    ['constructor', 'constructor'],
  ])('refuses %s.%s without running it', (module, name) => {
    for (const protocol of [2, 4] as const) {
      const pickle = pickled(made(module, name, ['echo']), protocol);
      expectRefusal(pickle, 'unsupported', /asks to run .*, which no checkpoint needs/);
      expect(refusal(pickle).message).toContain(`${module}.${name}`);
    }
  });

  test('refuses a name even if it is not used', () => {
    expectRefusal(pickled(named('posix', 'system')), 'unsupported', /posix\.system/);
  });

  test('does not call names that may only be referred to', () => {
    expectRefusal(pickled(made('builtins', 'int', ['1'])), 'unsupported', /builtins\.int/);
  });

  test.each([
    [
      /object of the Python class timm\.models\.VisionTransformer,/,
      'timm.models',
      'VisionTransformer',
    ],
    [/quantised tensors/, 'torch._utils', '_rebuild_qtensor'],
    [/quantised tensors/, 'torch', 'QInt8Storage'],
    [/sparse tensors/, 'torch._utils', '_rebuild_sparse_tensor'],
    [/empty \("meta"\) tensors/, 'torch._utils', '_rebuild_meta_tensor_no_storage'],
    [/run a\\nb\.\\u0007…?/, 'a\nb', '\u0007'],
  ])('%s', (message, module, name) => {
    expectRefusal(pickled(named(module, name), 4), 'unsupported', message);
  });

  test('refuses a layout of sparse tensors', () => {
    const coo = made('torch.serialization', '_get_layout', ['torch.sparse_coo']);
    expectRefusal(pickled(coo), 'unsupported', /sparse tensors/);
  });

  test('truncates a long name', () => {
    expect(refusal(pickled(named('x'.repeat(10_000), 'y'), 4)).message.length).toBeLessThan(500);
  });
});

test.each(['neg', 'conj'])(
  'refuses a tensor whose values differ from the stored ones: %s',
  (bit) => {
    const id = tuple('storage', named('torch', 'FloatStorage'), '0', 'cpu', 1);
    const tensor = (state: Pickled): Buffer =>
      pickled(
        made('torch._utils', '_rebuild_tensor_v2', [
          ...[persistent(id), 0, tuple(1), tuple(1), false],
          ...[made('collections', 'OrderedDict'), state],
        ]),
      );
    expect(unpickle(tensor(dict({ [bit]: false })), 'a.pth', storageOf).value).toMatchObject({
      kind: 'tensor',
    });
    expect(() => unpickle(tensor(dict({ [bit]: true })), 'a.pth', storageOf)).toThrow(
      `a.pth holds a tensor whose values differ from the stored ones (its ${bit} bit is set).`,
    );
  },
);

describe('names in TorchScript', () => {
  const script = (pickle: string | Buffer): PickleValue =>
    unpickle(bytes(pickle.toString('latin1')), 'a.pt', noPersistent, { isScript: true }).value;
  const linear = 'c__torch__.torch.nn.modules.linear.___torch_mangle_0\nLinear\n';

  // oxfmt-ignore
  test.each([
    ['a module is a record of its attributes', `\x80\x02${linear})\x81}(U\x01aK\x01U\x01bNub.`, { a: 1, b: null }],
    ['a state of its own is left out', `\x80\x02${linear})\x81(K\x01K\x02tb.`, {}],
    ['an enumeration is a record', `\x80\x02c__torch__.a\nColour\nX\x03\0\0\0redR.`, {}],
    ['lists of one type', '\x80\x02ctorch.jit._pickle\nbuild_intlist\n](K\x01K\x02e\x85R.', [1, 2]],
    ['what carries its type', '\x80\x02ctorch.jit._pickle\nrestore_type_tag\n}U\x01aK\x01sU\x0eDict[str, int]\x86R.', { a: 1 }],
  ])('%s', (_, pickle, expected) => {
    expect(plain(script(pickle))).toEqual(expected);
  });

  test.each([
    ['posix', 'system'],
    ['__torch', '_.A'],
    ['x.__torch__.y', 'A'],
  ])('refuses %s.%s, which is not one of its modules', (module, name) => {
    expect(() => script(pickled(made(module, name)))).toThrow(/so it was not opened/);
  });

  test('its classes are unknown in other files', () => {
    const pickle = pickled(made('__torch__.a', 'Linear'));
    expectRefusal(pickle, 'unsupported', /object of the Python class __torch__\.a\.Linear,/);
  });
});

describe('damage', () => {
  test.each([
    ['nothing', ''],
    ['no end', '\x80\x02}'],
    ['a cut text', '\x80\x02X\x09\0\0\0ab.'],
    ['a cut frame', '\x80\x04\x95\xff\0\0\0\0\0\0\0N.'],
    ['a line without end', 'I12'],
    ['an unknown operation', '\x80\x02\xff.'],
    ['a later protocol', '\x80\x06N.'],
    ['an empty stack', '\x80\x02.'],
    ['a value left', '\x80\x02NN.'],
    ['a mark left', '\x80\x02N(.'],
    ['POP of nothing', '0N.'],
    ['DUP of nothing', '2.'],
    ['a tuple without mark', 't.'],
    ['a tuple that reaches below a mark', 'N(\x851.'],
    ['a memo that reaches below a mark', 'N(q\x001.'],
    ['a memo of nothing', 'q\0.'],
    ['a memo that was never made', 'h\0.'],
    ['a memo that is no number', 'Np-1\n.'],
    ['an odd dictionary', '(Nd.'],
    ['items of no list', '}(Ne.'],
    ['entries of no dictionary', ']NNs.'],
    ['a name that is no text', 'NN\x93.'],
    ['arguments that are none', 'ctorch\nSize\nNR.'],
    ['a call of what is none', 'N)R.'],
    ['an integer that is none', 'Ix\n.'],
    ['a storage where there are none', 'NQ.'],
    ['named arguments', 'cargparse\nNamespace\n)}U\x01aNs\x92.'],
    ['another encoding', 'c_codecs\nencode\n(U\x01aU\x05utf16tR.'],
    ['a tensor without a storage', 'ctorch._utils\n_rebuild_tensor_v2\n)R.'],
    ['a parameter without a tensor', 'ctorch.nn.parameter\nParameter\n)R.'],
  ])('%s', (_, pickle) => {
    expectRefusal(bytes(pickle), 'invalid-file', /is not a valid PyTorch checkpoint/);
  });

  test.each([
    ['extension codes', '\x82\x01.'],
    ['persistent texts', 'Pa\n.'],
    ['buffers elsewhere', '\x97.'],
  ])('%s', (_, pickle) => {
    expectRefusal(bytes(pickle), 'unsupported', /which PyTorch cannot read/);
  });
});

// oxfmt-ignore
test('valid operations in any order end in a value or an error message', () => {
  const operations = [
    ...'(012NKMI)t]leasd}uRbioQ.'.split(''),
    ...['\x81', '\x85', '\x86', '\x87', '\x88', '\x8f', '\x90', '\x91', '\x92', '\x93', '\x94'],
    ...['q\0', 'q\x01', 'h\0', 'h\x01', 'K\x01', 'J\xff\xff\xff\xff', 'U\x01a', 'C\x01b', 'U\x07storage'],
    ...['torch._utils\n_rebuild_tensor_v2', 'torch\nFloatStorage', 'torch\nSize', 'torch\ndevice'].map((name) => `c${name}\n`),
    ...['collections\nOrderedDict', 'collections\ndefaultdict', 'argparse\nNamespace', 'pathlib\nPath'].map((name) => `c${name}\n`),
    ...['__torch__.a\nA', 'torch.jit._pickle\nbuild_intlist', 'torch.jit._pickle\nrestore_type_tag'].map((name) => `c${name}\n`),
    ...['numpy\ndtype', 'numpy.core.multiarray\nscalar', '_codecs\nencode', 'copyreg\n_reconstructor'].map((name) => `c${name}\n`),
  ];
  let values = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...operations), { maxLength: 30 }), fc.boolean(), (parts, isScript) => {
      try {
        unpickle(bytes(`${parts.join('')}.`), 'a.pth', storageOf, { isScript });
        values++;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    }),
    { numRuns: 50_000 },
  );
  expect(values).toBeGreaterThan(500);
});

describe('hostile pickles end within two seconds, with a message', () => {
  const million = 1_000_000;
  // oxfmt-ignore
  test.each([
    ['many values', 'N'.repeat(16 * million), 'too-large'],
    ['many dictionaries', '}'.repeat(16 * million), 'too-large'],
    ['many marks', '('.repeat(16 * million), 'too-large'],
    ['operations that leave nothing', 'N0'.repeat(8 * million), 'too-large'],
    ['tuples in tuples', `)${'\x85'.repeat(8 * million)}.`, 'too-large'],
    ['a text again and again', `X\0\0\x08\0${'x'.repeat(2 ** 19)}q\0${'h\0'.repeat(million)}`, 'too-large'],
    ['a text encoded again and again', `X\0\0\x08\0${'x'.repeat(2 ** 19)}q\0c_codecs\nencode\nq\x01${'h\x01h\0U\x06latin1\x86R0'.repeat(million)}`, 'too-large'],
    ['a list made a set again and again', `](${'N'.repeat(100_000)}eq\0c__builtin__\nset\nq\x01${'h\x01h\0\x85R0'.repeat(million)}`, 'too-large'],
    ['a dictionary copied again and again', `}(${'K\x01N'.repeat(100_000)}uq\0ccollections\nOrderedDict\nq\x01${'h\x01h\0\x85R0'.repeat(million)}`, 'too-large'],
    ['an integer of megabytes', `\x8b\0\0\x08\0${'x'.repeat(2 ** 19)}.`, 'invalid-file'],
    ['an integer of a million digits', `I${'9'.repeat(million)}\n.`, 'invalid-file'],
    ['a text of gigabytes', '\x8d\0\0\0\0\x01\0\0\0x', 'invalid-file'],
    ['a text longer than any number', '\x8d\xff\xff\xff\xff\xff\xff\xff\xffx', 'invalid-file'],
  ] as const)('%s', (_, pickle, code) => {
    const input = bytes(pickle);
    const worked = countWork();
    expect(refusal(input).code).toBe(code);
    expect(worked()).toBeLessThan(2_000);
  });
});
