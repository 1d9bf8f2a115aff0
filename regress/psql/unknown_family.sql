-- There is no such command in the families \d and \lo_: the arguments are read all the same.
\dq `echo evaluated >&2`
\dfz `echo evaluated >&2` `echo dropped >&2`
\dAx "unterminated
\dFx 'unterminated
\drx
\de
\lo_q `echo one >&2` `echo two >&2` `echo dropped >&2`
\q1 `echo dropped >&2`
\if false
\dq
\lo_q
\dfz a b \echo hidden
\q1
\else
\dES
\dES+ *
\dmS
\dsS
\endif
\dAx `echo method >&2` `echo second >&2` `echo dropped >&2`
\dAx gin "unterminated
