/** Messages about downloads of teachers. `host` is the host of an address, such as huggingface.co. */
export const downloadText = {
  stopped: {
    partKept: 'Stopped. The downloaded part is kept; the next download continues from there.',
    nothingKept: 'Stopped. Nothing is kept; the next download starts over.',
  },
  /** @param failure message of the last attempt */
  partKept: (failure: string) =>
    `${failure} The downloaded part is kept; the next download continues from there.`,
  unreachable: (host: string) =>
    `${host} could not be reached, or the connection broke. Check the network, set a proxy or a mirror, or use a downloaded file.`,

  /** @param why one of the reasons below */
  incomplete: (host: string, why: string) =>
    `${host} did not send the complete file: ${why}. Try again, or choose another mirror.`,
  tooShort: ({ received, announced }: ByteCounts) =>
    `it ended after ${received} of ${announced} bytes`,
  tooLong: ({ received, announced }: ByteCounts) =>
    `it sent ${received} bytes but announced ${announced}`,
  silent: 'it sent nothing for a while',
  wholeRangeRefused: 'it answers 416 (range not satisfiable) to a request for the whole file',
  otherVersion: 'the file on the server has changed since the download began',
  rangeNotStated: 'it does not state which part it sends',
  otherRange: ({ start, requested }: { readonly start: number; readonly requested: number }) =>
    `it continued at byte ${start}, not ${requested}`,

  webPage:
    'A web page arrived instead of a checkpoint: the network may ask for a login. Open a browser, log in, and download it again.',
  compressed: (host: string, encoding: string) =>
    `${host} sends the file compressed (${encoding}) although it was asked not to, so the download cannot be verified or continued. Choose another mirror, or use a downloaded file.`,
  gone: (host: string, status: number) =>
    `${host} no longer has this file (${status}). Download it from its page, or choose a mirror that has it.`,
  /** @param host host of the proxy; null if the environment sets the proxy */
  proxyLogin: (host: string | null) =>
    `The proxy${host === null ? '' : ` ${host}`} requires a name and a password (407). Put them into its address, for example http://name:password@proxy.example:3128.`,
  otherStatus: (host: string, status: number) => `${host} answers with ${status}. Try again later.`,
  loginRefused: (host: string, status: number) =>
    `${host} refuses the name and the password in the mirror's address, or access to this file (${status}). Correct them, or use a downloaded file.`,
  loginNeeded: (host: string) =>
    `${host} requires a name and a password (401). Put them into the mirror's address, for example https://name:password@mirror.example, or use a downloaded file.`,
  termsNotAgreed: (host: string, status: number) =>
    `${host} requires agreement to the terms of this file (${status}). Open its page in a browser, agree, download it there, and drop it here.`,

  tooLarge: (host: string, gigabytes: number) =>
    `${host} sends more than ${gigabytes} GB, more than any usable teacher has.`,
  diskTooSmall: (folder: string, { free, needed }: Gigabytes) =>
    `${folder} has ${free} GB left, and the file needs ${needed} GB more. Free some space or choose another folder.`,
  partChanged: (
    part: string,
    { found, received }: { readonly found: number; readonly received: number },
  ) =>
    `${part} has ${found} bytes, but ${received} were received: another program changed it. It was deleted; try again.`,
  /** @param why one of the reasons below, or the message of an error about the file */
  otherFile: (host: string, why: string) =>
    `${host} did not send the requested file: ${why} It was deleted; try again, or choose another mirror.`,
  otherHash: ({ found, expected }: Hashes) =>
    `its SHA-256 begins with ${found}, not with ${expected}.`,
  otherSize: ({ found, listed }: { readonly found: number; readonly listed: number }) =>
    `it has ${found} bytes, but the catalogue lists ${listed}: it was cut short, or the source has a newer file.`,
  folderInUse: (folder: string) =>
    `Another process is downloading or writing to ${folder}. Wait for it, or choose another folder.`,
};

/** Messages about addresses of downloads: mirrors, proxies and redirects. */
export const addressText = {
  invalidMirror: (address: string) =>
    `“${address}” is not a valid mirror address. Write it like https://mirror.example, without file names.`,
  plainMirror: (host: string) =>
    `The mirror ${host} uses http without encryption: anyone on the network could replace the files. Use an https address, or allow http: “Use it without encryption” in the window, --plain-http on the command line.`,
  invalidProxy: (address: string) =>
    `“${address}” is not a valid proxy address. Write it like http://proxy.example:3128.`,
  unusableProxy: (address: string) =>
    `${address} is not a valid proxy address. Write it like http://proxy.example:3128.`,
  loginMissing: (kind: 'mirror' | 'proxy', address: string) =>
    `The ${kind} ${address} needs a name and password, which this computer has not stored. Enter its address with both under Network, for example http://name:password@${kind}.example.`,

  redirectNotSecure: ({ from, to }: { readonly from: string; readonly to: string }) =>
    `${from} redirects to an address that is not secure (${to}). Nothing was downloaded.`,
  endlessRedirects: (host: string) => `${host} redirects without end.`,
  redirectNotEncrypted: (host: string) =>
    `The server redirects to ${host} without encryption (http): anyone on the network could replace the file. Nothing was downloaded.`,
  notEncrypted: (host: string) =>
    `The address uses ${host} without encryption (http): anyone on the network could replace the file. Nothing was downloaded.`,
  redirectInvalid: (host: string) =>
    `${host} redirects to an invalid address, which is not followed. Nothing was downloaded; choose another mirror, or use a downloaded file.`,
  redirectOfOtherKind: (host: string, { protocol }: { readonly protocol: string }) =>
    `${host} redirects to an address of “${protocol}”, which is not followed. Nothing was downloaded; choose another mirror, or use a downloaded file.`,
};

interface ByteCounts {
  readonly received: number;
  readonly announced: number;
}

interface Gigabytes {
  readonly free: string;
  readonly needed: string;
}

/** First digits of two hashes. */
interface Hashes {
  readonly found: string;
  readonly expected: string;
}
