#!/bin/bash
# A real Odoo 19 (Debian's odoo-19) for tests on 127.0.0.1, with demo data, its own PostgreSQL and two API keys. Idempotent.
#   up19.sh [up|stop|start|reset|status|destroy]     reset = back to the state right after installation, in seconds
# Settings by environment: ODOO19_DIR ODOO19_PORT ODOO19_PG_PORT ODOO19_DB ODOO19_WORKERS ODOO19_MODULES ODOO19_DEB (a .deb at hand).
# Prints ODOO19_URL, ODOO19_DB, ODOO19_LOGIN, ODOO19_KEY (integration user), ODOO19_ADMIN_LOGIN, ODOO19_ADMIN_KEY, ODOO19_PG_URL.
NAME=odoo19
DIR=${ODOO19_DIR:-/var/cache/waypost/odoo19}
PORT=${ODOO19_PORT:-8069}
PG_PORT=${ODOO19_PG_PORT:-54319}
DB=${ODOO19_DB:-waypost}
WORKERS=${ODOO19_WORKERS:-0}
MODULES=${ODOO19_MODULES:-stock,sale_management,sale_stock,delivery,stock_delivery,account,purchase,stock_landed_costs}
. "$(dirname "$(readlink -f "$0")")/server.sh"

odoo_pid_file() { echo "$DIR/run/odoo.pid"; }
answering() { [ "$(curl -s -m 5 -o /dev/null -w '%{http_code}' "http://127.0.0.1:$PORT/web/version" || true)" = 200 ]; }

packages() {
  install python3 python3-{asn1crypto,babel,cbor2,chardet,cryptography,dateutil,docutils,freezegun,geoip2,gevent,greenlet,idna,jinja2} \
    python3-{libsass,lxml,magic,markupsafe,num2words,ofxparse,openpyxl,openssl,passlib,pil,polib,psutil,psycopg2,pypdf,qrcode,reportlab} \
    python3-{requests,rjsmin,serial,stdnum,tz,urllib3,usb,vobject,werkzeug,xlrd,xlsxwriter,xlwt,zeep} \
    libjs-jquery libjs-jquery-form libjs-underscore fonts-font-awesome curl
  id odoo >/dev/null 2>&1 || useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin odoo
}

package_file() { find "$DIR/download" -name 'odoo-19_*_all.deb' 2>/dev/null | sort -V | tail -n 1; }

source_tree() {
  [ ! -e "$DIR/root/.done" ] || return 0
  local deb=${ODOO19_DEB:-$(package_file)}
  if [ -z "$deb" ]; then
    say "fetching odoo-19 from Debian sid, with apt lists of its own"
    mkdir -p "$DIR/download/lists/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) sid main" > "$DIR/download/sid.list"
    # a frozen mirror serves an out-of-date Release file; signatures are still checked
    local options=(-o "Dir::Etc::SourceList=$DIR/download/sid.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$DIR/download/lists"
      -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Acquire::Languages=none -o APT::Sandbox::User=root -o Acquire::Check-Valid-Until=false)
    apt-get "${options[@]}" -qq update
    (cd "$DIR/download" && apt-get "${options[@]}" -qq download odoo-19)
    rm -rf "$DIR/download/lists"
    deb=$(package_file)
  fi
  say "extracting $(basename "$deb") without translations"
  rm -rf "$DIR/root"; mkdir -p "$DIR/root/usr/share"
  dpkg-deb --fsys-tarfile "$deb" | tar x -C "$DIR/root" --no-same-owner --exclude='*/i18n/*.po' --exclude='*/i18n/*.pot' --exclude='*/i18n_extra/*'
  # the package links bundled scripts and fonts relatively into /usr/share: give the links a target, or /web/login is a 500
  ln -sfn /usr/share/javascript "$DIR/root/usr/share/javascript"
  local fonts; for fonts in /usr/share/fonts*; do ln -sfn "$fonts" "$DIR/root/usr/share/$(basename "$fonts")"; done
  chown -R odoo "$DIR/root"
  touch "$DIR/root/.done"
}

config() {
  mkdir -p "$DIR/data" "$DIR/log" "$DIR/run"; chown odoo "$DIR/data" "$DIR/log" "$DIR/run"
  printf '%s\n' "[options]" "db_host = 127.0.0.1" "db_port = $PG_PORT" "db_user = odoo" "db_password = odoo" "db_maxconn = 96" \
    "data_dir = $DIR/data" "dbfilter = ^$DB\$" "http_interface = 127.0.0.1" "http_port = $PORT" "gevent_port = $((PORT + 3))" \
    "workers = $WORKERS" "max_cron_threads = 0" "limit_time_cpu = 300" "limit_time_real = 600" "admin_passwd = admin" > "$DIR/odoo.conf"
  chown odoo "$DIR/odoo.conf"; chmod 600 "$DIR/odoo.conf"
}

odoo_command() {
  COMMAND=(setpriv --reuid=odoo --regid=odoo --clear-groups env -i PATH=/usr/bin:/bin HOME="$DIR/data" LANG=C.UTF-8
    PYTHONPATH="$DIR/root/usr/lib/python3/dist-packages" /usr/bin/python3 "$DIR/root/usr/bin/odoo" "$@")
}
as_odoo() { odoo_command "$@"; (cd "$DIR" && "${COMMAND[@]}"); }

install_database() {
  as_odoo server -c "$DIR/odoo.conf" -d "$DB" -i "$MODULES" --with-demo --stop-after-init --no-http > "$DIR/log/install.log" 2>&1 \
    || { tail -n 30 "$DIR/log/install.log" >&2; die "installing the database failed"; }
  seed_python | as_odoo shell -c "$DIR/odoo.conf" -d "$DB" --no-http > "$DIR/log/seed.log" 2>&1 || { tail -n 30 "$DIR/log/seed.log" >&2; die "odoo shell failed"; }
  keep_keys "$DIR/log/seed.log"
}

launch_odoo() { odoo_command server -c "$DIR/odoo.conf" -d "$DB" --pidfile="$DIR/run/odoo.pid"; detached "$DIR/log/odoo.log" "${COMMAND[@]}"; }

report() { print_values ODOO19; }

run_verb "${1:-up}"
