import { describe, expect, it } from 'vitest';
import { card as cardSchema } from '../../contract/catalogue.ts';
import { parameterCount, plainVit } from '../../core/vit/architecture.ts';
import { findCard, cardOfHash, cards } from './cards.ts';

describe.each(cards.map((card) => [card.id, card] as const))('%s', (_, card) => {
  it('matches the schema', () => {
    expect(cardSchema.parse(card)).toEqual(card);
  });

  it('states the parameter count of a vision transformer of its size', () => {
    const { patchSize, imageSize, bands, width, blocks } = card;
    const sizes = { patchSize, imageSize, channels: bands, width, depth: blocks };
    const whole = { ...plainVit, ...sizes, heads: width / 64, mlpWidth: 4 * width };
    expect(Math.abs(parameterCount(whole) / card.parameters - 1)).toBeLessThan(0.01);
  });

  it('has a weights file with a supported ending', () => {
    expect(card.files[0]?.name).toMatch(/\.(?:safetensors|pth|pt|bin|ckpt)$/);
    for (const { name } of card.files.slice(1)) expect(name).toMatch(/\.json$/);
  });

  it('forbids commercial use if the licence does, and is undecided without a licence', () => {
    const { licence, commercial } = card;
    if (licence === null) expect(commercial).toBe('ask');
    else if (/NC|non-commercial/.test(licence)) expect(commercial).toBe('no');
    else expect(commercial).not.toBe('no');
  });
});

describe('the catalogue', () => {
  it('states the hashes that TorchGeo puts into names', () => {
    const promised = cards.flatMap(({ files: [weights] }) => {
      const start = /-([0-9a-f]{8})\.pth$/.exec(weights?.name ?? '')?.[1];
      return start === undefined ? [] : [[start, weights?.sha256?.slice(0, 8)]];
    });
    expect(promised.length).toBeGreaterThan(2);
    for (const [start, stated] of promised) expect(stated).toBe(start);
  });

  it('has unique names, and teachers for each domain', () => {
    for (const of of [cards.map(({ id }) => id), cards.map(({ name }) => name)]) {
      expect(new Set(of).size).toBe(of.length);
    }
    const domains = cards.map(({ domain }) => domain);
    for (const domain of ['general', 'medical', 'satellite'] as const) {
      expect(domains.filter((other) => other === domain).length).toBeGreaterThan(3);
    }
  });

  it('finds a card by its name and by the whole hash of its weights', () => {
    expect(findCard('phikon').name).toBe('Phikon');
    expect(() => findCard('nobody')).toThrow(/no teacher nobody .* dinov2-small,/);
    expect(cardOfHash('d01642bfeb683c6b039622eca273e0a8e4208065a4595b63edba178c1c4cfa68')?.id).toBe(
      'phikon',
    );
    // Only the first digits of this hash are known, which another file could share.
    expect(cardOfHash(`c9b8898d${'0'.repeat(56)}`)).toBeUndefined();
  });
});
