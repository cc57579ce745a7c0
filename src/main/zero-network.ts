import process from 'node:process';
import { app } from 'electron';
import type { Session, WebContents } from 'electron';
import { devServer } from './window/page.ts';

// Everything that keeps Chromium from the network, in one place. Understudy's page needs none of it: it is served under
// schemes of its own, and what a person asks to download the engine downloads. See docs/adr/0029-zero-network.md, and the
// tests of the window, each of which fails on a packet that leaves this machine.

/** A name that never exists (RFC 6761), as a proxy: what asks for an address outside goes there, and ends. */
const nowhere = 'http://nowhere.invalid:9';

/** Switches of Chromium, each with what it stops. Some are of parts that Electron leaves out today. */
const switches: readonly (readonly [name: string, value?: string])[] = [
  // Every name is answered "not found" before a name server is asked, whoever in Chromium wants it.
  ['host-resolver-rules', devServer === undefined ? 'MAP * ~NOTFOUND' : exceptDevServer(devServer)],
  // Addresses without a name go to a proxy that does not exist, loopback among them. A fixed proxy also ends the search for
  // one in the local network (WPAD), and carries the TCP of WebRTC.
  ['proxy-server', nowhere],
  ['proxy-bypass-list', devServer === undefined ? '<-loopback>' : new URL(devServer).host],
  // WebRTC sends datagrams past proxies and past the page's policy.
  ['force-webrtc-ip-handling-policy', 'disable_non_proxied_udp'],
  // Datagrams in place of TCP for HTTP/3.
  ['disable-quic'],
  // Variations, component downloads and other fetches on a timer.
  ['disable-background-networking'],
  // Lists and plug-ins that Chromium renews by itself.
  ['disable-component-update'],
  // Reports about requests that failed.
  ['disable-domain-reliability'],
  // Names and addresses of phishing sites.
  ['disable-client-side-phishing-detection'],
  // Accounts and settings in the cloud.
  ['disable-sync'],
  // `<a ping>`.
  ['no-pings'],
  // Names looked up ahead of a click.
  ['dns-prefetch-disable'],
];

/** Features of Chromium that fetch or search by themselves. */
const features = [
  // Hints on how to load pages, and models.
  'OptimizationHints',
  'OptimizationGuideModelDownloading',
  // The time of day, asked of a server.
  'NetworkTimeServiceQuerying',
  // Fields of forms, described to a server.
  'AutofillServerCommunication',
  // Screens to cast to, searched for by multicast.
  'MediaRouter',
  'DialMediaRouteProvider',
  // Tries whether the name server also answers over HTTPS.
  'DnsOverHttpsUpgrade',
  // Connections ahead of need.
  'NetworkPrediction',
  'PreconnectToSearch',
  'SpeculationRulesPrefetchFuture',
  'Prerender2',
  // Multicast names in place of the addresses of WebRTC: joining the group is a packet already.
  'WebRtcHideLocalIpsWithMdns',
  // Other ways out of a page.
  'WebTransport',
  'DirectSockets',
];

/** Allows Vite's server during development, the one place that the page may reach. */
function exceptDevServer(url: string): string {
  return `MAP * ~NOTFOUND , EXCLUDE ${new URL(url).hostname}`;
}

/** Switches network features off. Call it before the app is ready: Chromium reads its switches when it starts. */
export function cutNetwork(): void {
  const { commandLine } = app;
  for (const [name, value] of switches) commandLine.appendSwitch(name, value);
  // Those of `npm start -- --disable-features=…` stay.
  const others = commandLine.getSwitchValue('disable-features');
  const all = [...others.split(',').filter((name) => name !== ''), ...features];
  commandLine.appendSwitch('disable-features', all.join(','));

  app.on('session-created', cutSession);
  app.on('web-contents-created', (_event, contents) => {
    cutContents(contents);
  });
  void app.whenReady().then(() => {
    // Never a name server over HTTPS, and no resolver of Chromium's own that would look for one.
    app.configureHostResolver({ enableBuiltInResolver: false, secureDnsMode: 'off' });
  });
}

/** Switches off the spell checker of a session, which downloads a dictionary whether or not a page is checked. */
function cutSession(session: Session): void {
  session.setSpellCheckerEnabled(false);
  // On a Mac the system checks, which has its dictionaries.
  if (process.platform !== 'darwin') session.setSpellCheckerLanguages([]);
}

function cutContents(contents: WebContents): void {
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
}
