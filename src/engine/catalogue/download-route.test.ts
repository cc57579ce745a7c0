import { describe, expect, it } from 'vitest';
import { addressAt, checkedSettings, downloadRoute } from './download-route.ts';

const url = 'https://huggingface.co/owkin/phikon/resolve/main/model.safetensors';
const none = { mirror: null, proxy: null, plainHttp: false };

describe('where files come from', () => {
  it('is the origin itself where nobody says otherwise', () => {
    expect(addressAt(url, downloadRoute(none, {}))).toBe(url);
    expect(
      addressAt(url, downloadRoute({ ...none, mirror: '  ', proxy: '' }, { HF_ENDPOINT: '' })),
    ).toBe(url);
  });

  it.each([
    ['https://mirror.example', 'https://mirror.example/owkin/'],
    [' https://mirror.example/ ', 'https://mirror.example/owkin/'],
    ['https://files.clinic:8080/hf//', 'https://files.clinic:8080/hf/owkin/'],
    ['http://127.0.0.1:8080/hf//', 'http://127.0.0.1:8080/hf/owkin/'],
    ['http://[::1]:8080', 'http://[::1]:8080/owkin/'],
    ['http://localhost', 'http://localhost/owkin/'],
  ])('is the mirror %s, with its path', (mirror, start) => {
    const address = addressAt(url, downloadRoute({ ...none, mirror }, {}));
    expect(address).toBe(`${start}phikon/resolve/main/model.safetensors`);
    // The environment applies where the workspace has no setting.
    expect(addressAt(url, downloadRoute(none, { HF_ENDPOINT: mirror }))).toBe(address);
  });

  it('is what was set, whatever the environment says', () => {
    const place = downloadRoute(
      { ...none, mirror: 'https://one.example', proxy: 'http://proxy.example:3128' },
      { HF_ENDPOINT: 'https://other.example' },
    );
    expect(place).toEqual({
      mirror: 'https://one.example',
      proxy: 'http://proxy.example:3128',
      plainHttp: false,
    });
    expect(addressAt('https://elsewhere.example/x', place)).toBe('https://elsewhere.example/x');
  });

  it.each(['mirror', 'ftp://mirror.example', 'https://', 'https://m.example/?a=1', 'file:///x'])(
    'is not %s',
    (mirror) => {
      expect(() => checkedSettings({ ...none, mirror })).toThrow(/is not a valid mirror address/);
      expect(() => downloadRoute(none, { HF_ENDPOINT: mirror })).toThrow(
        /is not a valid mirror address/,
      );
    },
  );

  it.each(['proxy:3128', 'socks5://proxy.example', 'nobody'])('goes through no %s', (proxy) => {
    expect(() => checkedSettings({ ...none, proxy })).toThrow(/is not a valid proxy address/);
  });

  it.each([
    ...['http://mirror.example', 'http://10.0.0.5:8080/hf', 'http://127.0.0.1.example'],
    ...['http://localhost.example', 'HTTP://MIRROR.EXAMPLE', 'http://127.0.0.1@mirror.example'],
  ])('is not %s without encryption, unless a person insists', (mirror) => {
    const refused = /uses http without encryption.*--plain-http/;
    expect(() => checkedSettings({ ...none, mirror })).toThrow(refused);
    expect(() => downloadRoute(none, { HF_ENDPOINT: mirror })).toThrow(refused);
    const insisted = { ...none, mirror, plainHttp: true };
    expect(checkedSettings(insisted).plainHttp).toBe(true);
    expect(downloadRoute(insisted, {}).plainHttp).toBe(true);
    expect(
      downloadRoute({ ...none, plainHttp: true }, { HF_ENDPOINT: mirror }).mirror,
    ).not.toBeNull();
  });

  it('is insisted on for one address alone', () => {
    const kept = { ...none, mirror: 'https://mirror.example', plainHttp: true };
    expect(checkedSettings(kept).plainHttp).toBe(false);
  });
});
