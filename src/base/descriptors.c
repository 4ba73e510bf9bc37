#include "base/descriptors.h"

#include <fcntl.h>
#include <unistd.h>

bool descriptors_are_left(size_t count)
{
	int opened[DESCRIPTORS_MAXIMUM];
	size_t made = 0;
	while (made < count && (opened[made] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0)
		made++;
	for (size_t i = 0; i < made; i++)
		close(opened[i]);
	return made == count;
}
