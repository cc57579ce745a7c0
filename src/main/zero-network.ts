import process from 'node:process';
import { app } from 'electron';
import type { Session, WebContents } from 'electron';
import { devServer } from './window/page.ts';

// Everything that keeps Chromium from the network, in one place. Understudy's page needs no network: it is served
// under schemes of its own, and the engine does all downloads that the user asks for. See
// docs/adr/0029-zero-network.md, and the tests of the app, each of which fails on a packet that leaves this computer.

/**
 * A host name that never exists (RFC 6761), used as a proxy: requests to outside addresses go there and fail.
 */
const nowhere = 'http://nowhere.invalid:9';

/**
 * Command-line switches of Chromium, each with its purpose. Some concern parts that Electron leaves out today.
 */
const switches: readonly (readonly [name: string, value?: string])[] = [
  // Answers every host name with "not found" before a name server is asked, for all parts of Chromium.
  ['host-resolver-rules', devServer === undefined ? 'MAP * ~NOTFOUND' : exceptDevServer(devServer)],
  // Sends addresses without a host name, loopback among them, to a proxy that does not exist. A fixed proxy also ends
  // the search for one in the local network (WPAD), and carries the TCP connections of WebRTC.
  ['proxy-server', nowhere],
  ['proxy-bypass-list', devServer === undefined ? '<-loopback>' : new URL(devServer).host],
  // WebRTC sends datagrams that bypass proxies and the page's policy.
  ['force-webrtc-ip-handling-policy', 'disable_non_proxied_udp'],
  // HTTP/3 uses datagrams instead of TCP.
  ['disable-quic'],
  // Variations, component downloads and other fetches on a timer.
  ['disable-background-networking'],
  // Lists and plug-ins that Chromium updates by itself.
  ['disable-component-update'],
  // Reports about requests that failed.
  ['disable-domain-reliability'],
  // Names and addresses of phishing sites.
  ['disable-client-side-phishing-detection'],
  // Accounts and settings in the cloud.
  ['disable-sync'],
  // `<a ping>`.
  ['no-pings'],
  // Host names looked up before a click.
  ['dns-prefetch-disable'],
];

/** Features of Chromium that download or search by themselves. */
const features = [
  // Hints for loading pages, and models.
  'OptimizationHints',
  'OptimizationGuideModelDownloading',
  // The time of day, requested from a server.
  'NetworkTimeServiceQuerying',
  // Form fields, described to a server.
  'AutofillServerCommunication',
  // Screens to cast to, searched for by multicast.
  'MediaRouter',
  'DialMediaRouteProvider',
  // Tries whether the name server also answers over HTTPS.
  'DnsOverHttpsUpgrade',
  // Connections opened in advance.
  'NetworkPrediction',
  'PreconnectToSearch',
  'SpeculationRulesPrefetchFuture',
  'Prerender2',
  // Multicast names that replace the addresses of WebRTC: joining the group already sends a packet.
  'WebRtcHideLocalIpsWithMdns',
  // Other ways for a page to send data.
  'WebTransport',
  'DirectSockets',
];

/** Allows Vite's server during development, the only address that the page may reach. */
function exceptDevServer(url: string): string {
  return `MAP * ~NOTFOUND , EXCLUDE ${new URL(url).hostname}`;
}

/** Switches network features off. Call it before the app is ready: Chromium reads its switches when it starts. */
export function cutNetwork(): void {
  const { commandLine } = app;
  for (const [name, value] of switches) commandLine.appendSwitch(name, value);
  // Features disabled by `npm start -- --disable-features=…` stay disabled.
  const others = commandLine.getSwitchValue('disable-features');
  const all = [...others.split(',').filter((name) => name !== ''), ...features];
  commandLine.appendSwitch('disable-features', all.join(','));

  app.on('session-created', cutSession);
  app.on('web-contents-created', (_event, contents) => {
    cutContents(contents);
  });
  void app.whenReady().then(() => {
    // No name server over HTTPS, and no resolver of Chromium's own that would search for one.
    app.configureHostResolver({ enableBuiltInResolver: false, secureDnsMode: 'off' });
  });
}

/** Switches off a session's spell checker, which downloads a dictionary whether or not a page uses it. */
function cutSession(session: Session): void {
  session.setSpellCheckerEnabled(false);
  // On macOS the system checks spelling, with its own dictionaries.
  if (process.platform !== 'darwin') session.setSpellCheckerLanguages([]);
}

function cutContents(contents: WebContents): void {
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
}
