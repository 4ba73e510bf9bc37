#include "command.h"
#include "inspect/inspector.h"

int command_inspect(int argc, char **argv)
{
	(void)argv;
	if (argc != 1) {
		say_error("inspect takes no argument: it reads a file from standard input");
		return 2;
	}
	return inspector_run();
}
