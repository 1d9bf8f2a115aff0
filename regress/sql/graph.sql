--
-- \plan --graph, \tests --graph
--
\pgmi load projects/shop
\plan --graph
\plan --graph tables
\tests --graph
\pgmi tests --graph write
\plan --graph=graph.tmp
\! head -n 5 graph.tmp; rm graph.tmp
\plan tables extra --graph=/nonexistent/x.mmd
\plan --graph=
\tests --grap
