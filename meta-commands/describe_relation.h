/*
 * describe_relation.h — what the files of \d NAME share.
 *
 * A relation is shown as a table of its columns (describe_relation_columns.c) with footer lines
 * below.  Each group of footers is a RelationFooter, that is, data: which relations it is for, and
 * a query whose rows are the lines.  The order of the lists is the order on the screen.
 */
#ifndef DESCRIBE_RELATION_H
#define DESCRIBE_RELATION_H

#include "pgmish/describe.h"

/* Facts about the relation, as bits for SqlPiece.needs and .lacks. */
enum {
    REL_PLUS = DESCRIBE_PLUS,
    REL_INDEXED = DESCRIBE_OWN << 0,   /* has or had indexes */
    REL_CHECKED = DESCRIBE_OWN << 1,   /* has check constraints */
    REL_RULED = DESCRIBE_OWN << 2,     /* has or had rules */
    REL_TRIGGERED = DESCRIBE_OWN << 3, /* has or had triggers; foreign keys are some */
    REL_IS_PARTITION = DESCRIBE_OWN << 4,
    REL_OIDS = DESCRIBE_OWN << 5,       /* WITH OIDS (11) */
    REL_TYPED = DESCRIBE_OWN << 6,      /* CREATE TABLE OF */
    REL_TABLESPACE = DESCRIBE_OWN << 7, /* not the database's own */
    REL_HIDE_AM = DESCRIBE_OWN << 8,    /* HIDE_TABLEAM */
    REL_OPTIONS = DESCRIBE_OWN << 9,    /* has storage parameters */
    /* which columns the table of columns has */
    REL_DETAILS = DESCRIBE_OWN << 10, /* collation, nullable, default, description */
    REL_IS_INDEX = DESCRIBE_OWN << 11,
    REL_IS_FOREIGN = DESCRIBE_OWN << 12,
    REL_COMPRESSION = DESCRIBE_OWN << 13, /* compression is worth a column */
    REL_STATISTICS = DESCRIBE_OWN << 14   /* columns have statistics targets */
};

typedef struct Relation {
    Describe describe; /* flags: REL_ bits */
    const char *oid;   /* digits; from the server */
    const char *schema, *name;
    char kind;        /* pg_class.relkind */
    char persistence; /* pg_class.relpersistence */
    StrList footers;
} Relation;

/*
 * A group of footer lines.  `queries` are alternatives by server version and facts; each one that
 * is wanted is run, with $1 replaced by the relation's OID.  Its rows are (heading, line): a
 * heading is printed when it is not NULL and not the one before, a line when it is not NULL.
 */
typedef struct RelationFooter {
    const char *kinds; /* relkinds it is for */
    const SqlPiece *queries;
} RelationFooter;

/* Runs a query after replacing every $1 in it by the relation's OID.  NULL: failed. */
PGresult *relation_query(const Relation *relation, const char *sql);

/* The table of columns.  NULL: failed. */
PGresult *relation_columns(const Relation *relation);

/* What psql shows for a letter that it does not know; in two strings as it holds a trigraph. */
#define UNKNOWN_LETTER                                                                         \
    "'??"                                                                                      \
    "?'"

/* Sequences have a form of their own. */
bool relation_show_sequence(Relation *relation);

/* The groups, each in the file of its subject. */
extern const SqlPiece relation_partition_of[], relation_partition_key[], relation_toast_owner[],
    relation_server[], relation_inherits[], relation_children[], relation_typed[],
    relation_replica_identity[], relation_oids[], relation_tablespace[],
    relation_access_method[], relation_options[]; /* describe_relation_family.c */
extern const SqlPiece relation_index[], relation_indexes[], relation_checks[],
    relation_foreign_keys[], relation_referenced_by[]; /* describe_relation_constraints.c */
extern const SqlPiece relation_policies[], relation_statistics[], relation_rules[],
    relation_publications[], relation_view[], relation_view_rules[],
    relation_triggers[]; /* describe_relation_rules.c */

#endif
