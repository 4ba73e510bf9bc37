/*
 * Where a request comes from, as coarsely as the audit trail keeps it: enough to tell the
 * office from elsewhere, never enough to tell one person's line.
 */
#ifndef SCIDAY_HTTP_ADDRESS_H
#define SCIDAY_HTTP_ADDRESS_H

struct arena;

/*
 * "loopback"; "private" (RFC 1918, 4193 and 6598, and link-local); of any other address its network, "203.0.113.0/24" or
 * "2001:db8:1::/48"; "unknown" for what is no address. An IPv4 address in IPv6 (RFC 4291, section 2.5.5.2) is
 * judged as IPv4, and a prefix length that follows the address is left aside. In the arena, or static.
 */
const char *address_class(struct arena *arena, const char *address);

#endif
