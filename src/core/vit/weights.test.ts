import { describe, expect, it } from 'vitest';
import { tinyArchitecture, tinyVit } from '../../../tests/support/tiny-vit.ts';
import { UserError } from '../errors.ts';
import { zeros } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { checkWeights, linearLocation, linearShape } from './weights.ts';

describe('linear layers', () => {
  it.each([
    ['attn.q', [6, 6], 'blocks.1.attn.qkv', 0],
    ['attn.k', [6, 6], 'blocks.1.attn.qkv', 6],
    ['attn.v', [6, 6], 'blocks.1.attn.qkv', 12],
    ['attn.proj', [6, 6], 'blocks.1.attn.proj', 0],
    ['mlp.fc1', [8, 6], 'blocks.1.mlp.fc1', 0],
    ['mlp.fc2', [6, 8], 'blocks.1.mlp.fc2', 0],
  ] as const)("%s has timm's position", (layer, shape, name, firstRow) => {
    expect(linearShape(tinyArchitecture, layer)).toEqual(shape);
    expect(linearLocation(tinyArchitecture, 1, layer)).toEqual({ name, firstRow });
  });
});

describe('checkWeights', () => {
  const check = (change: (weights: Map<string, Tensor>) => void): (() => void) => {
    const { architecture, weights } = tinyVit();
    const changed = new Map(weights);
    change(changed);
    return () => {
      checkWeights(architecture, changed, 'teacher.safetensors');
    };
  };

  it('accepts complete weights, and additional ones', () => {
    expect(check(() => undefined)).not.toThrow();
    expect(check((weights) => weights.set('head.weight', zeros([2, 6])))).not.toThrow();
  });

  it('names a missing weight, and lists all of them in the details', () => {
    const names = [0, 1].flatMap((block) =>
      ['norm1', 'norm2', 'mlp.fc2'].map((name) => `blocks.${block}.${name}.bias`),
    );
    const attempt = check((weights) => {
      for (const name of names) weights.delete(name);
    });
    expect(attempt).toThrow(
      'teacher.safetensors: not a complete vision transformer; 6 weights are missing, among them blocks.0.norm1.bias, blocks.0.norm2.bias, blocks.0.mlp.fc2.bias, blocks.1.norm1.bias, blocks.1.norm2.bias.',
    );
    const details = names.toSorted().join('\n');
    try {
      attempt();
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      const { code, details: got } = error as UserError;
      expect(code).toBe('invalid-file');
      expect(got?.split('\n').toSorted().join('\n')).toBe(details);
    }
  });

  it('names the weight of another shape, with both shapes', () => {
    const attempt = check((weights) => weights.set('blocks.1.mlp.fc1.weight', zeros([6, 8])));
    expect(attempt).toThrow(
      'teacher.safetensors: the weight blocks.1.mlp.fc1.weight has shape (6, 8), but the rest of the file requires (8, 6).',
    );
  });

  it.each([NaN, Infinity, -Infinity])('names the weight that contains %d', (value) => {
    const attempt = check((weights) => {
      const data = new Float32Array(6);
      data[5] = value;
      weights.set('norm.bias', { shape: [6], data });
    });
    expect(attempt).toThrow(
      'teacher.safetensors: the weight norm.bias contains NaN or infinite values.',
    );
  });

  it.each([1e38, -2e15])('names the weight that holds %d, too large to compute with', (value) => {
    const attempt = check((weights) => {
      weights.set('norm.bias', { shape: [6], data: Float32Array.of(0, 0, 0, 0, value, 0) });
    });
    expect(attempt).toThrow(
      'teacher.safetensors: the weight norm.bias contains values that are too large to compute with.',
    );
  });
});
