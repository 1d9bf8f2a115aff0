/*
 * graph.h — a picture of boxes in groups with arrows between them, as Mermaid text or, by way of
 * Graphviz, as SVG.
 *
 * Labels are hostile (names of files): each language gets them escaped in its own way.
 */
#ifndef PGMISH_GRAPH_H
#define PGMISH_GRAPH_H

#include "pgmish/support.h"

typedef enum NodeShape {
    NODE_FILE,    /* a file that may run again */
    NODE_ONCE,    /* one that must not (not idempotent) */
    NODE_FIXTURE, /* sets things up for others */
    NODE_TEST
} NodeShape;

typedef struct Graph Graph;

enum { GRAPH_TOP = 0 }; /* the picture itself, as a group */

Graph *graph_new(const char *title);
void graph_free(Graph *graph); /* NULL is fine */
/* Numbers of the new group or node.  Members of a column stand under one another. */
size_t graph_group(Graph *graph, size_t parent, const char *label, bool column);
size_t graph_node(Graph *graph, size_t group, const char *label, NodeShape shape);
void graph_link_nodes(Graph *graph, size_t from, size_t to);
/* An arrow from one column to the next. */
void graph_link_groups(Graph *graph, size_t from, size_t to);

void graph_mermaid(const Graph *graph, StrBuf *out);
void graph_dot(const Graph *graph, StrBuf *out); /* Graphviz's language */
/*
 * Writes a file: SVG where its name ends in .svg (needs Graphviz's dot), Graphviz's own text for .dot and
 * .gv, else Mermaid text.  False: *diag.
 */
bool graph_write(const Graph *graph, const char *path, Diag *diag);

#endif
