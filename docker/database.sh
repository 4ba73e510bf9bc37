#!/bin/bash
# Runs once, when the database's volume is new: the two roles, one that owns and migrates, one that serves.
set -euo pipefail
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username=postgres \
  --set=owner_password="$SCIDAY_OWNER_PASSWORD" --set=service_password="$SCIDAY_SERVICE_PASSWORD" <<'SQL'
CREATE ROLE sciday_owner LOGIN CREATEROLE PASSWORD :'owner_password';
CREATE ROLE sciday_service LOGIN NOINHERIT ADMIN sciday_owner PASSWORD :'service_password';
CREATE DATABASE sciday OWNER sciday_owner;
SQL
