/* The class of an address, which is all of it that the audit trail keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "http/address.h"

static int set_up(void **state)
{
	*state = arena_create();
	return 0;
}

static int tear_down(void **state)
{
	arena_destroy(*state);
	return 0;
}

static const struct {
	const char *address, *class;
} cases[] = {
	{"127.0.0.1", "loopback"},
	{"127.255.255.255", "loopback"},
	{"::1", "loopback"},
	{"::/64", "loopback"},
	{"::ffff:127.0.0.1", "loopback"},
	{"10.1.2.3", "private"},
	{"172.16.0.1", "private"},
	{"172.31.255.255", "private"},
	{"192.168.1.1", "private"},
	{"100.64.0.1", "private"},
	{"169.254.1.1", "private"},
	{"fd12:3456::1", "private"},
	{"fe80::1%eth0", "private"},
	{"172.32.0.1", "172.32.0.0/24"},
	{"203.0.113.77", "203.0.113.0/24"},
	{"::ffff:203.0.113.77", "203.0.113.0/24"},
	{"255.255.255.255", "255.255.255.0/24"},
	{"2001:db8:1:2::/64", "2001:db8:1::/48"},
	{"2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"},
	{"", "unknown"},
	{"203.0.113", "unknown"},
	{"proxy.example", "unknown"},
	{"203.0.113.77:443", "unknown"},
};

static void test_class(void **state)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(address_class(*state, cases[i].address), cases[i].class);
	assert_string_equal(address_class(*state, NULL), "unknown");
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_class, set_up, tear_down)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
