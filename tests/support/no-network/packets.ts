import { isIPv6 } from 'node:net';

/** Destination of a packet. */
export interface Contact {
  readonly protocol: 'tcp' | 'udp' | 'other';
  readonly address: string;
  /** Port; null for other protocols than TCP and UDP. */
  readonly port: number | null;
  /** The name that a DNS query asks for. */
  readonly query: string | null;
  readonly isLoopback: boolean;
}

/** ICMPv6 messages by which the kernel itself sets up a device: routers, neighbours, multicast reports. */
const housekeeping: ReadonlySet<number> = new Set([130, 131, 132, 133, 134, 135, 136, 143]);

/**
 * Reads a line of watch.pl; returns null for packets that the kernel sends by itself, and for lines that are not a
 * packet.
 *
 * @param line `lo` or `out`, and an IP packet in hex
 */
export function readPacket(line: string): Contact | null {
  const [device, hex = ''] = line.split(' ');
  if (device !== 'lo' && device !== 'out') return null;
  const packet = Buffer.from(hex, 'hex');
  const version = (packet[0] ?? 0) >> 4;
  if (version !== 4 && version !== 6) return null;
  const [protocol, address, start] =
    version === 4
      ? [packet[9], [...packet.subarray(16, 20)].join('.'), 4 * ((packet[0] ?? 0) & 15)]
      : behindExtensions(packet);
  const place = { address, isLoopback: device === 'lo' };
  if (protocol !== 6 && protocol !== 17) {
    // ICMP on loopback answers a datagram without a receiver.
    const isQuiet = device === 'lo' || (protocol === 58 && housekeeping.has(packet[start] ?? 0));
    return isQuiet ? null : { ...place, protocol: 'other', port: null, query: null };
  }
  const port = packet.readUInt16BE(start + 2);
  const query = protocol === 17 && port === 53 ? readQuery(packet, start + 8) : null;
  return { ...place, protocol: protocol === 6 ? 'tcp' : 'udp', port, query };
}

/** Returns the protocol, address and start of the content of an IPv6 packet, after its hop-by-hop options. */
function behindExtensions(packet: Buffer): [protocol: number, address: string, start: number] {
  const words = Array.from({ length: 8 }, (_, index) =>
    packet.readUInt16BE(24 + 2 * index).toString(16),
  );
  const address = new URL(`http://[${words.join(':')}]`).hostname.slice(1, -1);
  if (packet[6] !== 0) return [packet[6] ?? 0, address, 40];
  return [packet[40] ?? 0, address, 40 + 8 * ((packet[41] ?? 0) + 1)];
}

/** Returns the name in a DNS query whose header begins at `start`. */
function readQuery(packet: Buffer, start: number): string | null {
  const labels: string[] = [];
  let at = start + 12;
  for (let length = packet[at]; length !== undefined && length > 0; length = packet[at]) {
    labels.push(packet.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return labels.length === 0 ? null : labels.join('.');
}

/** Describes a contact for a test's message: `UDP 127.0.0.1:53, asking for example.com`. */
export function nameContact({ protocol, address, port, query }: Contact): string {
  const host = isIPv6(address) ? `[${address}]` : address;
  const place = port === null ? host : `${host}:${port}`;
  const asked = query === null ? '' : `, asking for ${query}`;
  return `${protocol === 'other' ? 'IP' : protocol.toUpperCase()} ${place}${asked}`;
}

/**
 * Returns whether a contact breaks the promise that nothing leaves this computer: all except TCP on loopback, and
 * among those, queries to a name server. Understudy sends no datagrams, not even to loopback.
 */
export function isForbidden({ protocol, port, isLoopback }: Contact): boolean {
  return !isLoopback || protocol !== 'tcp' || port === 53;
}
