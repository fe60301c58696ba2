#!/bin/bash
# odoo.sh prepare | serve: the two things that the containers of Odoo do.
# The password travels in the environment of this process, not on a command line.
set -euo pipefail

PGPASSWORD=$(<"${MTO_SECRET_FILE:-/run/mto-secret/db-password}")
export PGPASSWORD
addon=mto_manufacturing
name=$MTO_DEMO_DB
building=${name}_building
data=${MTO_DATA_DIR:-/var/lib/odoo}

options=(--addons-path "${MTO_ADDONS_PATH:-/mnt/extra-addons}" --data-dir "$data")

sql() {
    psql --dbname postgres --no-psqlrc --quiet --tuples-only --no-align \
        --set ON_ERROR_STOP=1 --command "$1"
}

# A start that is interrupted leaves a database under the other name, to be thrown away.
create() {
    echo "Making the demo database: this takes a few minutes, once."
    sql "DROP DATABASE IF EXISTS \"$building\" WITH (FORCE)"
    rm -rf "$data/filestore/$building"
    odoo "${options[@]}" --database "$building" --init "$addon" --with-demo \
        --stop-after-init --no-http
    mkdir -p "$data/filestore/$building"
    rm -rf "$data/filestore/$name"
    mv "$data/filestore/$building" "$data/filestore/$name"
    sql "ALTER DATABASE \"$building\" RENAME TO \"$name\""
}

case ${1:-} in
    prepare)
        if [ "$(sql "SELECT 1 FROM pg_database WHERE datname = '$name'")" = 1 ]; then
            echo "Bringing the addon in the demo database up to date."
            odoo "${options[@]}" --database "$name" --update "$addon" \
                --stop-after-init --no-http
        else
            create
        fi
        ;;
    serve)
        exec odoo "${options[@]}" --database "$name" --db-filter "^$name\$" \
            --http-interface 0.0.0.0
        ;;
    *)
        echo "odoo.sh: say prepare or serve" >&2
        exit 2
        ;;
esac
