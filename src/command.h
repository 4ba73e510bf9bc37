/*
 * The commands of the binary. Each returns the exit status: 0 done, 1 it failed
 * (a line on standard error says why), 2 it was called wrongly.
 */
#ifndef SCIDAY_COMMAND_H
#define SCIDAY_COMMAND_H

int command_serve(int argc, char **argv);
int command_migrate(int argc, char **argv);
int command_seed(int argc, char **argv);
int command_user(int argc, char **argv);
int command_key(int argc, char **argv);
int command_recount(int argc, char **argv);
int command_inspect(int argc, char **argv);
int command_openapi(int argc, char **argv);

/* One line on standard error: "sciday: …". */
void say_error(const char *line);

#endif
