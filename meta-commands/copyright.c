/*
 * copyright.c — \copyright: PostgreSQL's notice, which has to be shown as it stands.
 */
#include "pgmish/meta.h"

static MetaResult run_copyright(Shell *shell, const MetaCall *call)
{
    (void)shell;
    (void)call;
    fputs("PostgreSQL Database Management System\n"
          "(also known as Postgres, formerly known as Postgres95)\n"
          "\n"
          "Portions Copyright (c) 1996-2022, PostgreSQL Global Development Group\n"
          "\n"
          "Portions Copyright (c) 1994, The Regents of the University of California\n"
          "\n"
          "Permission to use, copy, modify, and distribute this software and its\n"
          "documentation for any purpose, without fee, and without a written agreement\n"
          "is hereby granted, provided that the above copyright notice and this\n"
          "paragraph and the following two paragraphs appear in all copies.\n"
          "\n"
          "IN NO EVENT SHALL THE UNIVERSITY OF CALIFORNIA BE LIABLE TO ANY PARTY FOR\n"
          "DIRECT, INDIRECT, SPECIAL, INCIDENTAL, OR CONSEQUENTIAL DAMAGES, INCLUDING\n"
          "LOST PROFITS, ARISING OUT OF THE USE OF THIS SOFTWARE AND ITS\n"
          "DOCUMENTATION, EVEN IF THE UNIVERSITY OF CALIFORNIA HAS BEEN ADVISED OF THE\n"
          "POSSIBILITY OF SUCH DAMAGE.\n"
          "\n"
          "THE UNIVERSITY OF CALIFORNIA SPECIFICALLY DISCLAIMS ANY WARRANTIES,\n"
          "INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY\n"
          "AND FITNESS FOR A PARTICULAR PURPOSE.  THE SOFTWARE PROVIDED HEREUNDER IS\n"
          "ON AN \"AS IS\" BASIS, AND THE UNIVERSITY OF CALIFORNIA HAS NO OBLIGATIONS TO\n"
          "PROVIDE MAINTENANCE, SUPPORT, UPDATES, ENHANCEMENTS, OR MODIFICATIONS.\n"
          "\n",
          stdout);
    return META_DONE;
}

META_COMMAND(copyright) = {
    .names = "copyright",
    .args = "",
    .group = HELP_GENERAL,
    .synopsis = "\\copyright",
    .brief = "show PostgreSQL usage and distribution terms",
    .run = run_copyright,
};
