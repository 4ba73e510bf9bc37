#include "http/address.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

static bool is_in(uint32_t address, uint32_t network, unsigned prefix)
{
	return (address ^ network) >> (32 - prefix) == 0;
}

static const char *class_of_4(struct arena *arena, uint32_t address)
{
	if (is_in(address, 0x7F000000, 8))
		return "loopback";
	if (is_in(address, 0x0A000000, 8) || is_in(address, 0xAC100000, 12) || is_in(address, 0xC0A80000, 16) ||
	    is_in(address, 0x64400000, 10) || is_in(address, 0xA9FE0000, 16))
		return "private";
	return arena_printf(arena, "%u.%u.%u.0/24", address >> 24, address >> 16 & 0xFF, address >> 8 & 0xFF);
}

static const char *class_of_6(struct arena *arena, struct in6_addr address)
{
	const uint8_t *bytes = address.s6_addr;
	if (IN6_IS_ADDR_V4MAPPED(&address))
		return class_of_4(arena,
		                  (uint32_t)bytes[12] << 24 | (uint32_t)bytes[13] << 16 | (uint32_t)bytes[14] << 8 | bytes[15]);
	/* The server keeps the first 64 bits alone, and of ::1 they are those of ::. */
	static const uint8_t zeros[8];
	if (memcmp(bytes, zeros, sizeof zeros) == 0)
		return "loopback";
	if ((bytes[0] & 0xFE) == 0xFC || IN6_IS_ADDR_LINKLOCAL(&address))
		return "private";
	memset(address.s6_addr + 6, 0, 10);
	char text[INET6_ADDRSTRLEN];
	inet_ntop(AF_INET6, &address, text, sizeof text);
	return arena_printf(arena, "%s/48", text);
}

const char *address_class(struct arena *arena, const char *address)
{
	if (!address)
		return "unknown";
	const char *alone = arena_strndup(arena, address, strcspn(address, "/%"));
	struct in_addr four;
	struct in6_addr six;
	if (inet_pton(AF_INET, alone, &four) == 1)
		return class_of_4(arena, ntohl(four.s_addr));
	if (inet_pton(AF_INET6, alone, &six) == 1)
		return class_of_6(arena, six);
	return "unknown";
}
