# Sourced by .ci/run: starts a throw-away PostgreSQL on a free port and stops it at the end. Installs it where it is missing (Debian, as root).
bindir() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }
if [ -z "$(bindir)" ]; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
fi
pg_folder=$(mktemp -d)
pg_port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
pg_user=postgres
as_postgres() { if [ "$(id -u)" = 0 ]; then su "$pg_user" -s /bin/bash -c "$*"; else bash -c "$*"; fi; }
[ "$(id -u)" = 0 ] && chown "$pg_user" "$pg_folder"
as_postgres "$(bindir)/initdb -D $pg_folder/data -A trust -U postgres" >/dev/null
as_postgres "$(bindir)/pg_ctl -D $pg_folder/data -w -o '-p $pg_port -k $pg_folder -c listen_addresses=127.0.0.1' start" >/dev/null
trap 'as_postgres "$(bindir)/pg_ctl -D $pg_folder/data -m immediate stop" >/dev/null; rm -rf "$pg_folder"' EXIT
export TIDEMARK_TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$pg_port/postgres"
