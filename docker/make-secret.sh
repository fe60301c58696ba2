#!/bin/bash
# Makes up the database's password, once. Only the containers that mount the volume see it;
# there it has to be readable by two users, Odoo's and PostgreSQL's.
set -euo pipefail

file=${MTO_SECRET_FILE:-/run/mto-secret/db-password}
if [ ! -s "$file" ]; then
    umask 022
    od -An -tx1 -N32 /dev/urandom | tr -d ' \n' >"$file.new"
    mv "$file.new" "$file"
    echo "A password for the database was made up."
fi
