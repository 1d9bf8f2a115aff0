/*
 * xml_library.c — libxml2, loaded when it is needed.
 *
 * Few runs of the program meet XML (a metadata block, a JUnit report), so the library is not linked:
 * it is loaded by its soname when it is first asked for, and stays loaded.
 */
#include "pgmish/support.h"

#include <dlfcn.h>
#include <string.h>

#define LIBXML2_SONAME "libxml2.so.2"

bool xml_library(const XmlSymbol *symbols, size_t count, const char *purpose, Diag *diag)
{
    /* Cheap when it is loaded already; RTLD_NODELETE lets us forget the handle. */
    void *handle = dlopen(LIBXML2_SONAME, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    bool ok = true;

    if (!handle) {
        diag_set(diag, EXIT_PGMI_OTHER, "could not load %s to %s", LIBXML2_SONAME, purpose);
        return diag_hint(diag,
                         "Install libxml2 (package libxml2 on Debian and Ubuntu, RHEL and "
                         "Fedora).");
    }
    for (size_t i = 0; ok && i < count; i++) {
        void *found = dlsym(handle, symbols[i].name);

        /* POSIX's way to get a function out of dlsym */
        memcpy(symbols[i].function, &found, sizeof found);
        ok = found || diag_set(diag, EXIT_PGMI_OTHER, "%s has no function %s", LIBXML2_SONAME,
                               symbols[i].name);
    }
    dlclose(handle);
    return ok;
}
