# shellcheck shell=bash
# Sourced by up19.sh and up14.sh: what both have in common. Expects DIR, PORT, PG_PORT, DB, NAME to be set, and the functions
# packages, source_tree, install_database, launch_odoo, answering, odoo_pid_file and report to be defined by the caller.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

die() { echo "$NAME: $*" >&2; exit 1; }
say() { printf '%s [%3ss] %s\n' "$NAME" "$SECONDS" "$*" >&2; }
installed() { [ "$(dpkg-query -Wf '${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]; }
alive() { [ -s "$1" ] && kill -0 "$(head -n 1 "$1")" 2>/dev/null; }

requirements() {
  [ "$(id -u)" = 0 ] || die "must run as root (it installs packages and uses system users)"
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || die "needs Debian 12 or a system with its packages"
}

pg_bin() { find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1; }
as_postgres() { (cd / && setpriv --reuid=postgres --regid=postgres --clear-groups env -i PATH=/usr/bin:/bin LANG=C.UTF-8 PGOPTIONS="-c client_min_messages=warning" "$@"); }
sql() { local database=$1; shift; as_postgres "$(pg_bin)/psql" -h "$DIR/pg" -p "$PG_PORT" -U postgres -XAtq -v ON_ERROR_STOP=1 "$database" "$@"; }

# install LIST...: what is missing of LIST, and a PostgreSQL server without a default cluster
install() {
  local missing=() name
  for name in "$@"; do installed "$name" || missing+=("$name"); done
  local server=""; [ -n "$(pg_bin)" ] || server=yes
  [ ${#missing[@]} -eq 0 ] && [ -z "$server" ] && return 0
  say "installing ${#missing[@]} packages${server:+ and PostgreSQL}"
  apt-get update -qq >/dev/null 2>&1 || true # one unreachable third-party source must not stop us
  if [ -n "$server" ]; then
    apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null
    sed -ri 's/^#?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
    missing+=(postgresql)
  fi
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

debian_mirror() {
  local mirror; mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | head -n 1)
  [ -n "$mirror" ] || die "no Debian mirror among the apt sources"
  echo "$mirror"
}

start_postgres() {
  if [ ! -s "$DIR/pg/data/PG_VERSION" ]; then
    say "creating a private PostgreSQL on port $PG_PORT"
    mkdir -p "$DIR/pg"; chown postgres "$DIR/pg"
    as_postgres "$(pg_bin)/initdb" -D "$DIR/pg/data" -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
    # test data only: durability is traded for speed
    printf '%s\n' "port = $PG_PORT" "listen_addresses = '127.0.0.1'" "unix_socket_directories = '$DIR/pg'" "fsync = off" \
      "synchronous_commit = off" "full_page_writes = off" "shared_buffers = 256MB" "max_wal_size = 256MB" "min_wal_size = 32MB" \
      "max_connections = 120" >> "$DIR/pg/data/postgresql.conf"
  fi
  alive "$DIR/pg/data/postmaster.pid" || as_postgres "$(pg_bin)/pg_ctl" -D "$DIR/pg/data" -l "$DIR/pg/pg.log" -w start >/dev/null 9>&-
  [ "$(sql postgres -c "select 1 from pg_roles where rolname = 'odoo'")" = 1 ] || sql postgres -c "create role odoo login createdb"
}

stop_postgres() { ! alive "$DIR/pg/data/postmaster.pid" || as_postgres "$(pg_bin)/pg_ctl" -D "$DIR/pg/data" -m fast -w stop >/dev/null; }

stop_odoo() {
  local file pid; file=$(odoo_pid_file)
  if alive "$file"; then
    pid=$(head -n 1 "$file"); kill -TERM "$pid" 2>/dev/null || true
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null || true
  fi
  rm -f "$file"
}

start_odoo() {
  if alive "$(odoo_pid_file)" && answering; then return 0; fi
  say "starting Odoo on 127.0.0.1:$PORT"
  (exec 9>&-; launch_odoo) # in a subshell of its own: with `launch_odoo 9>&-` bash keeps a copy of the lock open in the background
  for _ in $(seq 360); do answering && return 0; sleep 0.25; done
  tail -n 30 "$DIR/log/odoo.log" >&2
  die "no answer on port $PORT within 90 s"
}

# detached LOG COMMAND...: runs a server that outlives us. One subshell that turns into the command, and without the lock's descriptor:
# a shell left waiting beside the server would hold the lock for as long as it runs.
detached() {
  local log=$1; shift
  (exec 9>&-; cd "$DIR" && exec setsid nohup "$@") >> "$log" 2>&1 < /dev/null &
}

database() {
  local exists; exists=$(sql postgres -c "select 1 from pg_database where datname = '$DB'")
  if [ "$exists" = 1 ] && [ -e "$DIR/run/database.done" ]; then return 0; fi
  sql postgres -c "drop database if exists \"$DB\" with (force)"
  say "creating database $DB with demo data"
  install_database
  sql postgres -c "drop database if exists \"${DB}_template\" with (force)" -c "create database \"${DB}_template\" template \"$DB\""
  rm -rf "$DIR/data/filestore/${DB}_template"
  cp -al "$DIR/data/filestore/$DB" "$DIR/data/filestore/${DB}_template"
  touch "$DIR/run/database.done"
}

reset_database() {
  [ -e "$DIR/run/database.done" ] || die "nothing installed yet: run '$0 up' first"
  stop_odoo
  sql postgres -c "drop database if exists \"$DB\" with (force)" -c "create database \"$DB\" template \"${DB}_template\" owner odoo"
  rm -rf "$DIR/data/filestore/$DB"
  cp -al "$DIR/data/filestore/${DB}_template" "$DIR/data/filestore/$DB"
}

# the users and keys that tests need, run inside `odoo shell`: an administrator's key, and an integration user with the least rights
seed_python() {
  cat <<'PY'
users = env['res.users'].with_context(no_reset_password=True)
groups = 'group_ids' if 'group_ids' in users._fields else 'groups_id'
wanted = ['base.group_user', 'base.group_multi_company', 'stock.group_stock_user',
          'sales_team.group_sale_salesman_all_leads', 'account.group_account_invoice']
user = users.search([('login', '=', 'waypost')]) or users.create({
    'name': 'Waypost integration', 'login': 'waypost', 'email': 'waypost@example.invalid', 'tz': 'UTC',
    'company_id': env.ref('base.main_company').id, 'company_ids': [(6, 0, env['res.company'].search([]).ids)],
    'notification_type': 'inbox'})
user.write({groups: [(6, 0, [env.ref(xmlid).id for xmlid in wanted])]})
keys = env['res.users.apikeys']
expires = [None] if groups == 'group_ids' else []
print('\nadmin_key=' + keys.with_user(env.ref('base.user_admin'))._generate(None, 'waypost tests', *expires))
print('integration_key=' + keys.sudo().with_user(user).sudo()._generate(None, 'waypost', *expires))
env.cr.commit()
PY
}

keep_keys() {
  grep -oE '(admin|integration)_key=[0-9a-f]+' "$1" > "$DIR/run/keys.env" || { tail -n 30 "$1" >&2; die "no API keys came out of odoo shell"; }
  [ "$(wc -l < "$DIR/run/keys.env")" = 2 ] || die "expected two API keys"
  chmod 600 "$DIR/run/keys.env" "$1"
}

print_values() {
  local admin_key integration_key
  # shellcheck disable=SC1091
  . "$DIR/run/keys.env"
  printf "$1_%s\n" "URL=http://127.0.0.1:$PORT" "DB=$DB" "LOGIN=waypost" "KEY=$integration_key" "ADMIN_LOGIN=admin" \
    "ADMIN_KEY=$admin_key" "PG_URL=postgres://postgres@127.0.0.1:$PG_PORT/$DB"
}

run_verb() {
  requirements
  mkdir -p "$DIR"
  exec 9> "$DIR.lock"
  flock -n 9 || { say "waiting for another run of this script"; flock -w 600 9 || die "another run still holds $DIR.lock"; }
  case "$1" in
    up) packages; source_tree; start_postgres; config; database; start_odoo; report ;;
    start) [ -e "$DIR/run/database.done" ] || die "nothing installed yet: run '$0 up' first"; start_postgres; config; start_odoo; report ;;
    stop) stop_odoo; stop_postgres ;;
    reset) start_postgres; config; reset_database; start_odoo; report ;;
    status)
      if alive "$(odoo_pid_file)" && answering; then echo "odoo up"; else echo "odoo down"; fi
      if alive "$DIR/pg/data/postmaster.pid"; then echo "postgres up"; else echo "postgres down"; fi ;;
    destroy) stop_odoo; stop_postgres; rm -rf "$DIR" "$DIR.lock" ;;
    *) echo "usage: $0 [up|stop|start|reset|status|destroy]" >&2; exit 2 ;;
  esac
}
