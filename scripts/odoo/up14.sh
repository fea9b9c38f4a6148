#!/bin/bash
# A real Odoo 14 (Debian bullseye's odoo-14) for tests on 127.0.0.1, with demo data, its own PostgreSQL and two API keys. Idempotent.
# Its Python is too old for Debian 12, so its libraries live in a bullseye folder that it enters by chroot with private mounts.
#   up14.sh [up|stop|start|reset|status|destroy]     reset = back to the state right after installation, in seconds
# Settings by environment: ODOO14_DIR ODOO14_PORT ODOO14_PG_PORT ODOO14_DB ODOO14_WORKERS ODOO14_MODULES.
# Prints ODOO14_URL, ODOO14_DB, ODOO14_LOGIN, ODOO14_KEY (integration user), ODOO14_ADMIN_LOGIN, ODOO14_ADMIN_KEY, ODOO14_PG_URL.
NAME=odoo14
DIR=${ODOO14_DIR:-/var/cache/waypost/odoo14}
PORT=${ODOO14_PORT:-8014}
PG_PORT=${ODOO14_PG_PORT:-54314}
DB=${ODOO14_DB:-waypost14}
WORKERS=${ODOO14_WORKERS:-0}
MODULES=${ODOO14_MODULES:-stock,sale_management,sale_stock,delivery,account,purchase,stock_landed_costs}
ROOT=$DIR/root
USER_ID=4014
. "$(dirname "$(readlink -f "$0")")/server.sh"

odoo_pid_file() { echo "$DIR/data/odoo.pid"; }
answering() {
  [ "$(curl -s -m 5 -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' -d '{}' "http://127.0.0.1:$PORT/web/webclient/version_info" || true)" = 200 ]
}

packages() { install mmdebstrap curl; }

source_tree() {
  [ ! -e "$ROOT/.done" ] || return 0
  say "building a bullseye folder with the libraries of odoo-14"
  rm -rf "$ROOT"
  # libraries only: installing odoo-14 itself would bring wkhtmltopdf and 0.4 GB of translations
  local libraries
  libraries=$(printf 'python3-%s,' babel chardet dateutil decorator docutils feedparser freezegun gevent html2text idna jinja2 libsass lxml mako mock \
    num2words ofxparse passlib pil polib psutil psycopg2 pydot pyparsing pypdf2 qrcode reportlab requests serial stdnum suds tz usb vobject \
    werkzeug xlrd xlsxwriter xlwt zeep)
  mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --include="${libraries}fonts-font-awesome,libjs-jquery,libjs-jquery-ui,libjs-underscore,ca-certificates" \
    --customize-hook='cd "$1" && chroot "$1" apt-get download -qq odoo-14 -o APT::Sandbox::User=root' \
    --customize-hook='mv "$1"/odoo-14_*.deb "$1"/root/' \
    bullseye "$ROOT" "$(debian_mirror)"
  say "extracting odoo-14 without translations"
  dpkg-deb --fsys-tarfile "$ROOT"/root/odoo-14_*.deb | tar x -C "$ROOT" --no-same-owner --keep-directory-symlink --exclude='*/i18n/*.po' --exclude='*/i18n/*.pot'
  chroot "$ROOT" useradd --system --no-create-home --home-dir /srv/odoo --uid $USER_ID --shell /usr/sbin/nologin odoo 2>/dev/null || true
  touch "$ROOT/.done"
}

config() {
  mkdir -p "$DIR/data" "$DIR/run" "$DIR/log"; chown $USER_ID "$DIR/data"; chmod 700 "$DIR/run"
  printf '%s\n' "[options]" "db_host = 127.0.0.1" "db_port = $PG_PORT" "db_user = odoo" "db_password = odoo" "db_maxconn = 64" \
    "data_dir = /srv/odoo" "dbfilter = ^$DB\$" "http_interface = 127.0.0.1" "http_port = $PORT" "longpolling_port = $((PORT + 3))" \
    "workers = $WORKERS" "max_cron_threads = 0" "limit_time_cpu = 300" "limit_time_real = 600" "admin_passwd = admin" > "$DIR/data/odoo.conf"
  chown $USER_ID "$DIR/data/odoo.conf"; chmod 600 "$DIR/data/odoo.conf"
}

# runs odoo inside the folder, in a mount namespace of its own: /srv/odoo there is $DIR/data here
INSIDE='root=$0; data=$1; shift
mount -t proc proc "$root/proc"; mount --bind /dev "$root/dev"; mkdir -p "$root/srv/odoo"; mount --bind "$data" "$root/srv/odoo"
exec chroot --userspec=odoo:odoo "$root" env -i PATH=/usr/bin:/bin HOME=/srv/odoo LANG=C.UTF-8 /usr/bin/python3 /usr/bin/odoo "$@"'
odoo_command() { COMMAND=(unshare -m bash -c "$INSIDE" "$ROOT" "$DIR/data" "$@"); }
as_odoo() { odoo_command "$@"; "${COMMAND[@]}"; }

install_database() {
  as_odoo -c /srv/odoo/odoo.conf -d "$DB" -i "$MODULES" --stop-after-init --no-http > "$DIR/log/install.log" 2>&1 \
    || { tail -n 30 "$DIR/log/install.log" >&2; die "installing the database failed"; }
  seed_python | as_odoo shell -c /srv/odoo/odoo.conf -d "$DB" --no-http > "$DIR/log/seed.log" 2>&1 || { tail -n 30 "$DIR/log/seed.log" >&2; die "odoo shell failed"; }
  keep_keys "$DIR/log/seed.log"
}

launch_odoo() { odoo_command -c /srv/odoo/odoo.conf -d "$DB" --pidfile=/srv/odoo/odoo.pid; detached "$DIR/log/odoo.log" "${COMMAND[@]}"; }

report() { print_values ODOO14; }

run_verb "${1:-up}"
