# Prints, as "<device> <hex>", the packets that leave from the network namespace that it runs in, until its input ends.
# Perl, because Node has no raw sockets and Perl is part of every Debian. On loopback, TCP packets that do not open
# a connection are left out.
use strict;
use warnings;

my ($AF_PACKET, $SOCK_DGRAM, $ETH_P_ALL, $PACKET_OUTGOING) = (17, 2, 0x0300, 4);
socket(my $packets, $AF_PACKET, $SOCK_DGRAM, $ETH_P_ALL) or die "packet socket: $!\n";
setsockopt($packets, 1, 33, pack('l', 8 << 20));    # SO_RCVBUFFORCE; failing is no harm
syswrite(STDOUT, "ready\n");

while (1) {
  my $ready = '';
  vec($ready, fileno(STDIN), 1) = 1;
  vec($ready, fileno($packets), 1) = 1;
  select($ready, undef, undef, undef);
  exit 0 if vec($ready, fileno(STDIN), 1) && !sysread(STDIN, my $ignored, 64);
  next unless vec($ready, fileno($packets), 1);
  my $from = recv($packets, my $packet, 512, 0);
  # struct sockaddr_ll: family, protocol, index of the device, hardware type, packet type.
  my (undef, undef, $index, undef, $type) = unpack('SnlSC', $from);
  next unless $type == $PACKET_OUTGOING;
  next if $index == 1 && !opens($packet);
  syswrite(STDOUT, ($index == 1 ? 'lo' : 'out') . ' ' . unpack('H*', $packet) . "\n");
}

# Whether a packet is anything but a later one of a TCP connection.
sub opens {
  my ($packet) = @_;
  my $version = ord($packet) >> 4;
  my $start = $version == 4 ? 4 * (ord($packet) & 15) : 40;
  my $protocol = ord(substr($packet, $version == 4 ? 9 : 6, 1));
  return 1 if $protocol != 6 || length($packet) < $start + 14;
  # SYN without ACK.
  return (ord(substr($packet, $start + 13, 1)) & 0x12) == 0x02;
}
