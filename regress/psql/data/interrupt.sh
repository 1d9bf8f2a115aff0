# For interrupt.run, which sources it: waits until COPY reads, on both sides, or has ended.
reading() {
    psql -XAtc "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%COPY a FROM%' AND wait_event = 'ClientRead'"
}
server_reads() {
    until [ "$(reading)" = 1 ]; do sleep 0.05; done
}
server_is_done() {
    until [ "$(reading)" = 0 ]; do sleep 0.05; done
}
client_reads() {
    # the name of the place in the kernel: pipe_read, anon_pipe_read
    until grep -q pipe_read "/proc/$(cat pid)/wchan"; do sleep 0.05; done
}
