import { describe, expect, it } from 'vitest';
import { addressAt, checkedSettings, placeOf } from './places.ts';

const url = 'https://huggingface.co/owkin/phikon/resolve/main/model.safetensors';
const none = { mirror: null, proxy: null };

describe('where files come from', () => {
  it('is the origin itself where nobody says otherwise', () => {
    expect(addressAt(url, placeOf(none, {}))).toBe(url);
    expect(addressAt(url, placeOf({ mirror: '  ', proxy: '' }, { HF_ENDPOINT: '' }))).toBe(url);
  });

  it.each([
    ['https://mirror.example', 'https://mirror.example/owkin/'],
    [' https://mirror.example/ ', 'https://mirror.example/owkin/'],
    ['http://files.clinic:8080/hf//', 'http://files.clinic:8080/hf/owkin/'],
  ])('is the mirror %s, with its path', (mirror, start) => {
    const address = addressAt(url, placeOf({ mirror, proxy: null }, {}));
    expect(address).toBe(`${start}phikon/resolve/main/model.safetensors`);
    // What the workspace does not say, the environment does.
    expect(addressAt(url, placeOf(none, { HF_ENDPOINT: mirror }))).toBe(address);
  });

  it('is what was set, whatever the environment says', () => {
    const place = placeOf(
      { mirror: 'https://one.example', proxy: 'http://proxy.example:3128' },
      { HF_ENDPOINT: 'https://other.example' },
    );
    expect(place).toEqual({ mirror: 'https://one.example', proxy: 'http://proxy.example:3128' });
    expect(addressAt('https://elsewhere.example/x', place)).toBe('https://elsewhere.example/x');
  });

  it.each(['mirror', 'ftp://mirror.example', 'https://', 'https://m.example/?a=1', 'file:///x'])(
    'is not %s',
    (mirror) => {
      expect(() => checkedSettings({ mirror, proxy: null })).toThrow(/is no address of a mirror/);
      expect(() => placeOf(none, { HF_ENDPOINT: mirror })).toThrow(/is no address of a mirror/);
    },
  );

  it.each(['proxy:3128', 'socks5://proxy.example', 'nobody'])('goes through no %s', (proxy) => {
    expect(() => checkedSettings({ mirror: null, proxy })).toThrow(/is no address of a proxy/);
  });
});
