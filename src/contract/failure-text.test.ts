import { expect, test } from 'vitest';
import { firstLine, withoutTrace } from './failure-text.ts';

test.each([
  [
    'ONNX Runtime',
    "Non-zero status code returned while running Add node. Name:'a' Status Message: /onnxruntime_src/core/element_wise.h:560 void Broadcast(long) axis == 1 was false",
    "Non-zero status code returned while running Add node. Name:'a' Status Message",
  ],
  ['Node', 'no such op\n    at run (node:internal/x:1:2)\n    at main', 'no such op'],
  ['a debugger', 'Segmentation fault\n#0 0x00007f12 in ort::run()', 'Segmentation fault'],
  ['C++', 'std::bad_alloc\nStacktrace:\n 0x7f.. libonnx', 'std::bad_alloc'],
  ['Rust', 'device lost (wgpu/src/core.rs:12: panicked)', 'device lost'],
  ['Python', 'bad pickle\nTraceback (most recent call last):', 'bad pickle'],
])('removes the trace of %s from the message', (_name, text, message) => {
  expect(withoutTrace(text)).toEqual({ message, details: text });
  expect(firstLine(text)).toEqual({ message, details: text });
});

test('keeps sentences whole, with the names and figures in them', () => {
  const text =
    'masks/a.png has 3 values: 0, 128 and 255.\nSay which are classes. At most 254 can be (see classes.txt).';
  expect(withoutTrace(text)).toEqual({ message: text, details: undefined });
});

test('uses the first line of a text not written for users as the message, shortened if needed', () => {
  expect(firstLine('one\ntwo')).toEqual({ message: 'one', details: 'one\ntwo' });
  const long = 'x'.repeat(5000);
  expect(firstLine(long)).toEqual({ message: `${'x'.repeat(300)}…`, details: long });
  expect(firstLine('\n    at here').message).toBe('An unknown error occurred.');
});
