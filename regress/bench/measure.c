/*
 * measure.c — runs one command and prints what it cost: wall seconds, CPU seconds (user and
 * system) and peak memory in kilobytes, on one line.
 *
 *   measure STDIN STDOUT COMMAND [ARGUMENT...]
 *
 * A program of its own, because wait4 tells the peak of one child only, and a fork of a large
 * parent would count that parent's memory as the child's.
 */
#include "yardstick.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void redirect(const char *path, int flags, int fd)
{
    int opened = open(path, flags, 0600);

    if (opened < 0 || dup2(opened, fd) < 0) {
        perror(path);
        _exit(126);
    }
    close(opened);
}

int main(int argc, char **argv)
{
    struct rusage usage;
    double start;
    int status;
    pid_t pid;

    if (argc < 4) {
        fprintf(stderr, "usage: measure STDIN STDOUT COMMAND [ARGUMENT...]\n");
        return 2;
    }
    start = seconds();
    pid = fork();
    if (pid == 0) {
        redirect(argv[1], O_RDONLY, 0);
        redirect(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 1);
        execvp(argv[3], argv + 3);
        perror(argv[3]);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &usage) < 0) {
        perror("measure");
        return 1;
    }
    printf("%.6f %.6f %ld\n", seconds() - start,
           (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
           usage.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
