/*
 * mkembed.c — build tool: writes a C table of the files named on its command line.
 * Each becomes an array of bytes with a NUL behind it; paths stay as given.
 */
#include <stdio.h>
#include <stdlib.h>

static int emit(const char *path, int n)
{
    FILE *in = fopen(path, "rb");
    int c, column = 0;

    if (!in) {
        perror(path);
        return 1;
    }
    printf("static const char file_%d[] = {", n);
    while ((c = getc(in)) != EOF)
        printf("%s%d,", column++ % 24 ? "" : "\n", (int)(signed char)c);
    printf("0};\n");
    fclose(in);
    return 0;
}

int main(int argc, char **argv)
{
    puts("/* made by the build */\n#include \"pgmish/support.h\"");
    for (int i = 1; i < argc; i++)
        if (emit(argv[i], i))
            return 1;
    puts("const EmbeddedFile embedded_files[] = {");
    for (int i = 1; i < argc; i++)
        printf("    {\"%s\", file_%d, sizeof(file_%d) - 1},\n", argv[i], i, i);
    puts("    {NULL, NULL, 0}};");
    return fflush(stdout) != 0;
}
