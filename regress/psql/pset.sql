-- \pset: every option, its report, its refusals, and the shortcuts
\pset
\pset border
\pset border 1
\pset border 2
\pset border x
\pset border -5
\pset border 7
\pset border 1
\pset columns
\pset columns 40
\pset columns x
\pset columns 0
\pset csv_fieldsep
\pset csv_fieldsep ;
\pset csv_fieldsep ab
\pset csv_fieldsep '"'
\pset csv_fieldsep '\n'
\pset csv_fieldsep ''
\pset csv_fieldsep ,
\pset expanded
\pset expanded
\pset expanded on
\pset expanded off
\pset expanded auto
\pset expanded
\pset expanded
\pset expanded maybe
\pset x
\pset x
\pset vertical on
\pset vertical off
\pset fieldsep
\pset fieldsep '\t'
\pset fieldsep '||'
\pset fieldsep_zero
\pset fieldsep
\pset fieldsep '|'
\pset footer
\pset footer
\pset footer off
\pset footer on
\pset footer maybe
\pset format
\pset format una
\pset format UNALIGNED
\pset format a
\pset format as
\pset format w
\pset format latex
\pset format latex-l
\pset format l
\pset format t
\pset format nosuch
\pset format ''
\pset format aligned
\pset linestyle
\pset linestyle unicode
\pset linestyle u
\pset linestyle o
\pset linestyle nosuch
\pset linestyle ascii
\pset null
\pset null '(null)'
\pset null ''
\pset numericlocale
\pset numericlocale
\pset numericlocale on
\pset numericlocale off
\pset numericlocale maybe
\pset pager
\pset pager
\pset pager
\pset pager on
\pset pager off
\pset pager always
\pset pager maybe
\pset pager off
\pset pager_min_lines
\pset pager_min_lines 1
\pset pager_min_lines 5
\pset pager_min_lines x
\pset pager_min_lines 0
\pset recordsep
\pset recordsep '\r\n'
\pset recordsep_zero
\pset recordsep
\pset recordsep '\n'
\pset tableattr
\pset tableattr 'width=100%'
\pset tableattr
\pset T border=0
\pset T
\pset title
\pset title 'A title'
\pset C other
\pset title
\pset tuples_only
\pset t
\pset tuples_only on
\pset tuples_only off
\pset tuples_only maybe
\pset unicode_border_linestyle
\pset unicode_border_linestyle double
\pset unicode_border_linestyle nosuch
\pset unicode_border_linestyle single
\pset unicode_column_linestyle d
\pset unicode_column_linestyle nosuch
\pset unicode_column_linestyle single
\pset unicode_header_linestyle double
\pset unicode_header_linestyle nosuch
\pset unicode_header_linestyle single
\pset nosuch
\pset nosuch value
\pset border 1 extra
\pset
-- shortcuts
\a
\a
\t
\t
\t on
\t off
\t maybe
\x
\x
\x auto
\x on
\x off
\x maybe
\f
\f ;
\f
\f '|'
\C title
\C
\T attr
\T
\H
\H
\set QUIET on
\pset border 2
\pset format
\pset title x
\x
\pset
