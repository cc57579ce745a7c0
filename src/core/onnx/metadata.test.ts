import { describe, expect, it } from 'vitest';
import * as g from '../graph/build.ts';
import { emitOnnx } from './emit.ts';
import { onnxMetadata, parseOnnx } from './metadata.ts';

const model = (metadata: ReadonlyMap<string, string>): Uint8Array =>
  emitOnnx({ name: 'm', outputs: new Map([['y', g.abs(g.input('x', [1]))]]) }, { metadata }).model;

describe('parseOnnx', () => {
  it.each<[string, ReadonlyMap<string, string>]>([
    ['none', new Map()],
    [
      'words of any script, empty ones, and order',
      new Map([
        ['b', JSON.stringify({ classes: ['été', '森林', '🛰️'] })],
        ['a', ''],
        ['', 'no name'],
      ]),
    ],
  ])('returns %s', (_, metadata) => {
    expect([...onnxMetadata(parseOnnx(model(metadata)))]).toEqual([...metadata]);
  });

  const sound = model(new Map([['key', 'value']]));
  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'they hold no graph'],
    ['zeros', new Uint8Array(64), 'illegal tag'],
    ['bytes without sense', new Uint8Array(64).fill(0xff), 'invalid varint'],
    ['text', new TextEncoder().encode('{"this is": "JSON, not a model"}'), 'premature EOF'],
    [
      'a PNG',
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13),
      'illegal tag',
    ],
    ['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46), 'illegal tag'],
    ['a model that was cut short', sound.subarray(0, sound.length - 3), 'premature EOF'],
    ['only the beginning of a model', sound.subarray(0, 2), 'they hold no graph'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseOnnx(bytes)).toThrow(message);
  });
});
