import { describe, expect, it } from 'vitest';
import { addressAt, checkedSettings, downloadRoute } from './download-route.ts';

const url = 'https://huggingface.co/owkin/phikon/resolve/main/model.safetensors';
const none = { mirror: null, proxy: null, plainHttp: false };

describe('the download route', () => {
  it('is the original address without settings', () => {
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
  ])('uses the mirror %s, with its path', (mirror, start) => {
    const address = addressAt(url, downloadRoute({ ...none, mirror }, {}));
    expect(address).toBe(`${start}phikon/resolve/main/model.safetensors`);
    // The environment applies if the workspace has no setting.
    expect(addressAt(url, downloadRoute(none, { HF_ENDPOINT: mirror }))).toBe(address);
  });

  it('follows the settings rather than the environment', () => {
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
    'rejects the mirror %s',
    (mirror) => {
      expect(() => checkedSettings({ ...none, mirror })).toThrow(/is not a valid mirror address/);
      expect(() => downloadRoute(none, { HF_ENDPOINT: mirror })).toThrow(
        /is not a valid mirror address/,
      );
    },
  );

  it.each(['proxy:3128', 'socks5://proxy.example', 'nobody'])('rejects the proxy %s', (proxy) => {
    expect(() => checkedSettings({ ...none, proxy })).toThrow(/is not a valid proxy address/);
  });

  it.each([
    ...['http://mirror.example', 'http://10.0.0.5:8080/hf', 'http://127.0.0.1.example'],
    ...['http://localhost.example', 'HTTP://MIRROR.EXAMPLE', 'http://127.0.0.1@mirror.example'],
  ])('rejects %s without encryption, unless the user allows it', (mirror) => {
    const refused = /uses http without encryption.*--plain-http/;
    expect(() => checkedSettings({ ...none, mirror })).toThrow(refused);
    expect(() => downloadRoute(none, { HF_ENDPOINT: mirror })).toThrow(refused);
    const insisted = { ...none, mirror, plainHttp: true };
    expect(checkedSettings(insisted).plainHttp).toBe(true);
    expect(downloadRoute(insisted, {}).plainHttp).toBe(true);
    const fromVariable = downloadRoute({ ...none, plainHttp: true }, { HF_ENDPOINT: mirror });
    expect(fromVariable.mirror).toBe(downloadRoute(insisted, {}).mirror);
    expect(fromVariable.mirror).toMatch(/^http:/i);
  });

  it('allows missing encryption for one address only', () => {
    const kept = { ...none, mirror: 'https://mirror.example', plainHttp: true };
    expect(checkedSettings(kept).plainHttp).toBe(false);
  });
});
