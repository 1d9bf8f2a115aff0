/*
 * main.c — psql's command line, and the way in for both names.
 */
#include "pgmish/shell.h"

int main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return EXIT_SHELL_OK;
}
